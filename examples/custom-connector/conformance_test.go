package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/connectortest"
)

const testToken = "depot-token-of-the-tests"

func sample(n int) instep.Fields {
	values, err := instep.ParseTexts(fields, fmt.Sprintf("Kit-%04d", n), fmt.Sprintf("Schraube %d", n), fmt.Sprintf("%d.25", n), fmt.Sprintf("Größe %d", n))
	if err != nil {
		panic(err)
	}
	return values
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB) *connectortest.System{"folder": folderSystem, "depot": depotSystem} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			t.Run("source", func(t *testing.T) { connectortest.TestSource(t, open, nil) })
			t.Run("sink", func(t *testing.T) { connectortest.TestSink(t, open, nil) })
		})
	}
}

func folderSystem(t testing.TB) *connectortest.System {
	dir := t.TempDir()
	f := newFolder(dir)
	if err := os.WriteFile(f.path, []byte("number;name;price;note\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return &connectortest.System{
		Source: f, Sink: f, Reopen: func() instep.Source { return newFolder(dir) },
		Sample: sample, Field: "note", IDField: "number",
	}
}

func depotSystem(t testing.TB) *connectortest.System {
	s := newServer(testToken)
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	d := newDepot(h.URL, testToken)
	t.Cleanup(d.client.HTTPClient.CloseIdleConnections)
	return &connectortest.System{
		Source: d, Sink: d, Reopen: func() instep.Source { return newDepot(h.URL, testToken) },
		Sample: sample, Field: "note", Secrets: []string{testToken},
		LoseReply: func(done bool) {
			s.once(true, func(_ http.ResponseWriter, r *http.Request, next http.HandlerFunc) bool {
				if done {
					next(httptest.NewRecorder(), r)
				}
				panic(http.ErrAbortHandler)
			})
		},
		Throttle: func() time.Duration {
			s.once(false, func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) bool {
				w.Header().Set("Retry-After", "1")
				w.WriteHeader(http.StatusTooManyRequests)
				return true
			})
			return time.Second
		},
		During: func(f func()) {
			s.once(true, func(http.ResponseWriter, *http.Request, http.HandlerFunc) bool { f(); return false })
		},
	}
}

// once has trouble come with the next request, or the next write.
func (s *server) once(write bool, trouble func(http.ResponseWriter, *http.Request, http.HandlerFunc) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trouble = func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) bool {
		if write && r.Method == http.MethodGet {
			return false
		}
		s.mu.Lock()
		s.trouble = nil
		s.mu.Unlock()
		return trouble(w, r, next)
	}
}
