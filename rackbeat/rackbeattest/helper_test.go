package rackbeattest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2025, 1, 8, 10, 30, 0, 0, time.UTC)

// clock is a time that tests move by hand.
type clock struct{ at time.Time }

func (c *clock) now() time.Time        { return c.at }
func (c *clock) forth(d time.Duration) { c.at = c.at.Add(d) }

// vendorHost is the real base URL; the in-process transport answers for it.
const vendorHost = "https://app.rackbeat.com/api/"

// peer is a small client of its own, written against the documented wire
// format.
type peer struct {
	t    testing.TB
	base string
	rt   http.RoundTripper
	key  string
}

// answer is a reply read to its end.
type answer struct {
	status int
	header http.Header
	body   string
}

func newServer(t testing.TB, o *Options) *Server {
	t.Helper()
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func inProcess(t testing.TB, s *Server) *peer {
	return &peer{t, vendorHost, s.Transport(), DefaultKey}
}

func overHTTP(t testing.TB, s *Server) *peer {
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	return &peer{t, s.Start(t), tr, DefaultKey}
}

// send sends a request and fails the test when there is no reply.
func (p *peer) send(method, path, body string) answer {
	p.t.Helper()
	a, err := p.try(method, path, body)
	if err != nil {
		p.t.Fatal(err)
	}
	return a
}

func (p *peer) try(method, path, body string) (answer, error) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.base+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+p.key)
	req.Header.Set("Accept", "application/json")
	if body != "" {
		req.Header.Set("Content-Type", "application/json; charset=utf8")
	}
	res, err := p.rt.RoundTrip(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, res.Header, string(b)}, err
}

// want sends a request and checks the status.
func (p *peer) want(status int, method, path, body string) answer {
	p.t.Helper()
	a := p.send(method, path, body)
	if a.status != status {
		p.t.Fatalf("%s %s %s: status %d, want %d\n%s", method, path, body, a.status, status, a.body)
	}
	return a
}

// product is what the tests read of a product reply.
type product struct {
	ID         int
	Number     string
	Friendly   string `json:"urlfriendly_number"`
	Type       string
	Name       *string
	Barcode    *string
	SalesPrice json.RawMessage `json:"sales_price"`
	CostPrice  json.RawMessage `json:"recommended_cost_price"`
	MinStock   int             `json:"min_stock"`
	GroupID    *int            `json:"group_id"`
	Group      *struct{ Name string }
	UnitID     *int `json:"unit_id"`
	Physical   map[string]any
	IsBarred   bool    `json:"is_barred"`
	IsDraft    bool    `json:"is_draft"`
	CreatedAt  string  `json:"created_at"`
	UpdatedAt  string  `json:"updated_at"`
	DeletedAt  *string `json:"deleted_at"`
}

type page struct {
	Products, Items           []product
	Total, Pages, Limit, Page int
}

func (p page) numbers() string {
	var out []string
	for _, r := range append(p.Products, p.Items...) {
		out = append(out, r.Number)
	}
	return strings.Join(out, " ")
}

func decode[T any](t testing.TB, a answer) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		t.Fatalf("%v in\n%s", err, a.body)
	}
	return v
}

func (p *peer) one(status int, method, path, body string) product {
	p.t.Helper()
	return decode[struct{ Product product }](p.t, p.want(status, method, path, body)).Product
}

func (p *peer) list(path string) page {
	p.t.Helper()
	return decode[page](p.t, p.want(http.StatusPartialContent, "GET", path, ""))
}

// paths gives the fields complained about in a 422.
func paths(t testing.TB, a answer) string {
	t.Helper()
	v := decode[struct {
		Message string
		Errors  map[string][]string
	}](t, a)
	if a.status != http.StatusUnprocessableEntity || v.Message == "" {
		t.Fatalf("not a 422 reply: %d %s", a.status, a.body)
	}
	var out []string
	for k, texts := range v.Errors {
		if len(texts) == 0 || strings.Contains(texts[0], "%!") {
			t.Errorf("bad texts of %s: %q", k, texts)
		}
		out = append(out, k)
	}
	return sortedWords(out)
}

func sample(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// sameJSON compares two JSON texts member by member, numbers by their digits.
func sameJSON(t testing.TB, got, want string) {
	t.Helper()
	if diff := cmp.Diff(anyJSON(t, want), anyJSON(t, got)); diff != "" {
		t.Errorf("reply differs (-want +got):\n%s", diff)
	}
}

func anyJSON(t testing.TB, s string) (v any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader([]byte(s)))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v in\n%s", err, s)
	}
	return v
}

// seeds returns n plain products named P1, P2, ... a minute apart.
func seeds(n int) []Product {
	out := make([]Product, n)
	for i := range out {
		at := noon.Add(time.Duration(i) * time.Minute)
		out[i] = Product{
			Number: fmt.Sprintf("P%d", i+1), Name: fmt.Sprintf("Vare %d", i+1),
			SalesPrice: "10", CreatedAt: at,
		}
	}
	return out
}
