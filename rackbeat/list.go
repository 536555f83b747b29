package rackbeat

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strings"

	"github.com/instep-go/instep"
)

// List is one page of a list.
type List[T any] struct {
	Items []T
	Page  int // from 1
	Pages int // how many pages there are; -1 if the list has none
	Total int // how many items there are on all pages; -1 if not known
	Limit int // how many items a page may have

	reply reply
}

// last reports whether no page follows.
func (l *List[T]) last() bool { return len(l.Items) == 0 || l.Page >= l.Pages }

// short reports whether the page has fewer items than its own figures promise:
// some were lost on the way. Figures that contradict each other promise nothing.
func (l *List[T]) short() bool {
	if l.Total < 0 || l.Limit < 1 || l.Pages != (l.Total+l.Limit-1)/l.Limit {
		return false
	}
	return len(l.Items) < min(l.Limit, l.Total-(l.Page-1)*l.Limit)
}

// ListOptions says what a list gives. Which attributes can be filtered and
// ordered by is not documented; those of public clients are named here.
type ListOptions struct {
	// Fields limits the attributes of the rows. Nil means all.
	Fields []string

	// Expand names relations to load, such as "field_values".
	Expand []string

	// Search is a free text.
	Search string

	// Equal filters by attributes: number, name, barcode, group, is_barred,
	// is_draft, …
	Equal map[string]string

	// Simple filters by attributes too, in the form simple_filter[name]=value.
	Simple map[string]string

	// OrderBy is the attribute to order by: created_at, or updated_at
	// (inferred). Empty leaves the order to the vendor.
	OrderBy string

	// Ascending begins with the least. Otherwise the greatest comes first.
	Ascending bool

	// PageSize is how many rows a page has, at most 1000. 0 means that of the
	// client's Options.
	PageSize int
}

// query returns the parameters of a page.
func (o *ListOptions) query(page, size int) url.Values {
	q := url.Values{"page": {fmt.Sprint(page)}, "limit": {fmt.Sprint(size)}}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	set("fields", strings.Join(o.Fields, ","))
	set("expand", strings.Join(o.Expand, ","))
	set("search", o.Search)
	for name, value := range o.Equal {
		q.Set(name, value)
	}
	for name, value := range o.Simple {
		q.Set("simple_filter["+name+"]", value)
	}
	if o.OrderBy != "" {
		q.Set("order_by", o.OrderBy)
		q.Set("order_direction", map[bool]string{true: "ASC", false: "DESC"}[o.Ascending])
	}
	return q
}

// resource is where a kind of record lies.
type resource struct {
	path string // "product-groups"
	key  string // "product_groups"
	name string // "product groups"
}

// single returns what one of the records is called.
func (r resource) single() string { return strings.TrimSuffix(r.name, "s") }

// ref returns the ref of the record with a number.
func (r resource) ref(number string) instep.Ref {
	return instep.Ref{System: system, Entity: strings.ReplaceAll(r.single(), " ", "_"), ID: number}
}

// list reads one page.
func list[R row[T], T any](ctx context.Context, c *Client, res resource, page int, o *ListOptions) (List[T], error) {
	if o == nil {
		o = &ListOptions{}
	}
	k := call{op: "rackbeat: list " + res.name, method: http.MethodGet, path: res.path}
	size := o.PageSize
	if size == 0 {
		size = c.opts.PageSize
	}
	if size < 1 || size > DefaultPageSize || page < 1 {
		return List[T]{}, &instep.Error{
			Kind: instep.Config, Op: k.op, Field: "page or ListOptions.PageSize", Err: errors.New("is out of range"),
			Remedy: "count pages from 1, with 1 to 1000 rows each",
		}
	}
	k.query = o.query(page, size)
	r, err := c.do(ctx, &k)
	if err != nil {
		return List[T]{}, err
	}
	items, info, err := decodeList[R](r.body, res.key, c.opts.ZonelessTimes)
	if err == nil && info.page >= 0 && info.page != page {
		err = &decodeError{"page", 0, fmt.Sprintf("is %d where %d was asked for,", info.page, page)}
	}
	if err != nil {
		return List[T]{}, k.malformed(r.body, err)
	}
	if info.limit < 1 {
		info.limit = size
	}
	return List[T]{Items: items, Page: page, Pages: info.pages, Total: info.total, Limit: info.limit, reply: r}, nil
}

// walk yields the items of all pages.
func walk[T any](ctx context.Context, o *ListOptions, read func(context.Context, int, *ListOptions) (List[T], error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for page := 1; ; page++ {
			l, err := read(ctx, page, o)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range l.Items {
				if !yield(item, nil) {
					return
				}
			}
			if l.last() {
				return
			}
		}
	}
}
