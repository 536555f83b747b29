package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// reportWidth is how wide a report is, in columns: a page of paper.
const reportWidth = 88

// report tells in plain words what a plan would do, what needs an answer and
// what cannot be, for somebody who keeps the books.
type report struct {
	screen
}

// plan writes the report, a chapter for each register.
func (r *report) plan(p *reconcile.Plan, _ savedValues) {
	items := map[string][]reconcile.Item{}
	for it := range p.Items() {
		items[it.Pair] = append(items[it.Pair], it)
	}
	for _, reg := range r.set.registers {
		c := chapter{report: r, reg: reg, items: items[reg.name]}
		r.printf("\n%s\n%s\n", strings.ToUpper(reg.name), strings.Repeat("=", len(reg.name)))
		if paused := pauseOf(p.Paused(), reg); paused != nil {
			c.printf("\nWhat cannot be\n")
			c.say("%s", pauseText(paused))
			continue
		}
		c.will()
		c.found()
		c.answers()
		c.cannot()
		c.stays()
	}
	if len(p.Guards()) > 0 {
		r.printf("\n%s\n", wrap("Before this is carried out, somebody must approve it: "+guardTexts(p)+".", r.width))
	}
	r.printf("\n")
}

// done ends the report.
func (r *report) done(res *result) {
	if res.err == nil {
		r.printf("%s\n", wrap("Nothing was written to either system. -reviews shows each question with both records side by side; "+
			"-apply does what is said under \"What will happen\".", r.width))
	}
}

// event says nothing: a report is the same page every time.
func (r *report) event(reconcile.Event) {}

func newReport(w io.Writer, set *settings, labels labels) *report {
	s := newScreen(io.Discard, set, labels)
	s.w, s.width = w, reportWidth
	return &report{*s}
}

// chapter is what a report says of one register.
type chapter struct {
	*report
	reg   *register
	items []reconcile.Item
}

// say prints a paragraph under a heading, or moved in where it has none.
func (c *chapter) say(format string, args ...any) {
	text := wrap(fmt.Sprintf(format, args...), c.width-4)
	c.printf("  - %s\n", strings.ReplaceAll(text, "\n", "\n    "))
}

// will says what is written where.
func (c *chapter) will() {
	c.printf("\nWhat will happen\n")
	equal := c.pick(func(it reconcile.Item) bool { return it.Outcome == instep.Linked })
	said := len(equal) > 0
	if said {
		c.say("%s on both sides and equal. They are remembered as belonging together; nothing is written.", c.are(len(equal)))
	}
	for _, side := range []instep.Side{instep.Left, instep.Right} {
		here, there := systemNames[side], systemNames[side.Other()]
		made := c.pick(func(it reconcile.Item) bool { return it.Outcome == instep.Created && it.Side == side && !it.Skipped })
		if len(made) > 0 {
			said = true
			c.say("%s made in %s, because only %s has them: %s.", c.are(len(made)), here, there, c.names(made))
		}
		edited := c.pick(func(it reconcile.Item) bool { return it.Outcome == instep.Updated && it.Side == side && !it.Skipped })
		if len(edited) > 0 {
			said = true
			c.say("%s overwritten in %s with what %s says, in these fields: %s. It concerns %s.",
				c.are(len(edited)), here, there, fieldCounts(edited), c.names(edited))
		}
		away := c.pick(func(it reconcile.Item) bool {
			return (it.Outcome == instep.Removed || it.Outcome == instep.Deactivated) && it.Side == side && !it.Stands && !it.Skipped
		})
		if len(away) > 0 {
			said = true
			c.say("%s deleted or set out of use in %s, because they were deleted in %s: %s.", c.are(len(away)), here, there, c.names(away))
		}
	}
	if !said {
		c.say("Nothing: both systems are in step.")
	}
}

// found says by what records were recognised, where that can be wrong.
func (c *chapter) found() {
	var f findings
	for _, it := range c.items {
		f.add(it)
	}
	if len(f.by) == 0 {
		return
	}
	c.printf("\nHow they are recognised\n")
	for _, key := range []string{"number", "business id", "name"} {
		if n := f.by[key]; n > 0 {
			c.say("%s by the %s.%s", capital(plural(n, c.reg.entity)), key, c.recognised(key, f.alone[key]))
		}
	}
}

// recognised adds what should be looked at.
func (c *chapter) recognised(key string, alone int) string {
	switch {
	case key == "name" && alone > 0:
		matched := c.pick(func(it reconcile.Item) bool {
			return len(it.Matched) == 1 && it.Matched[0] == "name" && !held(it.Outcome)
		})
		return fmt.Sprintf(" Nothing else says that they are the same, so please look at them: %s. With -names propose they become questions.", c.names(matched))
	case key == "number" && alone > 0:
		matched := c.pick(func(it reconcile.Item) bool {
			return len(it.Matched) == 1 && it.Matched[0] == "number" && !held(it.Outcome)
		})
		return fmt.Sprintf(" Of these, %s nothing else in common, and are joined because of -trust-numbers: %s.", has(alone), c.names(matched))
	case key == "business id":
		return " Their cards are overwritten, the number too if nobody else has it."
	default:
		return ""
	}
}

func has(n int) string {
	if n == 1 {
		return "1 has"
	}
	return number(n) + " have"
}

// answers says what a person has to decide, by reason.
func (c *chapter) answers() {
	asked := c.pick(func(it reconcile.Item) bool { return it.Outcome == instep.Review })
	if len(asked) == 0 {
		return
	}
	c.printf("\nWhat needs an answer\n")
	c.byReason(asked)
}

// cannot says what is set aside until somebody corrects it.
func (c *chapter) cannot() {
	bad := c.pick(func(it reconcile.Item) bool { return held(it.Outcome) && it.Outcome != instep.Review })
	if len(bad) == 0 {
		return
	}
	c.printf("\nWhat cannot be done yet\n")
	c.byReason(bad)
}

// stays says what is left alone.
func (c *chapter) stays() {
	alone := c.pick(func(it reconcile.Item) bool { return it.Outcome == instep.Unmatched })
	drifted := c.pick(func(it reconcile.Item) bool { return it.Outcome == instep.Drifted })
	if len(alone)+len(drifted) == 0 {
		return
	}
	c.printf("\nWhat stays as it is\n")
	for _, side := range []instep.Side{instep.Left, instep.Right} {
		only := slices.DeleteFunc(slices.Clone(alone), func(it reconcile.Item) bool { return it.Side != side })
		if len(only) > 0 {
			c.say("%s only in %s. Nothing is made of them in %s: %s.", c.are(len(only)), systemNames[side], systemNames[side.Other()], c.names(only))
		}
	}
	if len(drifted) > 0 {
		c.say("%s edited where the other system decides. The edits are left alone: %s.", c.are(len(drifted)), c.names(drifted))
	}
}

// byReason lists items by why they are set aside, the most frequent first.
func (c *chapter) byReason(items []reconcile.Item) {
	byText := map[string][]reconcile.Item{}
	for _, it := range items {
		text := reasonText(it.Reason)
		byText[text] = append(byText[text], it)
	}
	texts := make([]string, 0, len(byText))
	for text := range byText {
		texts = append(texts, text)
	}
	slices.SortFunc(texts, func(a, b string) int { return cmp.Or(len(byText[b])-len(byText[a]), strings.Compare(a, b)) })
	for _, text := range texts {
		c.say("%s: %s. It concerns %s.", capital(plural(len(byText[text]), c.reg.entity)), text, c.places(byText[text]))
	}
}

// pick returns the items for which yes is true.
func (c *chapter) pick(yes func(reconcile.Item) bool) []reconcile.Item {
	var out []reconcile.Item
	for _, it := range c.items {
		if yes(it) {
			out = append(out, it)
		}
	}
	return out
}

// are begins a sentence about a number of records.
func (c *chapter) are(n int) string { return are(n, c.reg.entity) }

// mostNamed is how many records a sentence names.
const mostNamed = 5

// names lists the records of items, with their numbers.
func (c *chapter) names(items []reconcile.Item) string {
	return list(c.labelled(items, func(reconcile.Item) string { return "" }), c.set.all)
}

// places is names with where each record stands.
func (c *chapter) places(items []reconcile.Item) string {
	return list(c.labelled(items, func(it reconcile.Item) string {
		switch {
		case it.Right.ID == "":
			return " in Rackbeat"
		case it.Left.ID == "":
			return " in Netvisor"
		default:
			return ""
		}
	}), c.set.all)
}

func (c *chapter) labelled(items []reconcile.Item, where func(reconcile.Item) string) []string {
	var out []string
	for _, it := range items {
		text := strings.TrimSpace(clean(c.labels.label(it)) + " " + clean(cut(nameOf(it, c.labels), 40)))
		if text == "" {
			text = cmp.Or(it.Left.ID, it.Right.ID)
		}
		out = append(out, text+where(it))
	}
	return out
}

// list joins texts as a sentence does, and says how many more there are.
func list(texts []string, all bool) string {
	if more := len(texts) - mostNamed; more > 1 && !all {
		return strings.Join(texts[:mostNamed], ", ") + " and " + number(more) + " more"
	}
	if n := len(texts); n > 1 {
		return strings.Join(texts[:n-1], ", ") + " and " + texts[n-1]
	}
	return strings.Join(texts, "")
}

// fieldCounts says in how many records each field is written.
func fieldCounts(items []reconcile.Item) string {
	counts := map[string]int{}
	var order []string
	for _, it := range items {
		for _, f := range it.Fields {
			if counts[f.Rule]++; counts[f.Rule] == 1 {
				order = append(order, f.Rule)
			}
		}
	}
	slices.SortFunc(order, func(a, b string) int { return cmp.Or(counts[b]-counts[a], strings.Compare(a, b)) })
	for i, rule := range order {
		order[i] = fmt.Sprintf("%s (%s)", rule, number(counts[rule]))
	}
	return strings.Join(order, ", ")
}
