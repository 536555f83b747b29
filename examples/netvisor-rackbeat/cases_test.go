package main

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/examples/internal/catalogue"
)

// TestCases brings the registers of customers and suppliers into step from
// either side, each alone and all together, and looks at what became of each
// case of the catalogue.
func TestCases(t *testing.T) {
	t.Parallel()
	for _, from := range []instep.Side{instep.Left, instep.Right} {
		for _, chosen := range []string{"customers", "suppliers", "customers,suppliers,products"} {
			t.Run(systemIDs[from]+" "+chosen, func(t *testing.T) {
				t.Parallel()
				sizes := partySizes
				if alone := !strings.Contains(chosen, ","); alone {
					sizes.Customers, sizes.Suppliers = 150, 90
				}
				if testing.Short() && (chosen != "customers,suppliers,products" || from == instep.Right) {
					t.Skip("both registers are looked at together")
				}
				for _, l := range firstLoad(t, sizes, from, chosen) {
					l.check(l.reg.cases())
				}
			})
		}
	}
}

// load is a first load that has been carried out.
type load struct {
	*testing.T
	reg           *register
	from          instep.Side // whose values stand
	before, after office
	pairs         map[int]int // the internal id in Rackbeat by the key in Netvisor
	asked         [2]map[int]reviewLine
	told          [2]map[int]string // why a record is set aside, by side and id
	made          int               // records, as counted
}

// cases are those of the catalogue.
func (r *register) cases() []catalogue.Case {
	if r == &suppliers {
		return catalogue.SupplierCases()
	}
	return catalogue.CustomerCases()
}

// firstLoad carries a first load out, and makes sure that a second run finds
// nothing to do.
func firstLoad(t *testing.T, sizes catalogue.Sizes, from instep.Side, chosen string, more ...string) []*load {
	t.Helper()
	state := t.TempDir()
	prepare(t, state, sizes)
	var loads []*load
	for _, reg := range []*register{&customers, &suppliers} {
		if strings.Contains(chosen, reg.name) {
			loads = append(loads, &load{T: t, reg: reg, from: from, before: visit(t, state, reg)})
		}
	}
	flags := of(chosen, append(more, "-from", systemIDs[from], "-apply")...)
	_, done := mustJSON(t, state, flags...)
	for _, l := range loads {
		l.after = visit(t, state, l.reg)
		l.pairs = pairsOf(t, state, l.reg, l.after)
	}
	items, again := mustJSON(t, state, flags...)
	for _, l := range loads {
		l.made = done.Registers[l.reg.name]["created"]
		l.listen(state, items["item"])
		l.same(state)
	}
	if again.Requests.Write != 0 {
		t.Errorf("the second run is not empty: %+v", again)
	}
	return loads
}

// listen takes down what waits for a person and what is set aside.
func (l *load) listen(state string, items []itemLineIn) {
	l.Helper()
	l.asked, l.told = [2]map[int]reviewLine{{}, {}}, [2]map[int]string{{}, {}}
	for _, q := range questions(l.T, state, l.reg) {
		l.asked[sideNamed(q.System)][l.id(sideNamed(q.System), q)] = q
	}
	for _, it := range items {
		if it.Register != l.reg.name || it.Text == "" || it.Outcome == "unmatched" {
			continue
		}
		if it.Left != "" {
			l.told[instep.Left][l.after.numbered(idOf(it.Left))] = it.Text
		}
		if it.Right != "" {
			key, _ := strconv.Atoi(idOf(it.Right))
			l.told[instep.Right][key] = it.Text
		}
	}
}

// id returns the id of the record that a question is about.
func (l *load) id(s instep.Side, q reviewLine) int {
	if s == instep.Left {
		return l.after.numbered(idOf(q.Left.Ref))
	}
	key, _ := strconv.Atoi(idOf(q.Right.Ref))
	return key
}

func sideNamed(system string) instep.Side { return instep.Side(slices.Index(systemIDs[:], system)) }

// check compares all that became of the register with what ought to.
func (l *load) check(cases []catalogue.Case) {
	l.Helper()
	made := [2]int{}
	for key, id := range l.pairs {
		_, wasLeft := l.before[instep.Left][id]
		_, wasRight := l.before[instep.Right][key]
		switch {
		case !wasLeft && !wasRight:
			l.Errorf("%d and %d were both made", id, key)
		case !wasLeft:
			made[instep.Left]++
		case !wasRight:
			made[instep.Right]++
		}
	}
	for s := range made {
		if was, is := len(l.before[s]), len(l.after[s]); is != was+made[s] {
			l.Errorf("%s has %d records after %d, and %d of them belong with one of the other side", systemNames[s], is, was, made[s])
		}
	}
	if made[0]+made[1] != l.made || made[l.from.Other()] == 0 && l.reg == &customers {
		l.Errorf("%v records were made, and %d counted", made, l.made)
	}
	for i := range cases {
		l.checkCase(&cases[i])
	}
	l.checkOthers()
}

// checkCase looks at each record of a case.
func (l *load) checkCase(c *catalogue.Case) {
	l.Helper()
	for s, parties := range [2][]catalogue.Party{c.Rackbeat, c.Netvisor} {
		for i := range parties {
			side := instep.Side(s)
			id := l.before.at(side, parties[i].Number, trimmed(parties[i].Name))
			switch {
			case id == 0:
				l.Errorf("%s: %q is not in %s", c.Kind, parties[i].Name, systemNames[s])
			case i < c.Together && side == instep.Left:
				key := l.before.at(instep.Right, c.Netvisor[i].Number, trimmed(c.Netvisor[i].Name))
				l.checkTogether(c, i, id, key)
			case i < c.Together:
			case c.Asked:
				l.checkAsked(c, side, id)
			default:
				l.checkApart(c, side, id)
			}
		}
	}
}

// checkTogether wants two cards to be one, or to be left alone with a reason if
// the one that stands cannot go over.
func (l *load) checkTogether(c *catalogue.Case, i, id, key int) {
	l.Helper()
	ids := [2]int{id, key}
	was := [2]face{l.before[0][id].face, l.before[1][key].face}
	if why := l.cannotMeet(&c.Rackbeat[i], &c.Netvisor[i]); why != "" {
		for s := range ids {
			l.untouched(c, instep.Side(s), ids[s])
			if !strings.Contains(l.told[s][ids[s]], why) {
				l.Errorf("%s: %q is set aside with %q, want something about %q", c.Kind, was[s].Name, l.told[s][ids[s]], why)
			}
		}
		return
	}
	l.met(string(c.Kind), id, key)
}

// met wants two records to be linked and to have the values of the side that
// was said, but for those that are blank there.
func (l *load) met(what string, id, key int) {
	l.Helper()
	ids := [2]int{id, key}
	was := [2]face{l.before[0][id].face, l.before[1][key].face}
	is := [2]face{l.after[0][id].face, l.after[1][key].face}
	if l.pairs[key] != id {
		l.Errorf("%s: %q is not linked: %d with %d, want %d", what, was[0].Name, key, l.pairs[key], id)
	}
	if is[l.from] != was[l.from] {
		l.Errorf("%s: %+v was overwritten with %+v", what, was[l.from], is[l.from])
	}
	stands, old, got := was[l.from].texts(), was[l.from.Other()].texts(), is[l.from.Other()].texts()
	for f, name := range ruleNames {
		want := cmp.Or(stands[f], old[f])
		if got[f] != want {
			l.Errorf("%s: %s of %q is %q in %s, want %q", what, name, was[0].Name, got[f], systemNames[l.from.Other()], want)
		}
	}
	for s := range ids {
		if l.told[s][ids[s]] != "" {
			l.Errorf("%s: %q is linked and set aside: %s", what, was[s].Name, l.told[s][ids[s]])
		}
	}
}

// compared are the rules that a difference between two cards can be told by:
// the others have a value on one side only.
func (l *load) compared() []string {
	if l.reg == &suppliers {
		return ruleNames[:slices.Index(ruleNames[:], "group")]
	}
	return ruleNames[:]
}

// checkAsked wants a record to wait for a person, who is shown what it may
// belong with, and in what the two differ.
func (l *load) checkAsked(c *catalogue.Case, s instep.Side, id int) {
	l.Helper()
	l.untouched(c, s, id)
	name := l.before[s][id].Name
	q, ok := l.asked[s][id]
	if !ok {
		l.Errorf("%s: nobody is asked about %q in %s", c.Kind, name, systemNames[s])
		return
	}
	if len(q.Answers) < 2 || q.Text == "" {
		l.Errorf("%s: %q: %q, with the answers %v", c.Kind, name, q.Text, q.Answers)
	}
	if len(q.Candidates) == 0 && q.Reason.Code != "same_key" { // whom the other side has nobody for
		l.Errorf("%s: %q: %q, and no candidate", c.Kind, name, q.Text)
	}
	for _, other := range q.Candidates {
		at := l.before.at(s.Other(), other.Code, other.Name)
		both := [2]face{l.before[s][id].face, l.before[s.Other()][at].face}
		var shown []string
		for _, d := range other.Differences {
			if slices.Contains(l.compared(), d.Name) && !d.Left.IsAbsent() && !d.Right.IsAbsent() {
				shown = append(shown, d.Name)
			}
		}
		want := differing(both[0], both[1])
		if at == 0 || !slices.Equal(shown, want) {
			l.Errorf("%s: %q and %q are said to differ in %q, want %q", c.Kind, name, other.Name, shown, want)
		}
		if free := l.partner(s.Other(), at) == 0; free && !slices.ContainsFunc(q.Answers, func(a choice) bool { return a.Answer == "link:"+other.Ref }) {
			l.Errorf("%s: %q cannot be answered with %s: %v", c.Kind, name, other.Ref, q.Answers)
		}
	}
}
