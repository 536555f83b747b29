package main

import (
	"errors"
	"fmt"
	"strings"
)

// parse reads mutants as they are written down: a word and its value on a line,
// then a patch without line numbers.
//
//	mutant deletes-at-limit
//	why    the guard lets no run through that deletes as many as it may
//	test   TestGuards
//	file   reconcile/guard.go
//	-		if limited && ps.vanished[s] > most {
//	+		if limited && ps.vanished[s] >= most {
//
// Lines that begin with a blank are there before and after. Further files, and
// further places of the same one, begin with "file" again. A line that begins
// with # is a comment, and "test" may be left out.
func parse(text string) ([]mutant, error) {
	var list []mutant
	for i, line := range strings.Split(text, "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		if err := parseLine(&list, line); err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	for i := range list {
		if err := list[i].check(); err != nil {
			return nil, fmt.Errorf("mutant %s: %w", list[i].name, err)
		}
	}
	return list, nil
}

// check refuses one that somebody has not written down to the end.
func (m *mutant) check() error {
	if m.name == "" || m.why == "" || len(m.edits) == 0 {
		return errors.New("it has no name, no reason or no edit")
	}
	for _, e := range m.edits {
		if e.old == "" || e.old == e.new {
			return fmt.Errorf("an edit of %s changes nothing", e.file)
		}
	}
	return nil
}

func parseLine(list *[]mutant, line string) error {
	word, value, _ := strings.Cut(line, " ")
	value = strings.TrimSpace(value)
	if word == "mutant" {
		*list = append(*list, mutant{name: value})
		return nil
	}
	if len(*list) == 0 {
		return fmt.Errorf("%q comes before the first mutant", line)
	}
	m := &(*list)[len(*list)-1]
	switch word {
	case "why":
		m.why = value
		return nil
	case "test":
		m.test = value
		return nil
	case "file":
		m.edits = append(m.edits, edit{file: value, at: -1})
		return nil
	}
	if len(m.edits) == 0 {
		return fmt.Errorf("%q is neither a word nor part of an edit", line)
	}
	e := &m.edits[len(m.edits)-1]
	switch text := line[1:] + "\n"; line[0] {
	case '-':
		e.old += text
	case '+':
		e.new += text
	case ' ':
		e.old += text
		e.new += text
	default:
		return fmt.Errorf("%q is neither a word nor part of a patch", line)
	}
	return nil
}

// patch writes one changed file in the form that parse reads, with as many of
// the lines around the change as make it the only one of its kind.
func patch(file string, before, after []byte) string {
	old, now := strings.SplitAfter(string(before), "\n"), strings.SplitAfter(string(after), "\n")
	from := 0
	for from < min(len(old), len(now)) && old[from] == now[from] {
		from++
	}
	tail := 0
	for tail < min(len(old), len(now))-from && old[len(old)-1-tail] == now[len(now)-1-tail] {
		tail++
	}
	to := len(old) - tail
	first, last := from, to
	for first == last || len(places(before, strings.Join(old[first:last], ""))) > 1 {
		first, last = max(first-1, 0), min(last+1, len(old))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "file   %s\n", file)
	add := func(mark string, lines []string) {
		for _, l := range lines {
			b.WriteString(mark + strings.TrimSuffix(l, "\n") + "\n")
		}
	}
	add(" ", old[first:from])
	add("-", old[from:to])
	add("+", now[from:len(now)-tail])
	add(" ", old[to:last])
	return b.String()
}
