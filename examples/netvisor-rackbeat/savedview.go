package main

import (
	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/instep-go/instep/reconcile"
)

// leftOut lists what no longer holds of a saved plan.
func (s *screen) leftOut(ops []reconcile.SavedOp, values savedValues) {
	if len(ops) == 0 {
		return
	}
	s.printf("Left out, because it changed since (%s)\n", number(len(ops)))
	most := len(ops)
	if !s.set.all {
		most = min(most, 25)
	}
	var rows []table.Row
	for _, op := range ops[:most] {
		it := savedItem(op, values)
		rows = append(rows, table.Row{clean(codeOf(it, s.labels)), clean(nameOf(it, s.labels)), clean(planned(it))})
	}
	s.table(table.Row{"CODE", "NAME", "PLANNED"}, columns([]int{22, 34, s.width - 22 - 34 - 6}, true), rows)
	if more := len(ops) - most; more > 0 {
		s.printf("  … and %s more (-all shows every row)\n", number(more))
	}
	s.printf("Or else it was carried out already, or -from, -drift, -deletes or -mapping are not as they were.\n" +
		"A new plan has everything as it is now.\n\n")
}

// planned says what was to be done.
func planned(it reconcile.Item) string {
	what := titleOf(it)
	if fields := fieldsText(it); fields != "" {
		what += ": " + fields
	}
	return what
}
