package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// judgement is a mutant with what became of it.
type judgement struct {
	mutant mutant
	faulty faulty
	number int // under which the shared workshop has it; 0: it must be built on its own
	verdict
	reason string // why it may survive; empty: nobody has said
}

// failed reports whether somebody has to do something.
func (j *judgement) failed() bool {
	switch j.What {
	case killed:
		return false
	case survived:
		return j.reason == ""
	default:
		return true
	}
}

// engine reports whether it breaks the engine rather than a store.
func (j *judgement) engine() bool { return j.mutant.touches("reconcile/") }

// report prints a line for each, what came of all together, and how those that
// survived differ from the tree.
func report(out io.Writer, t *tree, list []judgement) error {
	if err := table(out, list); err != nil {
		return err
	}
	for _, part := range []struct {
		name string
		of   func(*judgement) bool
	}{
		{"engine", (*judgement).engine},
		{"stores", func(j *judgement) bool { return !j.engine() }},
		{"all", func(*judgement) bool { return true }},
	} {
		figures(out, part.name, slices.DeleteFunc(slices.Clone(list), func(j judgement) bool { return !part.of(&j) }))
	}
	for i := range list {
		if j := &list[i]; j.What == survived || j.What == unbound {
			if err := show(out, t, j); err != nil {
				return err
			}
		}
	}
	return nil
}

func table(out io.Writer, list []judgement) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for i := range list {
		j := &list[i]
		fmt.Fprintf(w, "%s\t%s\t%s\t%.0f s\t%s\n", j.Name, j.What, j.Stage, j.Seconds, cmp.Or(j.reason, j.Failure))
	}
	return w.Flush()
}

// figures prints how many were killed, and by what.
func figures(out io.Writer, name string, list []judgement) {
	what, stages := map[string]int{}, map[string]int{}
	known := 0
	for i := range list {
		what[list[i].What]++
		if list[i].What == killed {
			stages[list[i].Stage]++
		}
		if list[i].What == survived && list[i].reason != "" {
			known++
		}
	}
	dead := what[killed]
	fmt.Fprintf(out, "\n%s: %d judged, %d killed (%s), %d survived, %d of them for a reason that is known",
		name, len(list), dead, percent(dead, len(list)), what[survived], known)
	for _, w := range []string{unbound, stale, invalid} {
		if what[w] > 0 {
			fmt.Fprintf(out, ", %d %s", what[w], w)
		}
	}
	fmt.Fprintln(out)
	for _, s := range slices.Sorted(maps.Keys(stages)) {
		fmt.Fprintf(out, "  %-20s %4d  %s of the killed\n", s, stages[s], percent(stages[s], dead))
	}
}

func percent(n, of int) string {
	if of == 0 {
		return "none"
	}
	return fmt.Sprintf("%.1f %%", 100*float64(n)/float64(of))
}

// show prints a mutant in the form of survivors.txt.
func show(out io.Writer, t *tree, j *judgement) error {
	fmt.Fprintf(out, "\nmutant %s\nwhy    %s\n", j.Name, cmp.Or(j.reason, "?"))
	for _, name := range slices.Sorted(maps.Keys(j.faulty)) {
		before, err := t.read(name)
		if err != nil {
			return err
		}
		fmt.Fprint(out, strings.TrimSuffix(patch(name, before, j.faulty[name]), "\n"), "\n")
	}
	return nil
}
