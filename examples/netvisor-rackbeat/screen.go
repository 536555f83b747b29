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
	labels   [2]*labelled
	width    int
	progress progressView
	start    time.Time
	late     []reconcile.Held // set aside while the plan was carried out
	planned  map[string]bool  // what the plan has set aside already, by left and right
}

// Widths of the output in columns: where it does not go to a terminal, and
// bounds for where it does.
const (
	fileWidth = 120
	minWidth  = 60
	maxWidth  = 180
)

func newScreen(w io.Writer, set *settings, labels [2]*labelled) *screen {
	s := &screen{w: w, set: set, labels: labels, width: fileWidth, start: time.Now(), planned: map[string]bool{}}
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
	s.printf("Edited %s in Rackbeat and %s in Netvisor, as people would.\n", plural(left, "product"), number(right))
}

func (s *screen) event(e reconcile.Event) {
	switch e := e.(type) {
	case reconcile.PageRead:
		if e.Done {
			s.printf("Read %s from %s%s.\n", plural(e.Read, "product"), systemNames[e.Side], wholeOr(e.Sweep))
		}
	case reconcile.Recovering:
		s.progress.stop()
		s.printf("Finding out what became of %s to %s without a reply%s.\n",
			plural(e.Writes, "write"), systemNames[e.Side], patience(e.Wait))
	case reconcile.Wrote:
		s.progress.wrote(e)
	case reconcile.Held:
		if !s.planned[e.Left.ID+"\x00"+e.Right.ID] {
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

func (s *screen) plan(p *reconcile.Plan, values savedValues) {
	var sections []*section
	byTitle := map[string]*section{}
	later := 0
	for it := range p.Items() {
		if held(it.Outcome) {
			s.planned[it.Left.ID+"\x00"+it.Right.ID] = true
		}
		if it.Skipped {
			later++
			continue
		}
		title := titleOf(it)
		if title == "" {
			continue
		}
		sec := byTitle[title]
		if sec == nil {
			sec = &section{title: title}
			byTitle[title] = sec
			sections = append(sections, sec)
		}
		sec.add(values.fill(it), s.rows(it))
	}
	s.headline(p.Counts())
	for _, sec := range sections {
		s.section(sec)
	}
	if later > 0 && s.set.applyPlan == "" {
		s.printf("\n%s left for a later run by -limit or -only.\n", are(later, "further write"))
	} else if later > 0 {
		s.printf("\n%s due, but not part of the saved plan.\n", are(later, "further write"))
	}
	s.guards(p)
	s.printf("\n")
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

func (s *screen) headline(c reconcile.Counts) {
	parts := []string{}
	for _, p := range headlines {
		if n := c.Of(p.outcome); n > 0 {
			parts = append(parts, number(n)+" "+p.text)
		}
	}
	switch {
	case len(parts) == 0:
		s.printf("\nPlan: nothing to do.\n")
	case c.Writes() == 0:
		s.printf("\nPlan: nothing to write; %s.\n", strings.Join(parts, ", "))
	default:
		s.printf("\nPlan: %s.\n", strings.Join(parts, ", "))
	}
}

func are(n int, noun string) string {
	if n == 1 {
		return "1 " + noun + " is"
	}
	return number(n) + " " + noun + "s are"
}
