package rackbeattest

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestRoutes(t *testing.T) {
	t.Parallel()
	p := inProcess(t, newServer(t, &Options{Products: seeds(1), RateLimit: -1}))
	tests := []struct {
		method, path string
		want         int
		allow        string
	}{
		{"GET", "products/", 206, ""},
		{"HEAD", "products/P1", 200, ""},
		{"PATCH", "products/P1", 200, ""},
		{"GET", "lots", 404, ""},
		{"GET", "", 404, ""},
		{"GET", "self/x", 404, ""},
		{"GET", "products/P1/locations", 404, ""},
		{"GET", "../products", 404, ""},
		{"GET", "products//", 404, ""},
		{"DELETE", "products", 405, "GET, POST"},
		{"POST", "products/P1", 405, "DELETE, GET, PUT"},
		{"DELETE", "products/drafts", 405, "GET, POST"},
		{"PUT", "units/1", 405, "GET"},
	}
	for _, tt := range tests {
		a := p.send(tt.method, tt.path, "")
		if a.status != tt.want || a.header.Get("Allow") != tt.allow {
			t.Errorf("%s %s: %d, Allow %q; want %d, %q", tt.method, tt.path, a.status, a.header.Get("Allow"), tt.want, tt.allow)
		}
		if a.status >= 400 && !strings.Contains(a.body, `"message"`) {
			t.Errorf("%s %s: body %q", tt.method, tt.path, a.body)
		}
	}
	p.base = "https://app.rackbeat.com/"
	p.want(http.StatusNotFound, "GET", "products", "")
}

func TestAuthorisation(t *testing.T) {
	t.Parallel()
	s := newServer(t, &Options{Key: "correct horse", Denied: []string{"units"}})
	for _, tt := range []struct {
		header, path string
		want         int
	}{
		{"", "self", 401},
		{"Bearer", "self", 401},
		{"Bearer " + DefaultKey, "self", 401},
		{"Basic correct horse", "self", 401},
		{"Bearer correct horse2", "self", 401},
		{"Bearer correct horse", "self", 200},
		{"bearer  correct horse", "self", 200},
		{"Bearer correct horse", "units", 403},
		{"Bearer correct horse", "units/1", 403},
		{"Bearer correct horse", "products", 206},
	} {
		req, err := http.NewRequestWithContext(t.Context(), "GET", vendorHost+tt.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if tt.header != "" {
			req.Header.Set("Authorization", tt.header)
		}
		res, err := s.Transport().RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != tt.want {
			t.Errorf("%q %s: %d, want %d", tt.header, tt.path, res.StatusCode, tt.want)
		}
	}
}

func TestAccept(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]bool{
		"application/json":                  true,
		"text/html, */*;q=0.1":              true,
		"application/*":                     true,
		"application/json; charset=utf8":    true,
		"text/html":                         false,
		"application/xml, ;;broken, text/x": false,
	} {
		if got := acceptsJSON([]string{header}); got != want {
			t.Errorf("%q: %v, want %v", header, got, want)
		}
	}
	if !acceptsJSON(nil) {
		t.Error("no header: refused")
	}
}

// TestPathNumbers reads every awkward number by its urlfriendly form, in both
// ways of encoding, over a socket and without one.
func TestPathNumbers(t *testing.T) {
	t.Parallel()
	numbers := []string{"ABC/123", "#123", "a b", "AbC", "100%", "50%25", "ä&ö=å?x", "+1", "..", "%2F", "a%2Fb", "drafts ", "😀"}
	for _, double := range []bool{false, true} {
		var ps []Product
		for _, n := range numbers {
			ps = append(ps, Product{Number: n, Name: "x", SalesPrice: "1"})
		}
		s := newServer(t, &Options{Products: ps, DoubleEncoding: double, RateLimit: -1})
		for _, p := range []*peer{inProcess(t, s), overHTTP(t, s)} {
			for _, n := range numbers {
				enc := url.PathEscape(n)
				if double {
					enc = url.PathEscape(enc)
				}
				got := p.one(http.StatusOK, "GET", "products/"+enc, "")
				if got.Number != n {
					t.Errorf("double %v: %q found %q", double, enc, got.Number)
				}
				if again := p.one(http.StatusOK, "GET", "products/"+got.Friendly, ""); again.Number != n {
					t.Errorf("double %v: %q found %q", double, got.Friendly, again.Number)
				}
			}
			wrong, right := "products/ABC%252F123", "products/ABC%2F123"
			if double {
				wrong, right = right, wrong
			}
			p.want(http.StatusNotFound, "GET", wrong, "")
			p.want(http.StatusOK, "GET", right, "")
			p.want(http.StatusNotFound, "GET", "products/abc%2F123", "")
		}
	}
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	c := &clock{noon}
	s := newServer(t, &Options{RateLimit: 3, Now: c.now})
	p := inProcess(t, s)
	check := func(status int, remaining, retry string) {
		t.Helper()
		a := p.send("GET", "self", "")
		got := [4]string{a.header.Get("X-RateLimit-Limit"), a.header.Get("X-RateLimit-Remaining"), a.header.Get("Retry-After")}
		if want := [4]string{"3", remaining, retry}; a.status != status || got != want {
			t.Errorf("status %d, headers %q; want %d, %q", a.status, got, status, want)
		}
	}
	check(200, "2", "")
	c.forth(20*time.Second + time.Millisecond)
	check(200, "1", "")
	wrong := *p
	wrong.key = "wrong"
	wrong.want(http.StatusUnauthorized, "GET", "self", "") // counts for nobody
	check(200, "0", "")
	check(429, "0", "40")
	c.forth(39 * time.Second)
	check(429, "0", "1")
	c.forth(time.Second)
	check(200, "2", "")
	c.forth(-time.Hour) // a clock put back opens a new window
	check(200, "2", "")
}

// TestDefaultRate needs no clock of its own: the bubble's time stands still.
func TestDefaultRate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, err := New(nil)
		if err != nil {
			t.Fatal(err)
		}
		p := inProcess(t, s)
		for range DefaultRateLimit {
			p.want(http.StatusOK, "GET", "self", "")
		}
		if a := p.want(http.StatusTooManyRequests, "GET", "self", ""); a.header.Get("Retry-After") != "60" {
			t.Errorf("Retry-After %q", a.header.Get("Retry-After"))
		}
		time.Sleep(time.Minute)
		p.want(http.StatusOK, "GET", "self", "")

		free, err := New(&Options{RateLimit: -1})
		if err != nil {
			t.Fatal(err)
		}
		p = inProcess(t, free)
		for range DefaultRateLimit + 1 {
			if a := p.want(http.StatusOK, "GET", "self", ""); a.header.Get("X-RateLimit-Limit") != "" {
				t.Fatal("a limit is told although it is off")
			}
		}
	})
}

func TestTimes(t *testing.T) {
	t.Parallel()
	cph, err := time.LoadLocation("Europe/Copenhagen")
	if err != nil {
		t.Skip("no zone data on this machine:", err)
	}
	at := noon.Add(999 * time.Millisecond)
	for _, tt := range []struct {
		zoned bool
		loc   *time.Location
		want  string
	}{
		{false, nil, "2025-01-08 10:30:00"},
		{false, cph, "2025-01-08 11:30:00"},
		{true, nil, "2025-01-08T10:30:00+00:00"},
		{true, cph, "2025-01-08T11:30:00+01:00"},
	} {
		s := newServer(t, &Options{
			ZonedTimes: tt.zoned, Location: tt.loc, ListDeleted: true,
			Products: []Product{{Number: "A", Name: "x", SalesPrice: "1", CreatedAt: at, UpdatedAt: at, DeletedAt: at}},
		})
		got := inProcess(t, s).one(http.StatusOK, "GET", "products/A", "")
		if got.CreatedAt != tt.want || got.UpdatedAt != tt.want || got.DeletedAt == nil || *got.DeletedAt != tt.want {
			t.Errorf("%v %v: %+v", tt.zoned, tt.loc, got)
		}
	}
}
