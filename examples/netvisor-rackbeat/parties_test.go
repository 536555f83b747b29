package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/examples/internal/catalogue"
	"github.com/instep-go/instep/netvisor/netvisortest"
	"github.com/instep-go/instep/rackbeat/rackbeattest"
)

// face is a customer or supplier in the terms of both systems: what the
// mapping carries over. Fields that a register has no rule for are empty.
type face struct {
	Number, Name, BusinessID, Street, Street2, PostalCode, City, Country, Email, Phone, Group, Term string
	Active                                                                                          bool
}

// ruleNames are the rules that carry the fields of a face, in their order.
var ruleNames = [...]string{
	"number", "name", "business id", "street", "address line 2", "postal code", "city", "country", "e-mail", "phone", "group",
	"payment term", "active",
}

// texts returns the fields in the order of ruleNames.
func (f face) texts() [len(ruleNames)]string {
	return [...]string{
		f.Number, f.Name, f.BusinessID, f.Street, f.Street2, f.PostalCode, f.City, f.Country, f.Email, f.Phone, f.Group, f.Term,
		strconv.FormatBool(f.Active),
	}
}

// differing returns the rules in which two faces differ.
func differing(a, b face) []string {
	var names []string
	left, right := a.texts(), b.texts()
	for i, name := range ruleNames {
		if left[i] != right[i] {
			names = append(names, name)
		}
	}
	return names
}

// kept is a record as a fake keeps it.
type kept struct {
	face
	raw string // all of it, the time of its last change too
}

// office is a register of both systems: by internal id in Rackbeat, where
// numbers can change, and by key in Netvisor.
type office [2]map[int]kept

// at finds a record by number, and by name where several have it; 0 if there is
// none.
func (o office) at(s instep.Side, number, name string) (id int) {
	for k, r := range o[s] {
		if r.Number == number && r.Name == name {
			id = k
		}
	}
	return id
}

// numbered finds a record of Rackbeat by number; 0 if there is none.
func (o office) numbered(number string) (id int) {
	for k, r := range o[instep.Left] {
		if r.Number == number {
			id = k
		}
	}
	return id
}

// card returns the record of Rackbeat with a number.
func (o office) card(number int) kept { return o[instep.Left][o.numbered(strconv.Itoa(number))] }

// visit reads a register from the fakes beside a state.
func visit(t *testing.T, state string, reg *register) office {
	t.Helper()
	o := office{{}, {}}
	atFakes(t, state, func(f *fakes) error {
		o.visitRackbeat(f.rackbeat, reg)
		o.visitNetvisor(f.netvisor, reg)
		return nil
	})
	return o
}

func (o office) visitRackbeat(s *rackbeattest.Server, reg *register) {
	names := func(l rackbeattest.List) map[int]string {
		out := map[int]string{}
		for _, e := range s.Entries(l) {
			out[e.Number] = e.Name
		}
		return out
	}
	groups, terms, all := names(rackbeattest.CustomerGroups), names(rackbeattest.PaymentTerms), s.Customers()
	if reg == &suppliers {
		all = s.Suppliers()
	}
	for _, p := range all {
		if !p.DeletedAt.IsZero() {
			continue
		}
		f := face{
			Number: strconv.Itoa(p.Number), Name: trimmed(p.Name), BusinessID: digitsOf(p.CompanyVAT), Street: p.Street, Street2: p.Street2,
			PostalCode: p.Zipcode, City: p.City, Country: countryOf(p.Country), Email: p.Email, Phone: p.Phone,
			Group: groups[p.Group], Term: terms[p.PaymentTerms], Active: !p.IsBarred,
		}
		if reg == &suppliers {
			f.Street2, f.Group, f.Term, f.Active = "", "", "", true
		}
		o[instep.Left][p.ID] = kept{f, fmt.Sprintf("%+v", p)}
	}
}

func (o office) visitNetvisor(s *netvisortest.Server, reg *register) {
	if reg == &suppliers {
		for _, v := range s.Vendors() {
			o[instep.Right][v.Key] = kept{face{
				Number: v.Code, Name: trimmed(v.Name), BusinessID: digitsOf(v.BusinessID), Street: v.Address,
				PostalCode: v.PostCode, City: v.City, Country: countryOf(v.Country), Email: v.Email, Phone: v.Phone, Active: true,
			}, fmt.Sprintf("%+v", v)}
		}
		return
	}
	for _, c := range s.Customers() {
		f := face{
			Number: c.Code, Name: trimmed(c.Name), BusinessID: digitsOf(c.BusinessID), Street: c.StreetAddress, Street2: c.AdditionalAddress,
			PostalCode: c.PostNumber, City: c.City, Country: countryOf(c.Country), Email: c.Email, Phone: c.Phone,
			Group: c.Group, Term: c.PaymentTerm, Active: c.Active,
		}
		if c.Private { // what stands there may be a personal identity code
			f.BusinessID = ""
		}
		o[instep.Right][c.Key] = kept{f, fmt.Sprintf("%+v", c)}
	}
}

func trimmed(s string) string { return strings.TrimSpace(s) }

// digitsOf returns the digits of a business id without zeros in front, which is
// what is left of all the ways to write it.
func digitsOf(id string) string {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, id)
	return strings.TrimLeft(digits, "0")
}

// countryOf returns the code of a country that one of the fakes shows.
func countryOf(text string) string {
	codes := map[string]string{
		"finland": "FI", "denmark": "DK", "sweden": "SE", "germany": "DE", "norway": "NO", "estonia": "EE", "united kingdom": "GB",
		"united states": "US",
	}
	if code, ok := codes[strings.ToLower(text)]; ok {
		return code
	}
	return text
}

// pairsOf reads which records of a register belong together: the internal id in
// Rackbeat by the key in Netvisor. Nobody may be in two pairs.
func pairsOf(t *testing.T, state string, reg *register, now office) map[int]int {
	t.Helper()
	out := must(t, state, of(reg.name, "-links", "export", "-")...).out
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil || len(rows) == 0 {
		t.Fatalf("the export is no table: %v\n%s", err, out)
	}
	pairs, taken := map[int]int{}, map[int]bool{}
	for _, row := range rows[1:] {
		key, err := strconv.Atoi(row[2])
		id := now.numbered(row[1])
		if err != nil || id == 0 || pairs[key] != 0 || taken[id] {
			t.Errorf("%v is no pair of its own", row)
		}
		pairs[key], taken[id] = id, true
	}
	return pairs
}

// questions lists what waits for a person.
func questions(t *testing.T, state string, reg *register) []reviewLine {
	t.Helper()
	var all []reviewLine
	for line := range strings.Lines(must(t, state, of(reg.name, "-reviews", "-all", "-json")...).out) {
		var q reviewLine
		if err := json.Unmarshal([]byte(line), &q); err != nil {
			t.Fatalf("%v\n%s", err, line)
		}
		if q.Type == "review" {
			all = append(all, q)
		}
	}
	return all
}

// of returns the flags for some registers of fakes that are there already.
func of(chosen string, more ...string) []string {
	return append([]string{"-registers", chosen, "-customers", "0", "-suppliers", "0", "-products", "0"}, more...)
}

// partySizes are those of the flags, with a few products.
var partySizes = catalogue.Sizes{Products: 30, Customers: catalogue.DefaultCustomers, Suppliers: catalogue.DefaultSuppliers}

// prepare makes the fakes beside a state, so that they can be looked at before
// the first run.
func prepare(t *testing.T, state string, sizes catalogue.Sizes) {
	t.Helper()
	f, err := openFakes(&settings{state: state, sizes: sizes, seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	f.close()
}

// idOf returns the last part of a reference.
func idOf(ref string) string { return ref[strings.LastIndexByte(ref, '/')+1:] }
