package rackbeattest

import (
	"cmp"
	"slices"
	"strings"
)

// view names one of the lists of products.
type view int

const (
	viewProducts view = iota // products, drafts among them
	viewDrafts               // drafts alone
	viewItems                // products and lots
)

// orderings are the attributes lists of products can be ordered by.
var orderings = map[string]func(a, b *Product) int{
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

// sortedLists keeps each list that was asked for in its order, so that walking
// a large register page by page sorts it once.
type sortedLists struct {
	withDeleted bool
	lists       map[listKey][]*Product
}

type listKey struct {
	view view
	attr string // a key of orderings
}

// order is the ascending order of the list, total because ids differ.
func (k listKey) order(a, b *Product) int {
	return cmp.Or(orderings[k.attr](a, b), byID(a, b))
}

// has tells whether the list shows p, which may be nil.
func (l *sortedLists) has(v view, p *Product) bool {
	switch {
	case p == nil, p.deleted() && !l.withDeleted:
		return false
	case v == viewItems:
		return true
	case v == viewDrafts && !p.IsDraft:
		return false
	}
	return p.Type == TypeProduct
}

// get returns the list in ascending order; it must not be altered.
func (l *sortedLists) get(k listKey, all map[int]*Product) []*Product {
	if list, ok := l.lists[k]; ok {
		return list
	}
	list := make([]*Product, 0, len(all))
	for _, p := range all {
		if l.has(k.view, p) {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, k.order)
	if l.lists == nil {
		l.lists = map[listKey][]*Product{}
	}
	l.lists[k] = list
	return list
}

// replace brings the lists kept from old to p; old may be nil.
func (l *sortedLists) replace(old, p *Product) {
	for k, list := range l.lists {
		if l.has(k.view, old) {
			if i, ok := slices.BinarySearchFunc(list, old, k.order); ok {
				list = slices.Delete(list, i, i+1)
			}
		}
		if l.has(k.view, p) {
			i, _ := slices.BinarySearchFunc(list, p, k.order)
			list = slices.Insert(list, i, p)
		}
		l.lists[k] = list
	}
}
