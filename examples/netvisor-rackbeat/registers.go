package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/company"
	"github.com/instep-go/instep/reconcile"
)

// register is one kind of record that both systems keep. Its name is what the
// state and files call the pair.
type register struct {
	name    string    // "customers"
	entity  string    // "customer", as references and people call one
	sampled string    // a number of Rackbeat's, for the texts that say what to type
	codes   [2]string // the fields with the number that people know a record by

	open    func(*systems) [2]instep.Source
	mapping func(*settings) instep.Mapping
	matcher func(*settings) instep.Matcher // nil: the match keys of the mapping
	deletes func(reconcile.DeletePolicy) [2]reconcile.DeletePolicy
}

// registers are those there are, in the order in which they are brought into
// step: whom documents are written to first, then what is on them.
var registers = []*register{&customers, &suppliers, &products}

// chooseRegisters reads a list such as "customers,products".
func chooseRegisters(list string) ([]*register, error) {
	var chosen []*register
	for name := range strings.SplitSeq(list, ",") {
		i := slices.IndexFunc(registers, func(r *register) bool { return r.name == strings.TrimSpace(name) })
		if i < 0 {
			return nil, fmt.Errorf("-registers %q is none of the registers; give customers, suppliers, products, or several of them with commas in between", name)
		}
		if !slices.Contains(chosen, registers[i]) {
			chosen = append(chosen, registers[i])
		}
	}
	slices.SortFunc(chosen, func(a, b *register) int { return slices.Index(registers, a) - slices.Index(registers, b) })
	return chosen, nil
}

// registerOf returns the register of a pair; products if it is none.
func registerOf(pair string) *register {
	for _, r := range registers {
		if r.name == pair {
			return r
		}
	}
	return &products
}

// pair joins the register of Rackbeat, on the left, with that of Netvisor, on
// the right.
func (r *register) pair(sides [2]instep.Source, m instep.Mapping, set *settings) reconcile.Pair {
	p := reconcile.Pair{
		Name: r.name, Left: sides[instep.Left], Right: sides[instep.Right], Mapping: m,
		First:   set.first,      // whose values stand when two records meet
		Flow:    instep.ToRight, // after the first load, new records are made in Rackbeat
		Drift:   set.drift,
		Deletes: r.deletes(set.deletes),
	}
	if r.matcher != nil {
		p.Matcher = r.matcher(set)
	}
	return p
}

// ref makes the reference of a record.
func (r *register) ref(side instep.Side, id string) instep.Ref {
	return instep.Ref{System: systemIDs[side], Entity: r.entity, ID: id}
}

// sample is a reference to show what one looks like.
func (r *register) sample(s instep.Side) string {
	if s == instep.Left {
		return r.ref(s, r.sampled).String()
	}
	return r.ref(s, "31").String()
}

// transforms are those that the mappings may name.
func transforms() instep.Transforms {
	all := instep.BuiltIn()
	maps.Copy(all, company.Transforms())
	all["vat_zone"] = vatZone
	return all
}

// field makes a rule that Rackbeat owns.
func field(name, left, right string) instep.Rule {
	return instep.Rule{
		Name: name, Owner: instep.LeftOwns,
		Left: instep.End{Field: left}, Right: instep.End{Field: right},
	}
}

// via has both ends of a rule go through transforms.
func via(r instep.Rule, left, right []string) instep.Rule {
	r.Left.Via, r.Right.Via = left, right
	return r
}

// plain makes a rule for a text in which spaces around it do not count.
func plain(name, left, right string) instep.Rule {
	trim := []string{"trim"}
	return via(field(name, left, right), trim, trim)
}

// key makes a rule a match key.
func key(r instep.Rule, m instep.Match) instep.Rule {
	r.Match = &m
	return r
}
