package main

import (
	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// products pairs the products of Rackbeat with those of Netvisor.
var products = register{
	name: "products", entity: "product", sampled: "AB-100",
	codes: [2]string{instep.Left: "number", instep.Right: "product_code"},
	open: func(s *systems) [2]instep.Source {
		return [2]instep.Source{s.rackbeat.Products(), s.netvisor.Products()}
	},
	mapping: builtIn,
	deletes: deletions,
}

// deletions says by side what becomes of a product whose counterpart was
// deleted. Netvisor cannot delete products: there, out of use is the most.
func deletions(p reconcile.DeletePolicy) [2]reconcile.DeletePolicy {
	return [2]reconcile.DeletePolicy{instep.Left: p, instep.Right: min(p, reconcile.DeactivateDeleted)}
}

// productMapping says which fields correspond. Rackbeat owns them all. Groups
// go over by name, and Netvisor adds those it does not have, unless a list says
// which ones correspond.
func productMapping(groups *instep.ListMapping) instep.Mapping {
	if groups == nil {
		groups = &instep.ListMapping{Same: true}
	}
	trim, lines, not := []string{"trim"}, []string{"lines"}, []string{"not"}
	code := key(via(field("code", "number", "product_code"), trim, trim), instep.Match{Rank: 1})
	group := field("group", "group", "product_group")
	group.List = groups
	return instep.Mapping{Rules: []instep.Rule{
		code,
		plain("name", "name", "name"),
		via(field("description", "description", "description"), lines, lines),
		field("price", "sales_price", "unit_price"),
		field("cost", "recommended_cost_price", "purchase_price"),
		group,
		plain("unit", "unit", "unit"),
		plain("barcode", "barcode", "primary_ean_code"),
		via(field("active", "is_barred", "is_active"), not, nil),
	}}
}

// builtIn returns the mapping that the program uses unless told otherwise.
func builtIn(set *settings) instep.Mapping {
	if set.endpoints.given() {
		return productMapping(nil)
	}
	return productMapping(demoGroups())
}
