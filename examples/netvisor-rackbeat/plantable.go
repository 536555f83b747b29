package main

import (
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// headlines are the outcomes in the order and words of the plan's first line.
var headlines = []struct {
	outcome instep.Outcome
	text    string
}{
	{instep.Created, "to create"},
	{instep.Updated, "to update"},
	{instep.Deactivated, "to set out of use"},
	{instep.Removed, "to delete"},
	{instep.Unlinked, "to take apart"},
	{instep.Linked, "equal on both sides"},
	{instep.Review, "to decide"},
	{instep.Unfit, "that cannot go over as they are"},
	{instep.Blocked, "waiting for others"},
	{instep.Failed, "to try again"},
	{instep.Unknown, "in doubt"},
	{instep.Gone, "no longer there"},
	{instep.Frozen, "hidden on one side"},
	{instep.Pending, "to take up next"},
	{instep.Drifted, "edited where they are not owned"},
	{instep.Unmatched, "on one side only"},
}

// held reports whether a record is set aside until somebody does something.
func held(o instep.Outcome) bool {
	switch o {
	case instep.Review, instep.Unfit, instep.Blocked, instep.Failed, instep.Unknown, instep.Gone, instep.Frozen:
		return true
	default:
		return false
	}
}

// titleOf says under which title an item is shown; "" if it is only counted.
func titleOf(it reconcile.Item) string {
	system := systemNames[it.Side]
	switch it.Outcome {
	case instep.Deactivated, instep.Removed:
		return retireTitle(it)
	case instep.Unlinked:
		return "Take apart: stays in " + system + " on its own"
	case instep.Frozen:
		return "Frozen: hidden on one side"
	case instep.Pending:
		return "Pending: taken up next"
	case instep.Created:
		return "Create in " + system
	case instep.Updated:
		return "Update in " + system
	case instep.Drifted:
		return "Drift: edited in " + system + ", left alone"
	case instep.Unmatched:
		return "Only in " + system + ", left alone"
	case instep.Review:
		return "Review: a person must decide"
	case instep.Unfit:
		return "Unfit: cannot go over from " + system + " as it is"
	case instep.Blocked:
		return "Blocked: waits for others"
	case instep.Failed:
		return "Failed: to be tried again"
	case instep.Unknown:
		return "In doubt: the reply was lost"
	case instep.Gone:
		if it.Reason.Code == "both_gone" {
			return "Gone from both systems"
		}
		return "Gone from " + system
	default:
		return ""
	}
}

// retireTitle is the title of a record that follows a deletion; "" if it did
// so in an earlier run.
func retireTitle(it reconcile.Item) string {
	switch {
	case it.Stands:
		return ""
	case it.Outcome == instep.Removed:
		return "Delete in " + systemNames[it.Side]
	default:
		return "Set out of use in " + systemNames[it.Side]
	}
}

// section prints a title and an aligned table of the rows shown. A reason that
// all rows share stands beside the title.
func (s *screen) section(sec *section) {
	title := sec.title + " (" + number(sec.count) + ")"
	fields, why := false, sec.mixed
	if with := title + ": " + sec.why; !sec.mixed && sec.why != "" && !strings.Contains(sec.title, "left alone") {
		if why = text.StringWidthWithoutEscSequences(with) > s.width; !why {
			title = with
		}
	}
	s.printf("\n%s\n", fitWidth(title, s.width))
	for _, it := range sec.items {
		fields = fields || len(it.Fields) > 0
	}
	header, widths := table.Row{"CODE", "NAME"}, []int{22, 34}
	rest := s.width - 22 - 34 - 4
	switch {
	case fields && why:
		header, widths = append(header, "FIELDS", "WHY"), append(widths, rest*3/5-2, rest-rest*3/5-2)
	case fields:
		header, widths = append(header, "FIELDS"), append(widths, rest-2)
	case why:
		header, widths = append(header, "WHY"), append(widths, rest-2)
	}
	var rows []table.Row
	for _, it := range sec.items {
		rows = append(rows, s.row(it, fields, why))
	}
	s.table(header, columns(widths, why), rows)
	if more := sec.count - len(sec.items); more > 0 {
		s.printf("  … and %s more (-all shows every row)\n", number(more))
	}
}

// table prints aligned rows.
func (s *screen) table(header table.Row, columns []table.ColumnConfig, rows []table.Row) {
	t := table.NewWriter()
	t.SetStyle(plainStyle())
	t.AppendHeader(header)
	t.SetColumnConfigs(columns)
	t.AppendRows(rows)
	for line := range strings.Lines(t.Render() + "\n") {
		s.printf("%s\n", strings.TrimRight(line, " \n"))
	}
}

// columns gives each column its width. What does not fit is cut, except the
// reason: it is wrapped, because the remedy stands at its end.
func columns(widths []int, why bool) []table.ColumnConfig {
	var out []table.ColumnConfig
	for i, width := range widths {
		c := table.ColumnConfig{Number: i + 1, WidthMax: max(width, 8), WidthMaxEnforcer: fitWidth}
		if why && i == len(widths)-1 {
			c.WidthMaxEnforcer = text.WrapSoft
		}
		out = append(out, c)
	}
	return out
}

func plainStyle() table.Style {
	style := table.StyleDefault
	style.Options = table.OptionsNoBordersAndSeparators
	style.Box.PaddingLeft, style.Box.PaddingRight = "  ", ""
	style.Format.Header = text.FormatDefault
	return style
}

func (s *screen) row(it reconcile.Item, fields, why bool) table.Row {
	row := table.Row{clean(codeOf(it, s.labels)), clean(nameOf(it, s.labels))}
	if fields {
		row = append(row, clean(fieldsText(it)))
	}
	if why {
		row = append(row, clean(reasonText(it.Reason)))
	}
	return row
}

// codeOf is the number that people know a record by. A record that has none is
// called by its id, and one of several with the same number by both.
func codeOf(it reconcile.Item, labels labels) string {
	label := labels.label(it)
	id := it.Left.System + " " + it.Left.ID
	if it.Left.ID == "" {
		id = it.Right.System + " " + it.Right.ID
	}
	switch {
	case label == "" && it.Left.ID != "": // in Rackbeat, the number is the id
		return it.Left.ID
	case label == "":
		return id
	case it.Outcome == instep.Review && it.Left.ID == "":
		return label + ", " + id
	case it.Outcome == instep.Review && it.Right.ID == "":
		return label + ", " + it.Left.System
	default:
		return label
	}
}

// fieldsText says what is written: the values of a new record, or from what to
// what a field changes.
func fieldsText(it reconcile.Item) string {
	var parts []string
	for _, c := range it.Fields {
		switch {
		case it.Outcome == instep.Created && (c.Rule == "code" || c.Rule == "number" || c.Rule == "name"):
			continue // these have columns of their own
		case c.From.IsAbsent() && c.To.IsAbsent():
			parts = append(parts, c.Rule) // of a saved plan without its values
		case it.Outcome == instep.Created:
			parts = append(parts, c.Rule+" "+valueText(c.To))
		case it.Outcome == instep.Drifted && c.To.IsAbsent():
			parts = append(parts, c.Rule+" is "+valueText(c.From))
		case it.Outcome == instep.Drifted:
			parts = append(parts, c.Rule+" is "+valueText(c.From)+", not "+valueText(c.To))
		case c.From.IsAbsent(): // it is read again right before it is written
			parts = append(parts, c.Rule+" → "+valueText(c.To))
		default:
			parts = append(parts, c.Rule+" "+valueText(c.From)+" → "+valueText(c.To))
		}
	}
	return strings.Join(parts, "; ")
}

// valueText shows a value in a few words, and prices with the decimals that
// people expect.
func valueText(v instep.Value) string {
	const most = 30
	if v.IsBlank() {
		return "(blank)"
	}
	if d, ok := v.AsDecimal(); ok && d.Places() < 2 {
		return d.Fixed(2)
	}
	return fitWidth(clean(v.String()), most)
}
