package rackbeat

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
)

// doubly answers like a service that decodes paths twice over.
func doubly(products map[string]string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		segment := strings.TrimPrefix(r.URL.EscapedPath(), "/api/products/")
		number, err := Twice.unescape(segment)
		body, ok := products[number]
		if err != nil || !ok || strings.Contains(segment, "%2F") {
			http.Error(w, `{"message":"Not found"}`, http.StatusNotFound)
			return
		}
		_, _ = io.WriteString(w, `{"product":`+body+`}`)
	}
}

func TestPathEncoding(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		number string
		once   string
		twice  string
	}{
		{"AbC", "AbC", "AbC"},
		{"0042", "0042", "0042"},
		{"ABC/123", "ABC%2F123", "ABC%252F123"},
		{"#123", "%23123", "%2523123"},
		{"a b?c%", "a%20b%3Fc%25", "a%2520b%253Fc%2525"},
		{"RØR", "R%C3%98R", "R%25C3%2598R"},
		{"../x", "..%2Fx", "..%252Fx"},
	} {
		for encoding, want := range map[PathEncoding]string{Once: test.once, Twice: test.twice} {
			c, p := client(t, &Options{PathEncoding: encoding}, func(w http.ResponseWriter, _ *http.Request) {
				_, _ = fmt.Fprintf(w, `{"product":{"number":%q}}`, test.number)
			})
			if _, err := c.GetProduct(t.Context(), test.number); err != nil {
				t.Errorf("%q: %v", test.number, err)
			}
			if diff := cmp.Diff([]string{"GET /api/products/" + want}, p.requests()); diff != "" {
				t.Errorf("%q, encoding %d (-want +got):\n%s", test.number, encoding, diff)
			}
		}
	}
}

// The form that the vendor gives is used from then on, for every method.
func TestPathLearned(t *testing.T) {
	t.Parallel()
	c, p := client(t, nil, answer(200, `{"product":{"number":"A/1","urlfriendly_number":"A-slash-1"},
		"products":[{"number":"B/2","urlfriendly_number":"B%252F2"},{"number":"C","urlfriendly_number":"C"}],"pages":1,"page":1}`))
	products := c.Products()
	if _, err := products.Read(t.Context(), instep.Cursor(cursorPrefix("product")+"{}")); err != nil {
		t.Fatal(err)
	}
	_, _ = c.GetProduct(t.Context(), "A/1")
	p.reset()
	_, _ = c.GetProduct(t.Context(), "A/1")
	_, _ = c.UpdateProduct(t.Context(), "B/2", ProductUpdate{Name: instep.Set("x")})
	_ = c.DeleteProduct(t.Context(), "C")
	if diff := cmp.Diff([]string{
		"GET /api/products/A-slash-1", "PUT /api/products/B%252F2", "DELETE /api/products/C",
	}, p.requests()); diff != "" {
		t.Errorf("requests differ (-want +got):\n%s", diff)
	}
}

// A form that would lead elsewhere is not used.
func TestPathRefused(t *testing.T) {
	t.Parallel()
	for _, form := range []string{
		"../orders/1", "..", "%2e%2e", "a?b", "a#b", "a%zz", "a b", "a\\b", "", "å", strings.Repeat("a", 1001),
	} {
		var f pathForms
		f.learn(&Product{Number: "A/1", URLNumber: Given(form)}, Once)
		if got, ok := f.get("A/1"); ok {
			t.Errorf("%q was taken for a path: %q", form, got)
		}
	}
}

// A number with a slash that is not found is looked for in the other form, and
// the form that works is kept.
func TestPathOtherForm(t *testing.T) {
	t.Parallel()
	c, p := client(t, nil, doubly(map[string]string{"A/1": `{"number":"A/1"}`, "B/2": `{"number":"B/2"}`}))
	if _, err := c.GetProduct(t.Context(), "A/1"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.UpdateProduct(t.Context(), "A/1", ProductUpdate{Name: instep.Set("x")}); err != nil {
		t.Fatal(err)
	}
	if err := c.DeleteProduct(t.Context(), "B/2"); err != nil {
		t.Fatal(err)
	}
	_, err := c.GetProduct(t.Context(), "C/3")
	wantKind(t, err, instep.NotFound)
	_, err = c.GetProduct(t.Context(), "D")
	wantKind(t, err, instep.NotFound)
	if diff := cmp.Diff([]string{
		"GET /api/products/A%2F1", "GET /api/products/A%252F1",
		"PUT /api/products/A%252F1",
		"DELETE /api/products/B%2F2", "GET /api/products/B%2F2", "GET /api/products/B%252F2", "DELETE /api/products/B%252F2",
		"GET /api/products/C%2F3", "GET /api/products/C%252F3",
		"GET /api/products/D",
	}, p.requests()); diff != "" {
		t.Errorf("requests differ (-want +got):\n%s", diff)
	}
}

// A service that compares without regard to case does not make AbC of abc.
func TestOtherNumber(t *testing.T) {
	t.Parallel()
	c, _ := client(t, nil, answer(200, `{"product":{"number":"AbC"}}`))
	_, err := c.GetProduct(t.Context(), "abc")
	e := wantKind(t, err, instep.NotFound)
	if !strings.Contains(e.Error(), "another number") {
		t.Errorf("%q does not say why", e)
	}
	if _, err := c.GetProduct(t.Context(), "AbC"); err != nil {
		t.Error(err)
	}
}

func TestPathFormsBounded(t *testing.T) {
	t.Parallel()
	var f pathForms
	for i := range maxForms + 10 {
		f.keep(fmt.Sprint(i), "x")
	}
	if len(f.forms) > maxForms {
		t.Errorf("%d forms are kept", len(f.forms))
	}
	if _, ok := f.get(fmt.Sprint(maxForms + 9)); !ok {
		t.Error("the newest form is forgotten")
	}
}

// Any number stands in a path as one segment that gives the number back.
func FuzzPath(f *testing.F) {
	for _, s := range []string{"A/1", "..", "%2F", "#?&", "RØR 4", "\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, number string) {
		for _, e := range []PathEncoding{Once, Twice} {
			segment := e.escape(number)
			if got, err := e.unescape(segment); err != nil || got != number {
				t.Fatalf("%q stands as %q, which is read as %q (%v)", number, segment, got, err)
			}
			u, err := url.Parse("https://x.example/api/products/" + segment)
			if err != nil {
				t.Fatalf("%q stands as %q: %v", number, segment, err)
			}
			if got := u.EscapedPath(); got != "/api/products/"+segment || u.RawQuery != "" || u.Fragment != "" {
				t.Fatalf("%q leads to %q", number, u)
			}
		}
	})
}
