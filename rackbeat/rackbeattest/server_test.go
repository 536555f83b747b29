package rackbeattest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
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
)

func TestOptionsRefused(t *testing.T) {
	t.Parallel()
	one := func(p Product) *Options { return &Options{Products: []Product{p}} }
	good := Product{Number: "A", Name: "x", SalesPrice: "1"}
	with := func(f func(*Product)) *Options { p := good; f(&p); return one(p) }
	for want, o := range map[string]*Options{
		"Options.AccountID is -1":                               {AccountID: -1},
		`Options.Language is "fi"`:                              {Language: "fi"},
		"Options.Key has spaces":                                {Key: " a"},
		`Options.Denied names "product"`:                        {Denied: []string{"product"}},
		"Options.Groups[0]: group 1: no name":                   {Groups: []Group{{}}},
		"Options.Groups[1]: group 4: the num":                   {Groups: []Group{{Number: 4, Name: "x"}, {Number: 4, Name: "y"}}},
		"Options.Units[0]: unit -1":                             {Units: []Unit{{Number: -1, Name: "x"}}},
		"Options.Products[0]: product \"\": no":                 with(func(p *Product) { p.Number = "" }),
		"no name":                                               with(func(p *Product) { p.Name = "" }),
		"no sales_price":                                        with(func(p *Product) { p.SalesPrice = "" }),
		`sales_price "1,5": not a decimal`:                      with(func(p *Product) { p.SalesPrice = "1,5" }),
		"too many decimals":                                     with(func(p *Product) { p.Physical.Weight = "1.234" }),
		"no group has the number 9":                             with(func(p *Product) { p.Group = 9 }),
		"no unit has the number 9":                              with(func(p *Product) { p.Unit = 9 }),
		`type is "box"`:                                         with(func(p *Product) { p.Type = "box" }),
		`Options.Products[1]: product "A": number "A" is taken`: {Products: []Product{good, good}},
		"id 5 is taken":                                         {Products: []Product{{ID: 5, Number: "B", Name: "x", SalesPrice: "1"}, {ID: 5, Number: "A", Name: "x", SalesPrice: "1"}}},
		"no group":                                              {Products: []Product{good}, Groups: []Group{}},
	} {
		if _, err := New(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

func TestEdit(t *testing.T) {
	t.Parallel()
	c := &clock{noon.Add(time.Hour)}
	s := newServer(t, &Options{Products: seeds(2), Now: c.now})
	err := s.Edit("P1", func(p *Product) {
		p.Number, p.CostPrice, p.UpdatedAt, p.ID = "P1b", "7.1", time.Time{}, 99
	})
	if err != nil {
		t.Fatal(err)
	}
	got, _ := s.Product("P1b")
	if got.ID != 1 || got.CostPrice != "7.1" || !got.UpdatedAt.Equal(noon.Add(time.Hour)) || !got.CreatedAt.Equal(noon) {
		t.Errorf("edited: %+v", got)
	}
	c.forth(time.Hour)
	if err := s.Edit("P1b", func(p *Product) { p.CostPrice = "7.10" }); err != nil {
		t.Fatal(err)
	}
	if again, _ := s.Product("P1b"); again != got {
		t.Errorf("an edit without a change made %+v of %+v", again, got)
	}
	if err := s.Edit("P1", func(*Product) {}); !errors.Is(err, ErrNotFound) {
		t.Errorf("old number: %v", err)
	}
	for want, edit := range map[string]func(*Product){
		`number "P2" is taken`: func(p *Product) { p.Number = "P2" },
		"no group":             func(p *Product) { p.Group = 0 },
		"too many decimals":    func(p *Product) { p.SalesPrice = "1.1234567" },
	} {
		if err := s.Edit("P1b", edit); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	if err := s.Remove("P2"); err != nil {
		t.Fatal(err)
	}
	if err := s.Remove("P2"); !errors.Is(err, ErrNotFound) {
		t.Errorf("second removal: %v", err)
	}
}

// TestFolder opens a folder again: after a close, after a filling that was cut
// short, and for another account.
func TestFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := &clock{noon}
	open := func(o Options) *Server {
		t.Helper()
		o.Dir, o.Now, o.ListDeleted = dir, c.now, true
		return newServer(t, &o)
	}
	s := open(Options{Products: seeds(5), AccountID: 12})
	p := inProcess(t, s)
	p.one(http.StatusOK, "PUT", "products/P1", `{"number":"Ny/1","sales_price":"0.10","physical":{"weight":1,"weight_unit":"g"}}`)
	p.want(http.StatusOK, "DELETE", "products/P2", "")
	p.want(http.StatusCreated, "POST", "product-groups", `{"name":"B"}`)
	p.want(http.StatusCreated, "POST", "units", `{"name":"m"}`)
	p.want(http.StatusCreated, "POST", "products/drafts", `{"group":2,"unit_id":2}`)
	wantP, wantG, wantU := s.Products(), s.Groups(), s.Units()

	// What a killed process leaves is what the folder holds at any moment.
	left := t.TempDir()
	if err := os.CopyFS(left, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	dir = left
	s = open(Options{Products: seeds(9), Groups: []Group{{Name: "other"}}})
	if got := s.Products(); !slices.Equal(got, wantP) || !slices.Equal(s.Groups(), wantG) || !slices.Equal(s.Units(), wantU) {
		t.Errorf("opened again: %+v\nwant %+v", got, wantP)
	}
	if s.AccountID() != 12 {
		t.Errorf("account %d", s.AccountID())
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if a := inProcess(t, s).send("PUT", "products/P3", `{"name":"x"}`); a.status != http.StatusInternalServerError {
		t.Errorf("write after close: %d", a.status)
	}
	if _, err := New(&Options{Dir: dir, AccountID: 13}); err == nil || !strings.Contains(err.Error(), "account 12") {
		t.Errorf("other account: %v", err)
	}

	if err := os.Remove(filepath.Join(dir, "account.jsonl")); err != nil {
		t.Fatal(err)
	}
	s = open(Options{Products: seeds(2)})
	if got := s.Products(); len(got) != 2 || len(s.Groups()) != 1 {
		t.Errorf("filled afresh: %+v", got)
	}
}

func TestDump(t *testing.T) {
	t.Parallel()
	ps := seeds(2)
	ps[0].Name, ps[1].Type = "Rør 1/2\"", TypeLot
	s := newServer(t, &Options{Products: ps})
	var b bytes.Buffer
	if err := s.Dump(&b); err != nil {
		t.Fatal(err)
	}
	const lists = "customer_group supplier_group payment_term payment_term delivery_term layout " +
		"currency currency currency currency currency currency employee"
	var kinds []string
	for sc := bufio.NewScanner(&b); sc.Scan(); {
		var row struct {
			Entity string
			Record struct{ Name, Self string }
		}
		if err := json.Unmarshal(sc.Bytes(), &row); err != nil {
			t.Fatalf("%v in %s", err, sc.Bytes())
		}
		kinds = append(kinds, row.Entity)
		if row.Entity == "product" && !strings.Contains(sc.Text(), `"name":"Rør 1/2\""`) {
			t.Errorf("product is %v", row.Record)
		}
		if !strings.HasPrefix(row.Record.Self, "/api/") {
			t.Errorf("link is %q", row.Record.Self)
		}
	}
	if got := strings.Join(kinds, " "); got != "group unit product lot "+lists {
		t.Errorf("dumped %s", got)
	}
}

func TestControl(t *testing.T) {
	t.Parallel()
	s := newServer(t, &Options{Products: seeds(1)})
	ask := func(token, method, path, body string) (int, string) {
		r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		s.Control("secret").ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	if code, _ := ask("wrong", "GET", "/records", ""); code != http.StatusUnauthorized {
		t.Errorf("wrong token: %d", code)
	}
	if _, body := ask("secret", "GET", "/records", ""); !strings.Contains(body, `"number":"P1"`) {
		t.Errorf("records: %s", body)
	}
	if code, _ := ask("secret", "POST", "/faults?seed=3", "lost=100%"); code != http.StatusOK {
		t.Errorf("faults: %d", code)
	}
	if _, err := inProcess(t, s).try("GET", "self", ""); !errors.Is(err, io.EOF) {
		t.Errorf("with all replies lost: %v", err)
	}
}

// TestFront uses the server as a plain handler, with faults as a program sets
// them.
func TestFront(t *testing.T) {
	t.Parallel()
	s := newServer(t, nil)
	f, err := ParseFaults("429=100%")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{http.StatusUnauthorized, http.StatusTooManyRequests} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/api/self", nil))
		if w.Code != want {
			t.Errorf("status %d, want %d", w.Code, want)
		}
		s.SetFaults(f, 1)
	}
	s.ResetLog()
	if reads, writes := s.Counts(); reads+writes+len(s.Requests()) != 0 {
		t.Errorf("after a reset: %d reads, %d writes, %d requests", reads, writes, len(s.Requests()))
	}
}

// TestLostReply shows that a create whose reply is lost has happened, and that
// sending it again is refused instead of doubled.
func TestLostReply(t *testing.T) {
	t.Parallel()
	s := newServer(t, nil)
	for _, p := range []*peer{inProcess(t, s), overHTTP(t, s)} {
		number := p.base // any text will do
		body := `{"number":"` + number + `","name":"x","sales_price":1,"group":1}`
		s.Script(Step{Match: func(r *http.Request) bool { return r.Method == "POST" }, Handle: true, Drop: true})
		if _, err := p.try("POST", "products", body); err == nil {
			t.Fatal("the reply was not lost")
		}
		if got := paths(t, p.send("POST", "products", body)); got != "number" {
			t.Errorf("complaints about %q", got)
		}
		if _, ok := s.Product(number); !ok {
			t.Error("the product is not there")
		}
	}
	if _, writes := s.Counts(); writes != 4 {
		t.Errorf("%d writes", writes)
	}
}

// TestConcurrentWrites has many clients fight for the same numbers.
func TestConcurrentWrites(t *testing.T) {
	t.Parallel()
	s := newServer(t, &Options{Dir: t.TempDir(), RateLimit: -1})
	p := inProcess(t, s)
	var wg sync.WaitGroup
	var mu sync.Mutex
	created := map[string]int{}
	for worker := range 8 {
		wg.Go(func() {
			for i := range 40 {
				number := string(rune('A' + (i+worker)%20))
				a, err := p.try("POST", "products", `{"number":"`+number+`","name":"x","sales_price":1,"group":1}`)
				if err != nil {
					t.Error(err)
				}
				if a.status == http.StatusCreated {
					mu.Lock()
					created[number]++
					mu.Unlock()
				}
				if _, err = p.try("GET", "products?order_by=updated_at&limit=5", ""); err != nil {
					t.Error(err)
				}
				if _, err = p.try("PUT", "products/"+number, `{"sales_price":`+string(rune('1'+i%9))+`}`); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if len(created) != 20 || len(s.Products()) != 20 {
		t.Errorf("created %v, kept %d", created, len(s.Products()))
	}
	for number, n := range created {
		if n != 1 {
			t.Errorf("%s was created %d times", number, n)
		}
	}
}
