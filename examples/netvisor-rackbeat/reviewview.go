package main

import (
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// reviews shows what waits for a person, and how to answer.
func (s *screen) reviews(shown []reconcile.Review, more int) {
	switch n := len(shown) + more; n {
	case 0:
		s.printf("Nothing waits for a person, as of the last run with -apply.\n")
		return
	case 1:
		s.printf("1 %s waits for you to decide.\n", s.set.noun())
	default:
		s.printf("%s %ss wait for you to decide.\n", number(n), s.set.noun())
	}
	for i := range shown {
		s.review(&shown[i])
	}
	if more > 0 {
		s.printf("\n… and %s more (-all shows every one)\n", number(more))
	}
	s.paragraph("Give one of the answers with the command as you have just given it, in place of -reviews. " +
		"Nothing is written to either system before the next run with -apply, which takes the answer up.")
}

func (s *screen) review(r *reconcile.Review) {
	own := sideOf(r, r.Side)
	if own.Ref.ID == "" {
		own = sideOf(r, r.Side.Other())
	}
	s.printf("\n%s  %s\n", clean(r.ID), fitWidth(recordText(own), s.width-len(r.ID)-2))
	s.printf("%s\n", indent(reasonText(r.Message), s.width))
	s.differences(r)
	if len(r.With) > 0 {
		s.printf("\n%s\n", indent("An answer may settle "+clean(strings.Join(r.With, ", "))+" as well.", s.width))
	}
	var rows []table.Row
	for _, c := range choices(r) {
		rows = append(rows, table.Row{"-answer " + shellWord(r.ID+"="+c.Answer), clean(c.Means)})
	}
	s.printf("\n")
	// The first column is to be copied, so it is never cut.
	s.table(table.Row{"ANSWER", "MEANS"}, columns([]int{1000, s.width}, false), rows)
}

// differences shows the record of a review side by side with each one that it
// may belong with, in the fields in which they differ.
func (s *screen) differences(r *reconcile.Review) {
	known := others(r)
	for i := range known {
		both := [2]*instep.Record{&r.Left, &r.Right}
		both[r.Side.Other()] = &known[i].Record
		if both[r.Side].Ref.ID == "" {
			return
		}
		names := [2]string{clean(both[0].Ref.String()), clean(both[1].Ref.String())}
		s.printf("\n")
		if len(known[i].Differences) == 0 {
			s.printf("  %s and %s are equal in all fields.\n", names[0], names[1])
			continue
		}
		var rows []table.Row
		for _, d := range known[i].Differences {
			rows = append(rows, table.Row{d.Rule, valueText(d.Left), valueText(d.Right)})
		}
		half := (s.width - 20) / 2
		s.table(table.Row{"FIELD", names[0], names[1]}, columns([]int{16, half, half}, false), rows)
	}
}

// recordText is what a record is called: where it is, its code and its name.
func recordText(r *instep.Record) string {
	parts := []string{clean(r.Ref.String())}
	if code := codeField(r); code != "" && code != r.Ref.ID {
		parts = append(parts, clean(code))
	}
	if name := textOf(r, "name"); name != "" {
		parts = append(parts, clean(name))
	}
	return strings.Join(parts, "  ")
}

func codeField(r *instep.Record) string {
	for side := range systemIDs {
		for _, reg := range registers {
			if r.Ref == reg.ref(instep.Side(side), r.Ref.ID) {
				return textOf(r, reg.codes[side])
			}
		}
	}
	return ""
}

// shellWord quotes what a shell would take apart or carry out: ids come from
// the systems, and may hold anything.
func shellWord(text string) string {
	plain := func(r rune) bool {
		return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r > 127 || strings.ContainsRune("/=:._-+,@", r)
	}
	if strings.IndexFunc(text, func(r rune) bool { return !plain(r) }) < 0 {
		return clean(text)
	}
	return "'" + strings.ReplaceAll(clean(text), "'", `'\''`) + "'"
}
