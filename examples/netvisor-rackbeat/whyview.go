package main

import (
	"cmp"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// explained tells what is known of a record.
func (s *screen) explained(all []reconcile.Explanation) {
	for i := range all {
		if i > 0 {
			s.printf("\n")
		}
		s.explanation(&all[i])
	}
}

func (s *screen) explanation(x *reconcile.Explanation) {
	s.printf("%s\n", clean(x.Ref.String()))
	s.fact("Linked", linkText(x))
	s.fact("State", stateText(x))
	if len(x.Drifted) > 0 {
		s.fact("Drift", "edited in Netvisor, where Rackbeat owns it: "+strings.Join(x.Drifted, ", "))
	}
	s.fact("Written", writtenText(x))
	for _, d := range x.Decisions {
		s.fact("Decided", decisionText(x, d))
	}
	if len(x.History) == 0 {
		s.fact("History", "nothing happened to it alone")
		return
	}
	s.printf("\n")
	var rows []table.Row
	for i := range x.History {
		a := &x.History[i]
		rows = append(rows, table.Row{
			when(a.At), clean(a.Actor), actionText(a), strings.Join(a.Fields, ", "), clean(reasonText(a.Message)),
		})
	}
	s.table(table.Row{"WHEN", "WHO", "WHAT", "FIELDS", "WHY"},
		wrapped(columns([]int{19, 12, 26, 22, s.width - 19 - 12 - 26 - 22 - 10}, true), 3, 4), rows)
}

// wrapped has columns broken into lines, not cut.
func wrapped(list []table.ColumnConfig, numbers ...int) []table.ColumnConfig {
	for _, n := range numbers {
		list[n-1].WidthMaxEnforcer = text.WrapSoft
	}
	return list
}

// fact prints a name and what it is, over as many lines as it takes.
func (s *screen) fact(name, what string) {
	const column = 11
	for i, line := range strings.Split(wrap(what, s.width-column), "\n") {
		if i > 0 {
			name = ""
		}
		s.printf("  %-*s%s\n", column-2, name, line)
	}
}

// indent moves a text in by two columns, over as many lines as it takes.
func indent(what string, width int) string {
	return "  " + strings.ReplaceAll(wrap(what, width-2), "\n", "\n  ")
}

func linkText(x *reconcile.Explanation) string {
	if x.Other.ID == "" {
		return "with nothing in " + systemNames[x.Side.Other()]
	}
	return "with " + x.Other.String() + ", " + joinedBy(x.Rule)
}

// joinedBy says what joined two records.
func joinedBy(rule string) string {
	for _, side := range []instep.Side{instep.Left, instep.Right} {
		if rule == "created "+side.String() {
			return "made in " + systemNames[side] + " from that of " + systemNames[side.Other()]
		}
	}
	switch rule {
	case "person":
		return "as a person said"
	case "imported":
		return "as an imported file said"
	case "":
		return "for a reason that is not known"
	default:
		return "because the " + rule + " is the same"
	}
}

// states are the words for how a record stands.
var states = map[instep.Outcome]string{
	instep.InStep:      "in step",
	instep.Linked:      "in step",
	instep.Unmatched:   "on its own",
	instep.Unfit:       "cannot go over as it is",
	instep.Blocked:     "waits for others",
	instep.Review:      "waits for a person",
	instep.Failed:      "to be tried again",
	instep.Unknown:     "in doubt",
	instep.Gone:        "gone on one side",
	instep.Frozen:      "left alone",
	instep.Deactivated: "out of use",
	instep.Removed:     "deleted",
	instep.Unlinked:    "on its own",
	instep.Pending:     "taken up by the next run",
}

// pasts are the words for what was done.
var pasts = map[string]string{
	"create": "created", "update": "updated", "deactivate": "set out of use", "delete": "deleted",
	"link": "linked", "unlink": "taken apart",
}

func stateText(x *reconcile.Explanation) string {
	what := cmp.Or(states[x.State], x.State.String())
	if why := reasonText(x.Message); why != "" && x.State != instep.Unmatched {
		what += ": " + why
	}
	if !x.Due.IsZero() && x.State != instep.Removed { // of which it is when it is forgotten
		what += " (looked at again " + when(x.Due) + ")"
	}
	if x.Review != "" {
		what += " (-reviews has it as " + x.Review + ")"
	}
	return what
}

// writtenText says when a system was last written because of the record.
func writtenText(x *reconcile.Explanation) string {
	for i := range x.History {
		a := &x.History[i]
		switch a.Outcome {
		case instep.Created, instep.Updated, instep.Deactivated, instep.Removed:
		default:
			continue
		}
		if a.Action == "none" {
			continue
		}
		what := when(a.At) + ", " + actionText(a)
		if len(a.Fields) > 0 {
			what += ": " + strings.Join(a.Fields, ", ")
		}
		return what + " (" + reasonText(a.Message) + ")"
	}
	return "never by this program, as far as its log goes back"
}

// actionText is what a row of the log says was done, with the systems' names.
func actionText(a *instep.Activity) string {
	verb, side, _ := strings.Cut(a.Action, " ")
	switch verb {
	case "none":
		return cmp.Or(states[a.Outcome], a.Outcome.String())
	case "answer":
		return "answered " + side
	}
	for s, name := range systemNames {
		if side == instep.Side(s).String() {
			return cmp.Or(pasts[verb], verb) + " in " + name + notDone(a.Outcome)
		}
	}
	return cmp.Or(pasts[a.Action], a.Action)
}

// notDone says what became of a write that was not done.
func notDone(o instep.Outcome) string {
	switch o {
	case instep.Created, instep.Updated, instep.Deactivated, instep.Removed:
		return ""
	default:
		return ", " + cmp.Or(states[o], o.String())
	}
}

func decisionText(x *reconcile.Explanation, d instep.Decision) string {
	by := ", by " + d.By + " on " + when(d.At)
	if d.Verdict != instep.NeverLink {
		return "nothing is made for it in " + systemNames[x.Side.Other()] + by
	}
	id := d.Right
	if x.Side == instep.Right {
		id = d.Left
	}
	return "it is not " + registerOf(x.Pair).ref(x.Side.Other(), id).String() + by
}

// when is a time as people read it, by this computer's clock.
func when(t time.Time) string { return t.Local().Format(time.DateTime) }
