package rackbeattest

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

var productAttrs = attributes[productRow]{
	"id":                      func(p productRow) string { return strconv.Itoa(p.ID) },
	"number":                  func(p productRow) string { return p.Number },
	"name":                    func(p productRow) string { return p.Name },
	"type":                    func(p productRow) string { return p.Type },
	"barcode":                 func(p productRow) string { return p.Barcode },
	"description":             func(p productRow) string { return p.Description },
	"group":                   func(p productRow) string { return strconv.Itoa(p.Group) },
	"group_id":                func(p productRow) string { return strconv.Itoa(p.Group) },
	"unit_id":                 func(p productRow) string { return strconv.Itoa(p.Unit) },
	"default_supplier_id":     func(p productRow) string { return strconv.Itoa(p.DefaultSupplier) },
	"default_location_id":     func(p productRow) string { return strconv.Itoa(p.DefaultLocation) },
	"variation_id":            func(p productRow) string { return strconv.Itoa(p.Variation) },
	"department_id":           func(p productRow) string { return strconv.Itoa(p.Department) },
	"discount_group":          func(p productRow) string { return strconv.Itoa(p.DiscountGroup) },
	"supplier_product_number": func(p productRow) string { return p.SupplierProductNumber },
	"goods_code":              func(p productRow) string { return p.GoodsCode },
	"country_code":            func(p productRow) string { return p.CountryCode },
	"is_barred":               func(p productRow) string { return strconv.FormatBool(p.IsBarred) },
	"is_draft":                func(p productRow) string { return strconv.FormatBool(p.IsDraft) },
	"is_convertable":          func(p productRow) string { return strconv.FormatBool(p.IsConvertable) },
	"should_assure_quality":   func(p productRow) string { return strconv.FormatBool(p.ShouldAssureQuality) },
	"inventory_enabled": func(p productRow) string {
		return strconv.FormatBool(p.group != nil && p.group.HasInventory)
	},
	"is_sellable": func(p productRow) string {
		return strconv.FormatBool(p.group != nil && p.group.IsSellable)
	},
}

var groupAttrs = attributes[groupRow]{
	"number":        func(g groupRow) string { return strconv.Itoa(g.Number) },
	"name":          func(g groupRow) string { return g.Name },
	"has_inventory": func(g groupRow) string { return strconv.FormatBool(g.HasInventory) },
	"is_sellable":   func(g groupRow) string { return strconv.FormatBool(g.IsSellable) },
	"is_draft":      func(g groupRow) string { return strconv.FormatBool(g.IsDraft) },
}

var unitAttrs = attributes[*Unit]{
	"number": func(u *Unit) string { return strconv.Itoa(u.Number) },
	"name":   func(u *Unit) string { return u.Name },
}

// listProducts answers a list of products or items under the given key.
func (s *Server) listProducts(v view, key string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		f := s.newForm(nil)
		q := parseQuery(f, r, productAttrs, s.data.sorted.attributes())
		if f.failed() {
			s.invalid(w, f)
			return
		}
		q.orderBy = cmp.Or(q.orderBy, "created_at")
		s.data.mu.Lock()
		rows, total := s.data.page(v, &q)
		s.data.mu.Unlock()
		writeList(s, w, r, key, &q, rows, total)
	}
}

// page returns one page of a list of products and the number of all rows that
// fit. The caller holds the lock.
func (s *state) page(v view, q *listQuery) (rows []productRow, total int) {
	return pageRows(s.candidates(v, q), q, s.row, func(p *Product) bool {
		return productAttrs.matches(s.row(p), q.filters) && found(q.search, p.Number, p.Name, p.Barcode)
	})
}

// pageRows cuts a page out of those of an ascending list that fit.
func pageRows[T, R any](list []*T, q *listQuery, row func(*T) R, fits func(*T) bool) (rows []R, total int) {
	if len(q.filters) > 0 || q.search != "" {
		kept := make([]*T, 0, min(len(list), maxLimit))
		for _, p := range list {
			if fits(p) {
				kept = append(kept, p)
			}
		}
		list = kept
	}
	from, to := q.pageOf(len(list))
	for i := from; i < to; i++ {
		p := list[i]
		if !q.ascending {
			p = list[len(list)-1-i]
		}
		rows = append(rows, row(p))
	}
	return rows, len(list)
}

// candidates returns the list in ascending order, or just the one product in
// question where the number is given.
func (s *state) candidates(v view, q *listQuery) []*Product {
	number, ok := q.filters["number"]
	if !ok || s.sorted.withDeleted {
		return s.sorted.get(listKey{v, q.orderBy}, s.products)
	}
	if p := s.live[number]; s.sorted.has(v, p) {
		return []*Product{p}
	}
	return nil
}

// found tells whether one of the texts holds search, case aside.
func found(search string, texts ...string) bool {
	return search == "" || slices.ContainsFunc(texts, func(t string) bool {
		return strings.Contains(strings.ToLower(t), search)
	})
}

func (s *Server) listGroups(w http.ResponseWriter, r *http.Request) {
	s.data.mu.Lock()
	rows := s.data.groupRows()
	s.data.mu.Unlock()
	listAll(s, w, r, "product_groups", rows, groupAttrs)
}

func (s *Server) listUnits(w http.ResponseWriter, r *http.Request) {
	s.data.mu.Lock()
	rows := s.data.unitRows()
	s.data.mu.Unlock()
	listAll(s, w, r, "units", rows, unitAttrs)
}

// listAll answers a short list, given by number, or by id where its records
// have no number. Its own order is that one, ascending.
func listAll[T any](s *Server, w http.ResponseWriter, r *http.Request, key string, rows []T, attrs attributes[T]) {
	f := s.newForm(nil)
	id := "number"
	if attrs[id] == nil {
		id = "id"
	}
	q := parseQuery(f, r, attrs, []string{id, "name"})
	if f.failed() {
		s.invalid(w, f)
		return
	}
	rows = slices.DeleteFunc(rows, func(v T) bool {
		return !attrs.matches(v, q.filters) || !found(q.search, attrs[id](v), attrs["name"](v))
	})
	if q.orderBy == "name" {
		slices.SortStableFunc(rows, func(a, b T) int { return strings.Compare(attrs["name"](a), attrs["name"](b)) })
	}
	if q.orderBy != "" && !q.ascending {
		slices.Reverse(rows)
	}
	from, to := q.pageOf(len(rows))
	writeList(s, w, r, key, &q, rows[from:to], len(rows))
}

// rowSize is about what a row takes, so that a large page is not copied often.
const rowSize = 2 << 10

// writeList answers a page in its envelope with 206, which the service uses
// for every paged list.
func writeList[T any](s *Server, w http.ResponseWriter, r *http.Request, key string, q *listQuery, rows []T, total int) {
	v := s.viewerFor(r, q.only)
	rows = spoilRows(q, rows)
	b := make([]byte, 0, 128+len(rows)*rowSize)
	b = append(append(b, `{"`+key+`":`...), '[')
	for i, row := range rows {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.record(b, row)
	}
	b = fmt.Appendf(b, `],"total":%d,"pages":%d,"limit":%d,"page":%d}`, total, q.pages(total), q.limit, q.page)
	s.reply(w, http.StatusPartialContent, spoilBody(q, b))
}
