package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/examples/internal/catalogue"
)

// onlyCases has room for the special cases and nothing else.
var onlyCases = catalogue.Sizes{Customers: 88, Suppliers: 36}

// TestSettled answers one question of each kind, about a record of Rackbeat:
// what was said is done by the next run, and nobody is asked again.
func TestSettled(t *testing.T) {
	t.Parallel()
	for _, verb := range []string{"link", "new", "drop"} {
		for _, reg := range []*register{&customers, &suppliers} {
			t.Run(verb+" "+reg.name, func(t *testing.T) {
				t.Parallel()
				if testing.Short() && verb != "link" {
					t.Skip("one answer has to do")
				}
				settle(t, reg, verb)
			})
		}
	}
}

func settle(t *testing.T, reg *register, verb string) {
	t.Helper()
	state := t.TempDir()
	prepare(t, state, onlyCases)
	must(t, state, of(reg.name, "-apply")...)
	before := visit(t, state, reg)
	all := slices.DeleteFunc(questions(t, state, reg), func(q reviewLine) bool {
		// Netvisor takes no supplier without business id.
		return q.Left == nil || verb == "new" && reg == &suppliers && before[instep.Left][before.numbered(idOf(q.Left.Ref))].BusinessID == ""
	})
	asked, flags := oneOfEachKind(all, verb)
	if len(asked) < 3 {
		t.Fatalf("%d kinds of questions take %q, want 3 at least", len(asked), verb)
	}
	must(t, state, of(reg.name, flags...)...)
	if now := visit(t, state, reg); !sameOffice(before, now) {
		t.Error("an answer was written before the next run")
	}
	must(t, state, of(reg.name, "-apply")...)
	after := visit(t, state, reg)
	pairs := pairsOf(t, state, reg, after)
	for _, q := range asked {
		checkSettled(t, &q, verb, before, after, pairs)
	}
	again := must(t, state, of(reg.name, "-apply")...)
	if now := visit(t, state, reg); !sameOffice(after, now) {
		t.Errorf("the run after that wrote something:\n%s", again.out)
	}
	for _, q := range questions(t, state, reg) {
		if i := slices.IndexFunc(asked, func(a reviewLine) bool { return q.Left != nil && a.Left.Ref == q.Left.Ref }); i >= 0 {
			t.Errorf("%s: %s, answered with %s, then: %s", q.Left.Ref, asked[i].Text, verb, q.Text)
		}
	}
}

// oneOfEachKind picks a question of each kind, and answers it with the first
// answer of a verb. No two questions of the same records are picked.
func oneOfEachKind(all []reviewLine, verb string) (asked []reviewLine, flags []string) {
	kinds, settled := map[string]bool{}, map[string]bool{}
	for _, q := range all {
		kind := fmt.Sprint(q.Reason)
		i := slices.IndexFunc(q.Answers, func(a choice) bool {
			return a.Answer == verb || strings.HasPrefix(a.Answer, verb+":") && !strings.HasSuffix(a.Answer, "/NUMBER")
		})
		if kinds[kind] || settled[q.ID] || i < 0 {
			continue
		}
		kinds[kind] = true
		for _, id := range q.With {
			settled[id] = true
		}
		q.Answers = q.Answers[i : i+1]
		asked, flags = append(asked, q), append(flags, "-answer", q.ID+"="+q.Answers[0].Answer)
	}
	return asked, flags
}

func checkSettled(t *testing.T, q *reviewLine, verb string, before, after office, pairs map[int]int) {
	t.Helper()
	id, key := after.numbered(idOf(q.Left.Ref)), 0
	for k, left := range pairs {
		if left == id {
			key = k
		}
	}
	mine, card := before[instep.Left][id], after[instep.Right][key].face
	_, old := before[instep.Right][key]
	chosen := strings.HasPrefix(verb, "link") && "link:netvisor/"+registerOf(q.Register).entity+"/"+fmt.Sprint(key) == q.Answers[0].Answer
	switch {
	case after[instep.Left][id].raw != mine.raw:
		t.Errorf("%s: something was written to %q in Rackbeat, which owns the fields", verb, mine.Name)
	case verb == "link" && (!chosen || !old):
		t.Errorf("%s: %q is linked with %d, want %s", q.Text, mine.Name, key, q.Answers[0].Answer)
	case verb == "new" && (key == 0 || old):
		t.Errorf("%s: %q is linked with %d, want a new record", q.Text, mine.Name, key)
	case verb == "drop" && key != 0:
		t.Errorf("%s: %q is linked with %d, want nothing", q.Text, mine.Name, key)
	case verb == "drop":
		return
	}
	for i, text := range mine.texts() {
		if text != "" && text != card.texts()[i] {
			t.Errorf("%s: %s of %q is %q in Netvisor, want %q", q.Text, ruleNames[i], mine.Name, card.texts()[i], text)
		}
	}
}

// sameOffice reports whether two looks at a register saw the same, times of
// changes too.
func sameOffice(a, b office) bool {
	for s := range a {
		if len(a[s]) != len(b[s]) {
			return false
		}
		for id, r := range a[s] {
			if b[s][id] != r {
				return false
			}
		}
	}
	return true
}
