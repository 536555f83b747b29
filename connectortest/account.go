package connectortest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// account counts what became of the rules, and why. It is safe for concurrent
// use.
type account struct {
	m    *measures
	rank map[string]int // of each rule, in the order of the contract

	mu  sync.Mutex
	by  map[string]int                 // how many rules, by what became of them
	why map[string]map[string][]string // rules, by what became of them and by reason
}

func newAccount(rules []rule) *account {
	a := &account{m: &measures{}, rank: map[string]int{}, by: map[string]int{}, why: map[string]map[string][]string{}}
	for i := range rules {
		a.rank[rules[i].name] = i
	}
	return a
}

func (a *account) count(what string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.by[what]++
}

// because notes the reason for what became of a rule: many have the same one.
func (a *account) because(what, reason, rule string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.why[what] == nil {
		a.why[what] = map[string][]string{}
	}
	a.why[what][reason] = append(a.why[what][reason], rule)
}

// String is the account for the log of the test.
func (a *account) String() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var b strings.Builder
	b.WriteString("rules:")
	for i, what := range []string{"kept", "broken", "not in question", "not looked at", "opted out"} {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, " %d %s", a.by[what], what)
	}
	for _, part := range []struct{ what, title string }{
		{"broken", "broken, by what was seen; begin at the top, the rest may follow from it"},
		{"not looked at", "not looked at, by what was missing"},
		{"opted out", "opted out, by the reason given"},
	} {
		if len(a.why[part.what]) > 0 {
			b.WriteString("\n" + part.title + ":")
			a.reasons(&b, a.why[part.what])
		}
	}
	b.WriteString(a.m.text(a.by["broken"] > 0))
	return b.String()
}

// reasons lists what most rules share first, and else goes by the contract.
func (a *account) reasons(b *strings.Builder, why map[string][]string) {
	for _, rules := range why {
		slices.SortFunc(rules, func(x, y string) int { return cmp.Compare(a.rank[x], a.rank[y]) })
	}
	order := slices.SortedFunc(maps.Keys(why), func(x, y string) int {
		return cmp.Or(cmp.Compare(len(why[y]), len(why[x])), cmp.Compare(a.rank[why[x][0]], a.rank[why[y][0]]))
	})
	for _, reason := range order {
		fmt.Fprintf(b, "\n  %s (%s)", strings.ReplaceAll(reason, "\n", "\n    "), strings.Join(why[reason], ", "))
	}
}
