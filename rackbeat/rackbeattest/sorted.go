package rackbeattest

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// view names one of the lists of a kind of record.
type view int

const (
	viewProducts view = iota // products, drafts among them
	viewDrafts               // drafts alone
	viewItems                // products and lots
	viewParties              // customers or suppliers
)

// sortedLists keeps each list that was asked for in its order, so that walking
// a large register page by page sorts it once.
type sortedLists[T any] struct {
	shows  func(view, *T) bool          // whether the list shows the record
	orders map[string]func(a, b *T) int // by attribute
	id     func(a, b *T) int            // the last word in every order
	lists  map[listKey][]*T

	withDeleted bool
}

type listKey struct {
	view view
	attr string // a key of orders
}

// order is the ascending order of the list, total because ids differ.
func (l *sortedLists[T]) order(k listKey) func(a, b *T) int {
	by := l.orders[k.attr]
	return func(a, b *T) int { return cmp.Or(by(a, b), l.id(a, b)) }
}

// has tells whether the list shows p, which may be nil.
func (l *sortedLists[T]) has(v view, p *T) bool { return p != nil && l.shows(v, p) }

// attributes names what the lists can be ordered by.
func (l *sortedLists[T]) attributes() []string { return slices.Collect(maps.Keys(l.orders)) }

// get returns the list in ascending order; it must not be altered.
func (l *sortedLists[T]) get(k listKey, all map[int]*T) []*T {
	if list, ok := l.lists[k]; ok {
		return list
	}
	list := make([]*T, 0, len(all))
	for _, p := range all {
		if l.has(k.view, p) {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, l.order(k))
	if l.lists == nil {
		l.lists = map[listKey][]*T{}
	}
	l.lists[k] = list
	return list
}

// replace brings the lists kept from old to p; old may be nil.
func (l *sortedLists[T]) replace(old, p *T) {
	for k, list := range l.lists {
		order := l.order(k)
		if l.has(k.view, old) {
			if i, ok := slices.BinarySearchFunc(list, old, order); ok {
				list = slices.Delete(list, i, i+1)
			}
		}
		if l.has(k.view, p) {
			i, _ := slices.BinarySearchFunc(list, p, order)
			list = slices.Insert(list, i, p)
		}
		l.lists[k] = list
	}
}

// productLists are the lists of products and items.
func productLists(withDeleted bool) sortedLists[Product] {
	return sortedLists[Product]{
		withDeleted: withDeleted,
		orders:      productOrders,
		id:          byID,
		shows: func(v view, p *Product) bool {
			switch {
			case p.deleted() && !withDeleted:
				return false
			case v == viewItems:
				return true
			case v == viewDrafts && !p.IsDraft:
				return false
			}
			return p.Type == TypeProduct
		},
	}
}

// productOrders are the attributes lists of products can be ordered by.
var productOrders = map[string]func(a, b *Product) int{
	"id":          byID,
	"number":      func(a, b *Product) int { return strings.Compare(a.Number, b.Number) },
	"name":        func(a, b *Product) int { return strings.Compare(a.Name, b.Name) },
	"type":        func(a, b *Product) int { return strings.Compare(a.Type, b.Type) },
	"barcode":     func(a, b *Product) int { return strings.Compare(a.Barcode, b.Barcode) },
	"sales_price": func(a, b *Product) int { return a.SalesPrice.compare(b.SalesPrice) },
	"cost_price":  func(a, b *Product) int { return a.CostPrice.compare(b.CostPrice) },
	"group_id":    func(a, b *Product) int { return cmp.Compare(a.Group, b.Group) },
	"unit_id":     func(a, b *Product) int { return cmp.Compare(a.Unit, b.Unit) },
	"created_at":  func(a, b *Product) int { return a.CreatedAt.Compare(b.CreatedAt) },
	"updated_at":  func(a, b *Product) int { return a.UpdatedAt.Compare(b.UpdatedAt) },
}
