package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/instep-go/instep"
)

// What the depot answers, and whether it may have carried a request out, tells
// the kind of an error. Its text tells neither the token nor what was asked for.
func TestKinds(t *testing.T) {
	t.Parallel()
	values, err := instep.ParseTexts(fields, "S-100", "Mutter", "", "")
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		answer      http.HandlerFunc // nil: the depot cannot be reached
		read, write instep.Kind
	}{
		"nobody there":       {nil, instep.Unavailable, instep.Unavailable},
		"a reply that broke": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, instep.Unavailable, instep.Lost},
		"no right":           {status(http.StatusForbidden), instep.Forbidden, instep.Forbidden},
		"under repair":       {status(http.StatusServiceUnavailable), instep.Unavailable, instep.Unavailable},
		"an accident":        {status(http.StatusInternalServerError), instep.Unavailable, instep.Lost},
		"another address":    {elsewhere, instep.Config, instep.Lost},
		"no JSON":            {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }, instep.Malformed, instep.Lost},
		"too much": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, strings.Repeat(" ", maxReply)+oneArticle)
		}, instep.Malformed, instep.Lost},
		"a price that is none": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"articles":[{"id":"1","price":"much"}]}`)
		}, instep.Malformed, instep.Lost},
		"nothing of what was written": {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{}`) }, instep.Unclassified, instep.Lost},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := httptest.NewServer(tt.answer)
			t.Cleanup(h.Close)
			d := newDepot(h.URL, testToken)
			d.client.RetryMax = 0
			if tt.answer == nil {
				h.Close()
			}
			_, readErr := d.Get(t.Context(), []instep.Ref{{ID: "4711"}})
			results, err := d.Write(t.Context(), []instep.Op{{Fields: values}})
			if err != nil {
				t.Fatal(err)
			}
			if r, w := instep.KindOf(readErr), instep.KindOf(results[0].Err); r != tt.read || w != tt.write {
				t.Errorf("a read fails with %q, want %q; a write with %q, want %q", r, tt.read, w, tt.write)
			}
			for _, err := range []error{readErr, results[0].Err} {
				if err != nil && (strings.Contains(err.Error(), "4711") || strings.Contains(err.Error(), testToken)) {
					t.Errorf("the error %q says too much", err)
				}
			}
		})
	}
}

const oneArticle = `{"articles":[{"id":"1"}]}`

// elsewhere sends who asks to another address, which would answer.
func elsewhere(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/articles" {
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		return
	}
	_, _ = io.WriteString(w, oneArticle)
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}
