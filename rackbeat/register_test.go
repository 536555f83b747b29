package rackbeat

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/instep-go/instep"
)

// register is a list of products behind the list request, as odd as a test
// needs it.
type register struct {
	rows     []regRow
	zoned    bool // times have a zone
	unsorted bool // order_by=updated_at is not heard
	noTotal  bool // the list says nothing about itself
	unstable bool // rows created in the same second come in another order on each page
	clamp    int  // most rows that a page has, whatever is asked for

	// before is called before each list request, with its page and order.
	before func(page int, order string)
}

// regRow is one product. Times are seconds.
type regRow struct {
	number           string
	created, updated int
	noStamp          bool
}

// registerStart is second 0.
var registerStart = time.Date(2025, 6, 1, 12, 0, 0, 0, time.UTC)

func (g *register) stamp(second int) string {
	at := registerStart.Add(time.Duration(second) * time.Second)
	if g.zoned {
		return at.Format(time.RFC3339)
	}
	return at.Format(time.DateTime)
}

// add puts products into the register, one a second.
func (g *register) add(second int, numbers ...string) {
	for i, n := range numbers {
		g.rows = append(g.rows, regRow{number: n, created: second + i, updated: second + i})
	}
}

func (g *register) edit(second int, number string) {
	for i := range g.rows {
		if g.rows[i].number == number {
			g.rows[i].updated = second
		}
	}
}

func (g *register) remove(number string) {
	g.rows = slices.DeleteFunc(g.rows, func(r regRow) bool { return r.number == number })
}

// ServeHTTP answers the list of products, and single ones.
func (g *register) serve(w http.ResponseWriter, r *http.Request) {
	if number, ok := strings.CutPrefix(r.URL.Path, "/api/products/"); ok {
		i := slices.IndexFunc(g.rows, func(r regRow) bool { return r.number == number })
		if i < 0 {
			answer(404, `{"message":"Not found"}`)(w, r)
			return
		}
		answer(200, `{"product":`+g.row(g.rows[i])+`}`)(w, r)
		return
	}
	q := r.URL.Query()
	page, _ := strconv.Atoi(q.Get("page"))
	limit, _ := strconv.Atoi(q.Get("limit"))
	if g.clamp > 0 {
		limit = min(limit, g.clamp)
	}
	order := q.Get("order_by")
	if g.before != nil {
		g.before(page, order)
	}
	rows := slices.Clone(g.rows)
	if g.unstable && page%2 == 0 {
		slices.Reverse(rows)
	}
	if code := q.Get("simple_filter[barcode]"); code != "" {
		rows = slices.DeleteFunc(rows, func(r regRow) bool { return "E"+r.number != code })
	}
	slices.SortStableFunc(rows, func(a, b regRow) int {
		if order == "updated_at" && !g.unsorted {
			return cmp.Compare(b.updated, a.updated)
		}
		if q.Get("order_direction") == "ASC" {
			return cmp.Compare(a.created, b.created)
		}
		return cmp.Compare(b.created, a.created)
	})
	total := len(rows)
	from := min((page-1)*limit, total)
	answer(206, g.envelope(rows[from:min(from+limit, total)], total, page, limit))(w, r)
}

func (g *register) row(r regRow) string {
	updated := `,"updated_at":"` + g.stamp(r.updated) + `"`
	if r.noStamp {
		updated = ""
	}
	return fmt.Sprintf(`{"number":%q,"barcode":"E%s","created_at":%q%s}`, r.number, r.number, g.stamp(r.created), updated)
}

func (g *register) envelope(rows []regRow, total, page, limit int) string {
	parts := make([]string, len(rows))
	for i, r := range rows {
		parts[i] = g.row(r)
	}
	body := `{"products":[` + strings.Join(parts, ",") + `]`
	if !g.noTotal {
		body += fmt.Sprintf(`,"total":%d,"pages":%d,"limit":%d,"page":%d`, total, (total+limit-1)/limit, limit, page)
	}
	return body + "}"
}

// connector returns a connector for the register.
func (g *register) connector(t testing.TB, size int) (*Products, *peer) {
	t.Helper()
	c, p := client(t, &Options{PageSize: size, Overlap: 10 * time.Second}, g.serve)
	return c.Products(), p
}

// walked is what a walk gave.
type walked struct {
	numbers []string // sorted, each once
	pages   int
	next    instep.Cursor
	sweep   instep.Sweep
}

// readAll reads from a cursor until there is no more. Each cursor is taken
// through JSON, as a store would.
func readAll(t testing.TB, p *Products, from instep.Cursor) walked {
	t.Helper()
	var w walked
	seen := map[string]bool{}
	for w.pages < 100 {
		page, err := p.Read(t.Context(), from)
		if err != nil {
			t.Fatal(err)
		}
		w.pages++
		for _, rec := range page.Records {
			seen[rec.Ref.ID] = true
		}
		if page.More && page.Sweep != (instep.Sweep{}) {
			t.Error("a sweep is told of before the last page")
		}
		from = through(t, page.Next)
		if !page.More {
			w.next, w.sweep = from, page.Sweep
			for n := range seen {
				w.numbers = append(w.numbers, n)
			}
			slices.Sort(w.numbers)
			return w
		}
	}
	t.Fatal("the walk does not end")
	return w
}

func through(t testing.TB, c instep.Cursor) instep.Cursor {
	t.Helper()
	data, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var out instep.Cursor
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}
