package rackbeattest

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestPaging(t *testing.T) {
	t.Parallel()
	s := newServer(t, &Options{Products: seeds(45), RateLimit: -1})
	p := inProcess(t, s)
	tests := []struct {
		query       string
		rows        int
		first       string
		pages, page int
	}{
		{"", 20, "P45", 3, 1},
		{"?page=3", 5, "P5", 3, 3},
		{"?page=4", 0, "", 3, 4},
		{"?page=2000000000", 0, "", 3, 2000000000},
		{"?limit=1000", 45, "P45", 1, 1},
		{"?limit=1&page=45&order_by=created_at", 1, "P1", 45, 45},
		{"?limit=15&page=3&order_direction=asc", 15, "P31", 3, 3},
		{"?search=nothing", 0, "", 1, 1},
	}
	for _, tt := range tests {
		got := p.list("products" + tt.query)
		first, _, _ := strings.Cut(got.numbers(), " ")
		if len(got.Products) != tt.rows || first != tt.first || got.Pages != tt.pages || got.Page != tt.page {
			t.Errorf("%s: %d rows from %q, pages %d, page %d; want %+v",
				tt.query, len(got.Products), first, got.Pages, got.Page, tt)
		}
	}
	for query, want := range map[string]string{
		"limit=0": "limit", "limit=1001": "limit", "limit=x": "limit", "page=0": "page", "page=-1": "page",
		"order_by=colour": "order_by", "order_direction=up": "order_direction",
		"simple_filter[colour]=red": "simple_filter", "simple_filter[%22%00%FF]=red": "simple_filter",
	} {
		if got := paths(t, p.send("GET", "products?"+query, "")); got != want {
			t.Errorf("%s: complaints about %q, want %q", query, got, want)
		}
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	ps := []Product{
		{Number: "AbC", Name: "Skrue, rustfri", SalesPrice: "2", Barcode: "111", Group: 1},
		{Number: "abc", Name: "Søm", SalesPrice: "10", Barcode: "111", Group: 2, IsBarred: true},
		{Number: "x y#1/2", Name: "Møtrik SKRUE", SalesPrice: "9.5", Unit: 1, Group: 2},
	}
	s := newServer(t, &Options{Products: ps, RateLimit: -1,
		Groups: []Group{{Number: 1, Name: "a", IsSellable: true}, {Number: 2, Name: "b"}}})
	p := inProcess(t, s)
	for query, want := range map[string]string{
		"number=AbC":                          "AbC",
		"number=ABC":                          "",
		"number=x+y%231%2F2":                  "x y#1/2",
		"simple_filter[number]=abc":           "abc",
		"simple_filter%5Bnumber%5D=abc":       "abc",
		"number=abc&is_barred=false":          "",
		"barcode=111":                         "AbC abc",
		"is_barred=false":                     "AbC x y#1/2",
		"is_barred=1":                         "abc",
		"group=2":                             "abc x y#1/2",
		"group_id=1":                          "AbC",
		"unit_id=1":                           "x y#1/2",
		"is_sellable=TRUE":                    "AbC",
		"search=skrue":                        "AbC x y#1/2",
		"search=ABC&group=2":                  "abc",
		"barcode=":                            "AbC abc x y#1/2",
		"no_such_parameter=1":                 "AbC abc x y#1/2",
		"name=S%C3%B8m":                       "abc",
		"order_by=sales_price":                "AbC x y#1/2 abc",
		"order_by=name":                       "x y#1/2 AbC abc",
		"order_by=number&expand=field_values": "AbC abc x y#1/2",
	} {
		if got := p.list("products?order_direction=ASC&" + query).numbers(); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
}

func TestFields(t *testing.T) {
	t.Parallel()
	p := inProcess(t, newServer(t, &Options{Products: seeds(1)}))
	got := p.want(http.StatusPartialContent, "GET", "products?fields=number,%20is_barred,group,nothing", "").body
	sameJSON(t, got, `{"products":[{"number":"P1","is_barred":false,"group":{"number":1,"name":"Varer","vat_abroad":null,
		"vat_eu":null,"vat_domestic":null,"vat_domestic_exempt":null,"self":"https://app.rackbeat.com/api/product-groups/1"}}],
		"total":1,"pages":1,"limit":20,"page":1}`)
	sameJSON(t, p.want(http.StatusOK, "GET", "products/P1?fields=nothing", "").body, `{"product":{}}`)
}

// TestNewestFirst walks by updated_at while records change, as a client does
// that has no filter for changes.
func TestNewestFirst(t *testing.T) {
	t.Parallel()
	c := &clock{noon.Add(time.Hour)}
	s := newServer(t, &Options{Products: seeds(6), Now: c.now})
	p := inProcess(t, s)
	const walk = "products?order_by=updated_at&order_direction=DESC&limit=2&page="
	if got := p.list(walk + "1").numbers(); got != "P6 P5" {
		t.Fatalf("first page %q", got)
	}
	p.one(http.StatusOK, "PUT", "products/P2", `{"name":"anders"}`)
	if got := p.list(walk + "2").numbers(); got != "P5 P4" {
		t.Errorf("rows did not shift between pages: %q", got)
	}
	if got := p.list(walk + "1").numbers(); got != "P2 P6" {
		t.Errorf("first page after the change: %q", got)
	}
	p.one(http.StatusOK, "PUT", "products/P3", `{"name":"Vare 3"}`)
	if got := p.list(walk + "1").numbers(); got != "P2 P6" {
		t.Errorf("a write that changes nothing moved a row: %q", got)
	}
}

// TestSortedLists compares the lists kept in order with lists sorted afresh,
// over a long row of random changes.
func TestSortedLists(t *testing.T) {
	t.Parallel()
	for _, deleted := range []bool{false, true} {
		c := &clock{noon}
		s := newServer(t, &Options{Now: c.now, ListDeleted: deleted})
		rng := rand.New(rand.NewPCG(1, 2))
		keys := []listKey{{viewProducts, "updated_at"}, {viewItems, "number"}, {viewDrafts, "name"}, {viewProducts, "sales_price"}}
		for i := range 700 {
			number := fmt.Sprint("N", rng.IntN(100))
			switch op := rng.IntN(10); {
			case op < 4:
				_ = s.Add(Product{Number: number, Name: fmt.Sprint(rng.IntN(9)), SalesPrice: "1", IsDraft: op == 0})
			case op < 6:
				_ = s.Remove(number)
			default:
				_ = s.Edit(number, func(p *Product) {
					p.Name, p.SalesPrice, p.IsDraft = fmt.Sprint(rng.IntN(9)), Decimal(fmt.Sprint(rng.IntN(9))), op == 7
					if op == 8 {
						p.Type = TypeLot
					}
				})
			}
			if i%3 == 0 {
				c.forth(time.Second)
			}
			for _, k := range keys {
				kept := s.data.sorted.get(k, s.data.products)
				lists := productLists(deleted)
				fresh := lists.get(k, s.data.products)
				if !slices.Equal(kept, fresh) {
					t.Fatalf("step %d: list %v is out of order", i, k)
				}
			}
		}
		if len(s.data.products) < 100 {
			t.Errorf("only %d products were made", len(s.data.products))
		}
	}
}

// BenchmarkWalk reads a register of 100,000 products in pages of 1,000.
func BenchmarkWalk(b *testing.B) {
	s := newServer(b, &Options{Products: seeds(100_000), RateLimit: -1})
	p := inProcess(b, s)
	p.send("GET", "products?limit=1", "") // sorts the list once
	for n := 0; b.Loop(); n++ {
		p.send("GET", fmt.Sprintf("products?limit=1000&page=%d", n%100+1), "")
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/1000, "us/row")
}

// BenchmarkUpdate edits a register of 100,000 products while two lists of it
// are kept in order.
func BenchmarkUpdate(b *testing.B) {
	s := newServer(b, &Options{Products: seeds(100_000), RateLimit: -1})
	p := inProcess(b, s)
	p.send("GET", "products?limit=1", "")
	p.send("GET", "products?limit=1&order_by=updated_at", "")
	for n := 0; b.Loop(); n++ {
		p.send("PUT", fmt.Sprintf("products/P%d", n%100_000+1), fmt.Sprintf(`{"sales_price":%d}`, n+11))
	}
}
