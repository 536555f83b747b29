package rackbeat

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
)

func refs(numbers ...string) []instep.Ref {
	list := make([]instep.Ref, len(numbers))
	for i, n := range numbers {
		list[i] = productRef(n)
	}
	return list
}

func numbered(n int) *register {
	g := &register{}
	for i := range n {
		g.add(i, fmt.Sprintf("p%02d", i))
	}
	return g
}

// shown returns the ids and statuses of records.
func shown(records []instep.Record) string {
	var parts []string
	for _, rec := range records {
		parts = append(parts, fmt.Sprintf("%s %s %d", rec.Ref.ID, rec.Status, min(rec.Fields.Len(), 1)))
	}
	return strings.Join(parts, ", ")
}

func TestGet(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		rows, size int
		warm       bool // the number of pages is known
		refs       []instep.Ref
		want       string
		requests   int
	}{
		"none":                      {3, 2, false, nil, "", 0},
		"one":                       {3, 2, false, refs("p01"), "p01 live 1", 1},
		"missing and odd":           {3, 2, false, refs("nope", "..", ""), "nope missing 0, .. missing 0,  missing 0", 3},
		"twice":                     {3, 2, false, refs("p01", "p01"), "p01 live 1, p01 live 1", 1},
		"few of many, warm":         {20, 2, true, refs("p19", "p01", "p07"), "p19 live 1, p01 live 1, p07 live 1", 3},
		"few of many, cold":         {20, 2, false, refs("p19", "p01", "p07"), "p19 live 1, p01 live 1, p07 live 1", 3},
		"all on one page":           {3, 5, true, refs("p02", "p01", "p00"), "p02 live 1, p01 live 1, p00 live 1", 1},
		"more than pages, one gone": {6, 3, true, refs("p00", "p01", "gone", "p05"), "p00 live 1, p01 live 1, gone missing 0, p05 live 1", 3},
		"list as long as it pays":   {6, 2, true, refs("p00", "p01", "p02", "p03"), "p00 live 1, p01 live 1, p02 live 1, p03 live 1", 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			products, p := numbered(test.rows).connector(t, test.size)
			if test.warm {
				readAll(t, products, "")
				p.reset()
			}
			got, err := products.Get(t.Context(), test.refs)
			if err != nil {
				t.Fatal(err)
			}
			if shown(got) != test.want {
				t.Errorf("got %s, want %s", shown(got), test.want)
			}
			if n := len(p.requests()); n != test.requests {
				t.Errorf("%d requests, want %d: %q", n, test.requests, p.requests())
			}
		})
	}
}

func TestGetFails(t *testing.T) {
	t.Parallel()
	c, _ := client(t, nil, answer(http.StatusForbidden, ""))
	_, err := c.Products().Get(t.Context(), refs("a"))
	wantKind(t, err, instep.Forbidden)
	_, err = c.Products().Get(t.Context(), refs("a", "b", "c", "d"))
	wantKind(t, err, instep.Forbidden)
}

func TestFind(t *testing.T) {
	t.Parallel()
	values := func(list ...string) []instep.Value {
		out := make([]instep.Value, len(list))
		for i, s := range list {
			out[i] = instep.String(s)
		}
		return out
	}
	for name, test := range map[string]struct {
		rows, size int
		field      string
		values     []instep.Value
		want       []string
		requests   int
	}{
		"number":             {9, 2, "number", values("p01", "P01", ""), []string{"p01 live 1", "", ""}, 2},
		"barcode":            {9, 2, "barcode", values("Ep01", "x", ""), []string{"p01 live 1", "", ""}, 2},
		"barcodes, the list": {4, 2, "barcode", values("Ep03", "Ep01", "Ep01", "x"), []string{"p03 live 1", "p01 live 1", "p01 live 1", ""}, 2},
		"no text":            {4, 2, "barcode", []instep.Value{instep.Null(), {}, instep.Bool(true)}, []string{"", "", ""}, 0},
		"whole number":       {4, 2, "number", []instep.Value{instep.Int(12)}, []string{""}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			products, p := numbered(test.rows).connector(t, test.size)
			got, err := products.Find(t.Context(), test.field, test.values)
			if err != nil {
				t.Fatal(err)
			}
			list := make([]string, len(got))
			for i := range got {
				list[i] = shown(got[i])
			}
			if diff := cmp.Diff(test.want, list); diff != "" {
				t.Errorf("records differ (-want +got):\n%s", diff)
			}
			if n := len(p.requests()); n != test.requests {
				t.Errorf("%d requests, want %d: %q", n, test.requests, p.requests())
			}
		})
	}
	products, _ := numbered(1).connector(t, 1)
	_, err := products.Find(t.Context(), "name", values("x"))
	if e := wantKind(t, err, instep.Unsupported); e.Field != "name" || e.Remedy == "" {
		t.Errorf("%q does not say what to use", e)
	}
}

// Two products may have one barcode; a vendor that does not filter is found
// out, and costs one walk.
func TestFindBarcodes(t *testing.T) {
	t.Parallel()
	list := `[{"number":1,"barcode":"x"},{"number":2,"barcode":"x"},{"number":3},{"number":4,"barcode":"X"},{"number":1,"barcode":"x"}]`
	c, p := client(t, nil, answer(206, `{"products":`+list+`,"total":5,"pages":1,"limit":5,"page":1}`))
	got, err := c.Products().Find(t.Context(), "barcode", []instep.Value{instep.String("x"), instep.String("y")})
	if err != nil {
		t.Fatal(err)
	}
	if shown(got[0]) != "2 live 1, 1 live 1" || len(got[1]) != 0 {
		t.Errorf("found %s, %s", shown(got[0]), shown(got[1]))
	}
	if n := len(p.requests()); n != 2 {
		t.Errorf("%d requests, want 2: %q", n, p.requests())
	}
}

// A vendor that does not filter costs one walk, not one for each barcode.
func TestFindUnfiltered(t *testing.T) {
	t.Parallel()
	g := numbered(9)
	c, p := client(t, &Options{PageSize: 3}, func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		q.Del("simple_filter[barcode]")
		r.URL.RawQuery = q.Encode()
		g.serve(w, r)
	})
	got, err := c.Products().Find(t.Context(), "barcode", []instep.Value{instep.String("Ep08"), instep.String("Ep00")})
	if err != nil || shown(got[0]) != "p08 live 1" || shown(got[1]) != "p00 live 1" {
		t.Errorf("found %v, %v", got, err)
	}
	if n := len(p.requests()); n != 4 {
		t.Errorf("%d requests, want 4: %q", n, p.requests())
	}
}
