package main

import (
	"io"
	"strconv"
	"strings"
	"unicode"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// systemIDs are the systems as references name them, by side.
var systemIDs = [2]string{instep.Left: "rackbeat", instep.Right: "netvisor"}

func newOutput(set *settings, w io.Writer, labels labels) output {
	switch {
	case set.json:
		return newJSONLines(w, labels)
	case set.report:
		return newReport(w, set, labels)
	}
	return newScreen(w, set, labels)
}

func systemOf(it reconcile.Item, s instep.Side) string {
	if s == instep.Left {
		return it.Left.System
	}
	return it.Right.System
}

// refText is a reference, or "" if there is no record.
func refText(r instep.Ref) string {
	if r.ID == "" {
		return ""
	}
	return r.String()
}

func nameOf(it reconcile.Item, labels labels) string {
	if name := labels.name(it.Pair, instep.Left, it.Left.ID); name != "" {
		return name
	}
	return labels.name(it.Pair, instep.Right, it.Right.ID)
}

// reasonText is a message with the sides called by the systems' names.
func reasonText(m instep.Message) string {
	if m.Code == "" {
		return ""
	}
	named := instep.Message{Code: m.Code}
	for _, a := range m.Args {
		for s, name := range systemNames {
			if a.Name == "side" && a.Value == instep.Side(s).String() || a.Name == "system" && a.Value == systemIDs[s] {
				a.Value = name
			}
		}
		named.Args = append(named.Args, a)
	}
	return reconcile.Text(named)
}

// guardTexts says which limits a plan goes beyond.
func guardTexts(p *reconcile.Plan) string {
	var texts []string
	for _, g := range p.Guards() {
		texts = append(texts, reasonText(g.Message))
	}
	return strings.Join(texts, "; ")
}

// clean makes a text from outside fit for a terminal: on one line, and without
// control characters, which could do anything there, and those that turn the
// direction of writing.
func clean(s string) string {
	return instep.OneLine(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, s), 10_000)
}

// cut shortens a text to a number of characters.
func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}

// fitWidth shortens a text to columns on the screen.
func fitWidth(s string, columns int) string { return text.Snip(s, columns, "…") }

// wrap breaks a text into lines.
func wrap(s string, columns int) string {
	var out []string
	for line := range strings.Lines(text.WrapSoft(clean(s), columns)) {
		out = append(out, strings.TrimRight(line, " \n"))
	}
	return strings.Join(out, "\n")
}

// plural joins a number and a noun: "1 product", "2 products".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return number(n) + " " + noun + "s"
}

// capital returns a word with a capital letter in front.
func capital(word string) string { return strings.ToUpper(word[:1]) + word[1:] }

// number writes a number with commas: 12,345.
func number(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
