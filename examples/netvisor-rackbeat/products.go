package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// pairName is what the state and files call the pair.
const pairName = "products"

// products pairs the products of Rackbeat, on the left, with those of
// Netvisor, on the right.
func products(left, right instep.Source, m instep.Mapping, set *settings) reconcile.Pair {
	return reconcile.Pair{
		Name: pairName, Left: left, Right: right, Mapping: m,
		First:   set.first,      // whose values stand when two products meet
		Flow:    instep.ToRight, // after the first load, new products are made in Rackbeat
		Drift:   set.drift,
		Deletes: deletions(set.deletes),
	}
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
	text, lines, not := []string{"trim"}, []string{"lines"}, []string{"not"}
	rule := func(name, left, right string) instep.Rule {
		return instep.Rule{
			Name: name, Owner: instep.LeftOwns,
			Left: instep.End{Field: left}, Right: instep.End{Field: right},
		}
	}
	via := func(r instep.Rule, left, right []string) instep.Rule {
		r.Left.Via, r.Right.Via = left, right
		return r
	}
	code := via(rule("code", "number", "product_code"), text, text)
	code.Match = &instep.Match{Rank: 1}
	group := rule("group", "group", "product_group")
	group.List = groups
	return instep.Mapping{Rules: []instep.Rule{
		code,
		via(rule("name", "name", "name"), text, text),
		via(rule("description", "description", "description"), lines, lines),
		rule("price", "sales_price", "unit_price"),
		rule("cost", "recommended_cost_price", "purchase_price"),
		group,
		via(rule("unit", "unit", "unit"), text, text),
		via(rule("barcode", "barcode", "primary_ean_code"), text, text),
		via(rule("active", "is_barred", "is_active"), not, nil),
	}}
}

// builtIn returns the mapping that the program uses unless told otherwise.
func builtIn(set *settings) instep.Mapping {
	if set.endpoints.given() {
		return productMapping(nil)
	}
	return productMapping(demoGroups())
}

// loadMapping returns the mapping to use.
func loadMapping(set *settings) (instep.Mapping, error) {
	if set.mapping == "" {
		return builtIn(set), nil
	}
	data, err := os.ReadFile(set.mapping)
	if err != nil {
		return instep.Mapping{}, fmt.Errorf("-mapping: %w", err)
	}
	var m instep.Mapping
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return instep.Mapping{}, fmt.Errorf("-mapping %s is not a mapping (%w); -print-mapping shows what one looks like", set.mapping, err)
	}
	return m, nil
}

func printMapping(w io.Writer, set *settings) error {
	m, err := loadMapping(set)
	if err != nil {
		return err
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(m)
}
