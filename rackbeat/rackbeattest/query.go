package rackbeattest

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const (
	defaultLimit = 20   // vendor documentation
	maxLimit     = 1000 // public clients of the vendor
)

// listQuery is what a list is asked for.
type listQuery struct {
	page, limit int
	orderBy     string // empty: the list's own order
	ascending   bool
	search      string // lower case
	only        map[string]bool
	filters     map[string]string // values in the form the attributes compare
	fault       ListFaultKind     // what spoils the answer; empty: nothing
}

// attributes are the attributes of one kind of record that can be compared
// with a value. Each gives the value as text.
type attributes[T any] map[string]func(T) string

// parseQuery reads a list's query. The lists of attributes tell by what the
// records can be filtered and ordered.
func parseQuery[T any](f *form, r *http.Request, attrs attributes[T], orders []string) listQuery {
	q := r.URL.Query()
	l := listQuery{
		page:      f.bounded(q, "page", 1, 1<<31-1, 1),
		limit:     f.bounded(q, "limit", 1, maxLimit, defaultLimit),
		ascending: strings.EqualFold(q.Get("order_direction"), "ASC"),
		orderBy:   q.Get("order_by"),
		search:    strings.ToLower(strings.TrimSpace(q.Get("search"))),
		only:      onlyFields(q),
		filters:   map[string]string{},
	}
	if d := q.Get("order_direction"); d != "" && !l.ascending && !strings.EqualFold(d, "DESC") {
		f.fail("order_direction", msgRange)
	}
	if l.orderBy != "" && !slices.Contains(orders, l.orderBy) {
		f.fail("order_by", msgAttribute, l.orderBy)
	}
	for name, vs := range q {
		plain, ok := simpleFilter(name)
		switch {
		case vs[0] == "": // an empty parameter counts as null, which filters nothing
		case attrs[plain] != nil:
			l.filters[plain] = filterValue(plain, vs[0])
		case ok:
			f.fail("simple_filter", msgAttribute, plain)
		}
	}
	if !f.failed() {
		l.fault = f.s.spoils.take(r.URL.EscapedPath(), l.page)
	}
	return l
}

// simpleFilter strips simple_filter[...] off a name and reports whether it was
// there.
func simpleFilter(name string) (string, bool) {
	inner, ok := strings.CutPrefix(name, "simple_filter[")
	if !ok || !strings.HasSuffix(inner, "]") {
		return name, false
	}
	return strings.TrimSuffix(inner, "]"), true
}

// filterValue brings the value of a flag to true or false; other values stay
// as they are.
func filterValue(name, v string) string {
	if !isFlag(name) {
		return v
	}
	switch strings.ToLower(v) {
	case "1":
		return "true"
	case "0":
		return "false"
	}
	return strings.ToLower(v)
}

func isFlag(name string) bool {
	return strings.HasPrefix(name, "is_") || strings.HasPrefix(name, "has_") ||
		strings.HasPrefix(name, "should_") || name == "inventory_enabled"
}

// bounded reads a whole number of the query.
func (f *form) bounded(q url.Values, name string, low, high, missing int) int {
	v := q.Get(name)
	if v == "" {
		return missing
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < low || n > high {
		f.fail(name, msgRange)
		return missing
	}
	return n
}

// onlyFields reads the fields a reply is limited to, nil for all.
func onlyFields(q url.Values) map[string]bool {
	if q.Get("fields") == "" {
		return nil
	}
	only := map[string]bool{}
	for name := range strings.SplitSeq(q.Get("fields"), ",") {
		only[strings.TrimSpace(name)] = true
	}
	return only
}

// with returns the attributes of a and more.
func (a attributes[T]) with(more attributes[T]) attributes[T] {
	all := maps.Clone(a)
	maps.Copy(all, more)
	return all
}

// matches tells whether all filters fit v.
func (a attributes[T]) matches(v T, filters map[string]string) bool {
	for name, want := range filters {
		if a[name](v) != want {
			return false
		}
	}
	return true
}

// pageOf cuts the page out of n rows: the half-open range from, to. A row that
// a fault puts in front is in the range.
func (l *listQuery) pageOf(n int) (from, to int) {
	if l.page-1 > n/l.limit {
		return n, n
	}
	from = min((l.page-1)*l.limit, n)
	to = min(from+l.limit, n)
	if l.fault.atBorder() && from > 0 && from < to {
		from--
	}
	return from, to
}

// pages returns how many pages n rows fill; an empty list has one.
func (l *listQuery) pages(n int) int {
	return max(1, (n+l.limit-1)/l.limit)
}
