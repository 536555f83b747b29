package netvisortest

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	o := shop()
	o.Dir = dir
	s := newServer(t, o)
	c := inProcess(t, s)
	c.post("/product.nv?method=add", minimal("NEW", "new"))
	c.post("/product.nv?method=edit&id=166", `<root><product><productbaseinformation><name>Edited ä</name><unit>ltk</unit></productbaseinformation></product></root>`)
	if err := s.Delete(170); err != nil {
		t.Fatal(err)
	}
	extended := c.get("/extendedproductlist.nv")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	o = shop()
	o.Dir = dir
	o.Products = append(o.Products, Product{Name: "must be left aside"})
	again := newServer(t, o)
	if diff := cmp.Diff(s.Products(), again.Products()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(s.Groups(), again.Groups()); diff != "" {
		t.Error(diff)
	}
	if got := inProcess(t, again).get("/extendedproductlist.nv"); got != extended {
		t.Errorf("units or groups have other keys:\n%s\n%s", extended, got)
	}
	if key, err := again.Add(Product{Name: "next"}); err != nil || key != 174 {
		t.Errorf("the next key is %d, %v", key, err)
	}
}

// TestKilledWhileSeeding cuts the files where a kill during the first New
// would have left them, and wants the next New to begin anew.
func TestKilledWhileSeeding(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	o := shop()
	o.Dir = dir
	whole := newServer(t, o)
	want := whole.Products()
	if err := whole.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "state.jsonl")); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(dir, "products.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "products.jsonl"), b[:len(b)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second finds a whole folder
		o = shop()
		o.Dir, o.Products = dir, o.Products[1:]
		s := newServer(t, o)
		if diff := cmp.Diff(want[1:], s.Products()); diff != "" {
			t.Error(diff)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestClosedFolder(t *testing.T) {
	t.Parallel()
	s := newServer(t, &Options{Dir: t.TempDir()})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	status, body := inProcess(t, s).do("POST", "/product.nv?method=add", minimal("A", "a"))
	if status != 500 || code(body) != "TECHNICAL_ERROR" || len(s.Products()) != 0 {
		t.Errorf("%d %s", status, body)
	}
}

func TestUnreadableFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "products.jsonl"), []byte("no\n{}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(&Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "products.jsonl: line 1") {
		t.Errorf("error %v", err)
	}
}

func TestByHand(t *testing.T) {
	t.Parallel()
	now := noon
	s := newServer(t, &Options{Now: func() time.Time { return now }})
	key, err := s.Add(Product{Code: " A ", Name: "a", Group: "G", UnitPrice: "1,50", Active: true})
	if err != nil || key != 1 {
		t.Fatal(key, err)
	}
	now = now.Add(time.Hour)
	if err := s.Edit(key, func(p *Product) { p.Key, p.Name, p.Group = 77, "b", "H" }); err != nil {
		t.Fatal(err)
	}
	want := []Product{{Key: 1, Code: "A", Name: "b", Group: "H", UnitPrice: "1.5", VATPercent: "0", Active: true, LastChanged: now}}
	if diff := cmp.Diff(want, s.Products()); diff != "" {
		t.Error(diff)
	}
	s.Products()[0].Name = "changed in a copy"
	now = now.Add(time.Hour)
	if err := s.Delete(key); err != nil {
		t.Fatal(err)
	}
	want[0].Deleted, want[0].LastChanged = true, now
	if diff := cmp.Diff(want, s.Products()); diff != "" {
		t.Error(diff)
	}
	for name, err := range map[string]error{
		"edit of the unknown": s.Edit(9, func(*Product) {}), "delete of the unknown": s.Delete(9),
		"edit to no name": s.Edit(1, func(p *Product) { p.Name = " " }),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for _, p := range []Product{
		{}, {Name: strings.Repeat("x", 201)}, {Name: "x", Code: strings.Repeat("x", 51)}, {Name: "x", Unit: strings.Repeat("x", 51)},
		{Name: "x", UnitPrice: "one"}, {Name: "x", Key: -1}, {Name: "x", Key: 1},
	} {
		if _, err := s.Add(p); err == nil {
			t.Errorf("taken: %.60v", p)
		}
	}
}

func TestBadBeginnings(t *testing.T) {
	t.Parallel()
	for _, o := range []*Options{
		{Products: []Product{{Name: "a", Key: 2}, {Name: "b", Key: 2}}},
		{Products: []Product{{Name: "a", Code: "x"}, {Name: "b", Code: "x"}}},
		{Products: []Product{{}}},
		{Groups: []Group{{Key: 1, Name: "a"}, {Key: 1, Name: "b"}}},
		{PageSize: -1}, {MaxBody: -1},
	} {
		if _, err := New(o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
	s, err := New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := inProcess(t, s)
	c.now = time.Now()
	c.get("/customerlist.nv")
}

func TestDumpAndControl(t *testing.T) {
	t.Parallel()
	s := newServer(t, shop())
	door := s.Control("token")
	ask := func(method, target, body string) string {
		r := httptest.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer token")
		w := httptest.NewRecorder()
		door.ServeHTTP(w, r)
		return w.Body.String()
	}
	var products []Product
	var entities []string
	in := bufio.NewScanner(strings.NewReader(ask("GET", "/records", "")))
	for in.Scan() {
		var row struct {
			Entity string
			Record json.RawMessage
		}
		if err := json.Unmarshal(in.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		entities = append(entities, row.Entity)
		if row.Entity == "product" {
			var p Product
			if err := json.Unmarshal(row.Record, &p); err != nil {
				t.Fatal(err)
			}
			products = append(products, p)
		}
	}
	if diff := cmp.Diff(s.Products(), products); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"group", "group", "product"}, slices.Clip(entities[:3])); diff != "" {
		t.Error(diff)
	}
	ask("POST", "/faults", "500=100%")
	if status, _ := inProcess(t, s).do("GET", "/customerlist.nv", ""); status != 500 {
		t.Errorf("faults are not set: %d", status)
	}
	if log := ask("GET", "/log", ""); !strings.Contains(log, `"target":"/customerlist.nv"`) || !strings.Contains(log, `"X-Netvisor-Authentication-Mac":["[redacted]"]`) {
		t.Error(log)
	}
}

// TestDumpOfPeople wants every kind of record in the dump, by its name.
func TestDumpOfPeople(t *testing.T) {
	t.Parallel()
	o := buyers()
	o.Vendors = sellers().Vendors
	s := newServer(t, o)
	var out strings.Builder
	if err := s.Dump(&out); err != nil {
		t.Fatal(err)
	}
	var entities []string
	for row := range strings.Lines(out.String()) {
		var d dumped
		if err := json.Unmarshal([]byte(row), &d); err != nil {
			t.Fatal(err)
		}
		entities = append(entities, d.Entity)
	}
	want := []string{"customer", "customer", "customer", "vendor", "vendor", "payment_term", "payment_term"}
	if diff := cmp.Diff(want, entities); diff != "" {
		t.Error(diff)
	}
}

func TestScriptedFailure(t *testing.T) {
	t.Parallel()
	s := newServer(t, nil)
	s.Script(
		Step{Status: 200, Body: FailureBody("SYSTEM_MAINTENANCE", "back & <soon>")},
		Step{Handle: true, Drop: true, Match: func(r *http.Request) bool { return r.Method == "POST" }},
	)
	c := overSocket(t, s)
	if _, body := c.do("GET", "/customerlist.nv", ""); code(body) != "SYSTEM_MAINTENANCE" || !strings.Contains(body, "back &amp; &lt;soon&gt;") {
		t.Error(body)
	}
	if _, _, err := c.try("POST", "/product.nv?method=add", minimal("A", "a")); !errors.Is(err, io.EOF) {
		t.Errorf("error %v", err)
	}
	if len(s.Products()) != 1 {
		t.Error("the lost reply's product is not there")
	}
	if r, w := s.Counts(); r != 0 || w != 1 {
		t.Errorf("%d reads, %d writes", r, w)
	}
	s.ResetLog()
	if f, err := ParseFaults("lost=100%"); err != nil {
		t.Error(err)
	} else {
		s.SetFaults(f, 1)
	}
	if _, _, err := c.try("GET", "/customerlist.nv", ""); err == nil {
		t.Error("no fault")
	}
}

// TestMany writes, reads and edits at once; the race detector is the judge,
// and the register must have every product once.
func TestMany(t *testing.T) {
	t.Parallel()
	s := newServer(t, &Options{Dir: t.TempDir()})
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			c := inProcess(t, s)
			for i := range 25 {
				name := fmt.Sprintf("%d-%d", w, i)
				_, body, err := c.try("POST", "/product.nv?method=add", strings.Replace(minimal(name, name), "Books", "G"+name, 1))
				key := between(body, "<InsertedDataIdentifier>", "<")
				if err != nil || key == "" {
					t.Error(body, err)
					return
				}
				_, _, _ = c.try("GET", "/getproduct.nv?id="+key, "")
				_, _, _ = c.try("GET", "/productlist.nv", "")
				_, _, _ = c.try("GET", "/getproductgroups.nv", "")
				_, _, _ = c.try("POST", "/product.nv?method=edit&id="+key, "<root><product><productbaseinformation><unit>kpl</unit></productbaseinformation></product></root>")
			}
		})
	}
	wg.Wait()
	codes := map[string]bool{}
	for i, p := range s.Products() {
		codes[p.Code] = true
		if p.Key != i+1 || p.Unit != "kpl" || p.Group != "G"+p.Code {
			t.Errorf("%+v", p)
		}
	}
	if len(codes) != 100 || len(s.Groups()) != 100 {
		t.Errorf("%d codes, %d groups", len(codes), len(s.Groups()))
	}
}
