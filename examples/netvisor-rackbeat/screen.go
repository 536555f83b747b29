package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/instep-go/instep/reconcile"
)

// screen shows a run to people.
type screen struct {
	w        io.Writer
	set      *settings
	labels   labels
	width    int
	progress progressView
	start    time.Time
	late     []reconcile.Held   // set aside while the plan was carried out
	planned  map[[3]string]bool // what the plan has set aside already, by register, left and right
}

// Widths of the output in columns: where it does not go to a terminal, and
// bounds for where it does.
const (
	fileWidth = 120
	minWidth  = 60
	maxWidth  = 180
)

func newScreen(w io.Writer, set *settings, labels labels) *screen {
	s := &screen{w: w, set: set, labels: labels, width: fileWidth, start: time.Now(), planned: map[[3]string]bool{}}
	s.progress = &lines{w: w}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		s.progress = &bar{w: w}
		if width, _, err := term.GetSize(int(f.Fd())); err == nil {
			s.width = min(max(width, minWidth), maxWidth)
		}
	}
	if set.endpoints.given() {
		s.printf("Rackbeat at %s, Netvisor at %s.\n", clean(set.endpoints.rackbeat), clean(set.endpoints.netvisor))
	}
	return s
}

func (s *screen) printf(format string, args ...any) { fmt.Fprintf(s.w, format, args...) }

func (s *screen) edited(left, right int) {
	s.printf("Edited %s in Rackbeat and %s in Netvisor, as people would.\n", plural(left, s.set.noun()), number(right))
}

func (s *screen) event(e reconcile.Event) {
	switch e := e.(type) {
	case reconcile.PageRead:
		if e.Done {
			s.printf("Read %s from %s%s.\n", plural(e.Read, registerOf(e.Pair).entity), systemNames[e.Side], wholeOr(e.Sweep))
		}
	case reconcile.Recovering:
		s.progress.stop()
		s.printf("Finding out what became of %s to %s without a reply%s.\n",
			plural(e.Writes, "write"), systemNames[e.Side], patience(e.Wait))
	case reconcile.Wrote:
		s.progress.wrote(e)
	case reconcile.Held:
		if !s.planned[[3]string{e.Pair, e.Left.ID, e.Right.ID}] {
			s.late = append(s.late, e)
		}
	}
}

func wholeOr(sweep bool) string {
	if sweep {
		return ""
	}
	return " that may have changed"
}

func patience(wait time.Duration) string {
	if wait < time.Second {
		return ""
	}
	return ", which takes up to " + wait.Round(time.Second).String()
}

// section is a part of the plan: the items of one kind.
type section struct {
	title string
	items []reconcile.Item // as many as are shown
	count int
	why   string // of all items, if it is the same
	mixed bool
}

// view is what a plan says of one register.
type view struct {
	sections []*section
	byTitle  map[string]*section
	found    findings
	later    int
}

func (v *view) section(title string) *section {
	sec := v.byTitle[title]
	if sec == nil {
		sec = &section{title: title}
		v.byTitle[title] = sec
		v.sections = append(v.sections, sec)
	}
	return sec
}

func (s *screen) plan(p *reconcile.Plan, values savedValues) {
	views := map[string]*view{}
	for _, r := range s.set.registers {
		views[r.name] = &view{byTitle: map[string]*section{}}
	}
	for it := range p.Items() {
		v := views[it.Pair]
		if held(it.Outcome) {
			s.planned[[3]string{it.Pair, it.Left.ID, it.Right.ID}] = true
		}
		v.found.add(it)
		if it.Skipped {
			v.later++
		} else if title := titleOf(it); title != "" {
			v.section(title).add(values.fill(it), s.rows(it))
		}
	}
	for _, r := range s.set.registers {
		if paused := pauseOf(p.Paused(), r); paused != nil {
			s.paragraph(capital(r.name) + ": paused. " + pauseText(paused))
			continue
		}
		s.view(r, p.CountsOf(r.name), views[r.name])
	}
	s.guards(p)
	s.printf("\n")
}

func (s *screen) view(r *register, c reconcile.Counts, v *view) {
	title := "Plan"
	if len(s.set.registers) > 1 {
		title = capital(r.name)
	}
	s.headline(title, c)
	if lines := v.found.lines(s.set); lines != "" {
		s.printf("%s\n", wrap(lines, s.width))
	}
	for _, sec := range v.sections {
		s.section(sec)
	}
	if v.later > 0 && s.set.applyPlan == "" {
		s.printf("\n%s left for a later run by -limit or -only.\n", are(v.later, "further write"))
	} else if v.later > 0 {
		s.printf("\n%s due, but not part of the saved plan.\n", are(v.later, "further write"))
	}
}

// guards says that a plan goes beyond a limit, and what to do about it. A
// saved plan was looked at by a person.
func (s *screen) guards(p *reconcile.Plan) {
	if len(p.Guards()) == 0 || s.set.applyPlan != "" {
		return
	}
	s.paragraph("This plan needs your approval: " + guardTexts(p) + ". -apply does not carry it out. " +
		"If it is what you want, save it with -out FILE, look at it, and carry it out with -apply-plan FILE.")
}

// paragraph prints a text over as many lines as it takes.
func (s *screen) paragraph(what string) {
	s.printf("\n%s\n", wrap(what, s.width))
}

// rows is how many rows of a kind are shown: all that a person has to act on,
// as far as anybody would read them, and examples of the rest.
func (s *screen) rows(it reconcile.Item) int {
	switch {
	case s.set.all:
		return 1 << 30
	case held(it.Outcome):
		return 25
	default:
		return 10
	}
}

func (sc *section) add(it reconcile.Item, most int) {
	why := reasonText(it.Reason)
	if sc.count == 0 {
		sc.why = why
	}
	sc.mixed = sc.mixed || why != sc.why
	sc.count++
	if len(sc.items) < most {
		sc.items = append(sc.items, it)
	}
}

func (s *screen) headline(title string, c reconcile.Counts) {
	parts := []string{}
	for _, p := range headlines {
		if n := c.Of(p.outcome); n > 0 {
			parts = append(parts, number(n)+" "+p.text)
		}
	}
	switch {
	case len(parts) == 0:
		s.printf("\n%s: nothing to do.\n", title)
	case c.Writes() == 0:
		s.printf("\n%s: nothing to write; %s.\n", title, strings.Join(parts, ", "))
	default:
		s.printf("\n%s: %s.\n", title, strings.Join(parts, ", "))
	}
}

func are(n int, noun string) string {
	if n == 1 {
		return "1 " + noun + " is"
	}
	return number(n) + " " + noun + "s are"
}
