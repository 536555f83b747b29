package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/examples/internal/catalogue"
)

// TestProof changes what proves that two customers or suppliers are one. How
// many it concerns is said before anything is written.
func TestProof(t *testing.T) {
	t.Parallel()
	sizes := catalogue.Sizes{Customers: 150, Suppliers: 90}
	for _, test := range []struct {
		flag   string
		from   instep.Side
		usual  string // what a plan says without the flag, of so many
		says   string // what it says with it
		about  func(*catalogue.Case) bool
		linked bool // with the flag
	}{
		{"-names=propose", instep.Right, "%d by name (-names propose asks a person first)", "Review: a person must decide", nameOnly, false},
		{"-trust-numbers", instep.Left, "Only the number is the same: %d pairs (a person decides; -trust-numbers links them)", "(%d by it alone)", numberOnly, true},
	} {
		t.Run(test.flag, func(t *testing.T) {
			t.Parallel()
			state := t.TempDir()
			prepare(t, state, sizes)
			for _, reg := range []*register{&customers, &suppliers} {
				n, cases := 0, reg.cases()
				for i := range cases {
					if test.about(&cases[i]) {
						n++
					}
				}
				before := must(t, state, of(reg.name, "-from", systemIDs[test.from])...).out
				with := must(t, state, of(reg.name, "-from", systemIDs[test.from], test.flag)...).out
				usual, says := fmt.Sprintf(test.usual, n), test.says
				if strings.Contains(says, "%d") {
					says = fmt.Sprintf(says, n)
				}
				if !strings.Contains(oneLine(before), usual) || !strings.Contains(oneLine(with), says) || strings.Contains(oneLine(with), usual) {
					t.Errorf("%s: the plan does not say %q, or with the flag %q:\n%.600s\n%.600s", reg.name, usual, says, before, with)
				}
			}
			for _, l := range firstLoad(t, sizes, test.from, "customers,suppliers", test.flag) {
				cases := l.reg.cases()
				for i := range cases {
					if c := &cases[i]; test.about(c) {
						c.Asked, c.Together = !test.linked, 0
						if test.linked {
							c.Together = len(c.Rackbeat)
						}
					}
				}
				l.check(cases)
			}
		})
	}
}

// oneLine undoes how a text was wrapped.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

func numberOnly(c *catalogue.Case) bool { return c.Kind == catalogue.NumberOnly }

// nameOnly reports whether the cards of a case are one because of their names.
func nameOnly(c *catalogue.Case) bool {
	if c.Together != 1 || c.Rackbeat[0].Number == c.Netvisor[0].Number {
		return false
	}
	left, right := digitsOf(c.Rackbeat[0].VATNumber+c.Rackbeat[0].BusinessID), digitsOf(c.Netvisor[0].VATNumber+c.Netvisor[0].BusinessID)
	return left == "" || left != right
}
