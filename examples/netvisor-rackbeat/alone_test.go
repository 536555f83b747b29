package main

import (
	"strings"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/examples/internal/catalogue"
)

// untouched wants a record to be as it was, the time of its last change too.
func (l *load) untouched(c *catalogue.Case, s instep.Side, id int) {
	l.Helper()
	if d := cmp.Diff(l.before[s][id].raw, l.after[s][id].raw); d != "" {
		l.Errorf("%s: something was written to %q in %s:\n%s", c.Kind, l.before[s][id].Name, systemNames[s], d)
	}
}

// checkApart wants a record to be somebody of its own: to be made on the other
// side, or to be left alone if it cannot be made, or is not to be.
func (l *load) checkApart(c *catalogue.Case, s instep.Side, id int) {
	l.Helper()
	l.untouched(c, s, id)
	if _, asked := l.asked[s][id]; asked {
		l.Errorf("%s: a person is asked about %q in %s: %s", c.Kind, l.before[s][id].Name, systemNames[s], l.asked[s][id].Text)
	}
	other := l.partner(s, id)
	_, old := l.before[s.Other()][other]
	if old {
		l.Errorf("%s: %q in %s is linked with %q", c.Kind, l.before[s][id].Name, systemNames[s], l.before[s.Other()][other].Name)
		return
	}
	made, told := other != 0, l.told[s][id]
	p := c.Rackbeat
	if s == instep.Right {
		p = c.Netvisor
	}
	why := "" // as long as nothing keeps it from being made
	for i := range p {
		if l.before.at(s, p[i].Number, trimmed(p[i].Name)) == id {
			why = l.cannotGo(s, &p[i])
		}
	}
	switch {
	case l.from == instep.Left && s == instep.Right: // what only Netvisor has stays there in this direction
		if made || told != "" {
			l.Errorf("%s: of %q, which only Netvisor has, something was made (%v), or told: %s", c.Kind, l.before[s][id].Name, made, told)
		}
	case made == (told != ""), why != "" && !strings.Contains(told, why), why == "" && !made:
		l.Errorf("%s: %q of %s was made on the other side: %v; told: %q, want something about %q",
			c.Kind, l.before[s][id].Name, systemNames[s], made, told, why)
	case made:
		l.alike(c, s, id, other)
	}
}

// alike wants what was made to be like what it was made of.
func (l *load) alike(c *catalogue.Case, s instep.Side, id, other int) {
	l.Helper()
	got, want := l.after[s.Other()][other].face, l.before[s][id].face
	if want.Country == "" {
		want.Country = homeCountry
	}
	if d := differing(want, got); len(d) > 0 {
		l.Errorf("%s: what was made of %q in %s differs in %q:\n%+v\n%+v", c.Kind, want.Name, systemNames[s.Other()], d, want, got)
	}
}

// partner returns the id of the record that one is linked with; 0 if it is
// not.
func (l *load) partner(s instep.Side, id int) int {
	if s == instep.Right {
		return l.pairs[id]
	}
	for key, left := range l.pairs {
		if left == id {
			return key
		}
	}
	return 0
}

// cannotMeet says what two records that are the same are set aside for: a value
// of the one that stands which the other system cannot hold. It is "" where
// nothing is in the way.
func (l *load) cannotMeet(left, right *catalogue.Party) string {
	switch {
	case l.from == instep.Left && len(countryOf(left.Country)) > 2:
		return "country"
	case l.from == instep.Right && right.Number != "" && instep.Digits(right.Number) == "":
		return "number"
	case l.from == instep.Right && right.Group == catalogue.NetvisorOnlyCustomerGroup:
		return "customer_groups"
	default:
		return ""
	}
}

// cannotGo says what keeps a record from being made on the other side; "" if
// nothing does.
func (l *load) cannotGo(s instep.Side, p *catalogue.Party) string {
	buyer := l.reg == &customers
	if s == instep.Right {
		switch {
		case instep.Digits(p.Number) == "":
			return "number"
		case buyer && p.PaymentTerm == "":
			return "payment term"
		case buyer && p.PaymentTerm == catalogue.NetvisorOnlyPaymentTerm:
			return "payment_terms"
		case buyer && p.Group == catalogue.NetvisorOnlyCustomerGroup:
			return "customer_groups"
		default:
			return ""
		}
	}
	switch {
	case len(countryOf(p.Country)) > 2:
		return "country"
	case utf8.RuneCountInString(p.Name) > 250 && buyer:
		return "250 characters"
	case utf8.RuneCountInString(p.Name) > 250: // the limit for suppliers is not documented
		return " "
	case buyer && p.PaymentTerm == catalogue.RackbeatOnlyPaymentTerm:
		return "payment_terms"
	case !buyer && digitsOf(p.BusinessID+p.VATNumber) == "":
		return "business id"
	default:
		return ""
	}
}

// checkOthers looks at the records without a special case, which are those with
// numbers from 1000 on: they meet by their number, and nobody is asked.
func (l *load) checkOthers() {
	l.Helper()
	byNumber := map[string]int{}
	for key, r := range l.before[instep.Right] {
		byNumber[r.Number] = key
	}
	met := 0
	for id, r := range l.before[instep.Left] {
		if key := byNumber[r.Number]; len(r.Number) > 3 && key != 0 {
			l.met("no special case", id, key)
			met++
		}
	}
	for s := range l.asked {
		for id, q := range l.asked[s] {
			if r := l.before[s][id]; len(r.Number) > 3 && !strings.HasPrefix(r.Number, "0") && instep.Digits(r.Number) != "" {
				l.Errorf("%q of %s waits for a person: %s", r.Name, systemNames[s], q.Text)
			}
		}
	}
	if met < 40 {
		l.Errorf("only %d %s without a special case stand on both sides", met, l.reg.name)
	}
}

// same wants the second run to have left everything as it was.
func (l *load) same(state string) {
	l.Helper()
	now := visit(l.T, state, l.reg)
	for s := range now {
		if len(now[s]) != len(l.after[s]) {
			l.Errorf("%s had %d records and has %d", systemNames[s], len(l.after[s]), len(now[s]))
		}
		for id, r := range now[s] {
			if r.raw != l.after[s][id].raw {
				l.Errorf("the second run wrote to %q in %s", r.Name, systemNames[s])
			}
		}
	}
}
