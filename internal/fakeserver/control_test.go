package fakeserver

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestControl(t *testing.T) {
	t.Parallel()
	s := New("acme", &counter{})
	c := &http.Client{Transport: s.Transport()}
	_, _, _ = send(t, c, "POST", "http://x/a?token=hunter2", "hi")
	door := s.Control("open sesame", func(w io.Writer) error {
		_, err := io.WriteString(w, "{\"id\":1}\n")
		return err
	})
	tests := []struct {
		name, auth, method, target, body string
		status                           int
		want                             string
	}{
		{"no token", "", "GET", "/records", "", 401, ""},
		{"wrong token", "Bearer open", "GET", "/records", "", 401, ""},
		{"wrong scheme", "Basic open sesame", "GET", "/records", "", 401, ""},
		{"records", "bearer open sesame", "GET", "/records", "", 200, "{\"id\":1}\n"},
		{"faults", "Bearer open sesame", "POST", "/faults?seed=3", " lost=5%\n", 200, "lost=5%\n"},
		{"bad faults", "Bearer open sesame", "POST", "/faults", "lsot=5%", 400, `control: fault "lsot=5%": unknown name`},
		{"bad seed", "Bearer open sesame", "POST", "/faults?seed=x", "", 400, "control: seed"},
		{"huge faults", "Bearer open sesame", "POST", "/faults", strings.Repeat(",", maxFaultsText+1), 400, "control: faults"},
		{"wrong method", "Bearer open sesame", "GET", "/faults", "", 405, ""},
		{"unknown", "Bearer open sesame", "GET", "/other", "", 404, ""},
		{"reached", "Bearer open sesame", "GET", "/reached?n=1", "", 200, "1\n"},
		{"reached by all", "Bearer open sesame", "GET", "/reached?n=0", "", 200, "1\n"},
		{"bad number", "Bearer open sesame", "GET", "/reached", "", 400, "control: n"},
		{"negative number", "Bearer open sesame", "GET", "/reached?n=-1", "", 400, "control: n"},
		{"log", "Bearer open sesame", "GET", "/log", "", 200, `{"n":1,`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequestWithContext(t.Context(), tt.method, tt.target, strings.NewReader(tt.body))
			if tt.auth != "" {
				r.Header.Set("Authorization", tt.auth)
			}
			w := httptest.NewRecorder()
			door.ServeHTTP(w, r)
			if w.Code != tt.status || !strings.HasPrefix(w.Body.String(), tt.want) {
				t.Errorf("got %d %q", w.Code, w.Body)
			}
			if strings.Contains(w.Body.String(), "hunter2") {
				t.Error("a secret came through the door")
			}
			if tt.name == "log" && !json.Valid(w.Body.Bytes()) {
				t.Errorf("not one JSON line: %q", w.Body)
			}
		})
	}
}

func TestControlShutWithoutToken(t *testing.T) {
	t.Parallel()
	door := New("acme", &counter{}).Control("", func(io.Writer) error { return errors.New("must not run") })
	r := httptest.NewRequestWithContext(t.Context(), "GET", "/records", nil)
	r.Header.Set("Authorization", "Bearer ")
	w := httptest.NewRecorder()
	door.ServeHTTP(w, r)
	if w.Code != http.StatusNotFound {
		t.Errorf("got %d", w.Code)
	}
}
