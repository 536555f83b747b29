package main

import (
	"errors"
	"strings"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// pauseOf returns why a register is paused; nil if it is not.
func pauseOf(all []reconcile.Paused, reg *register) *reconcile.Paused {
	for i := range all {
		if all[i].Pair == reg.name {
			return &all[i]
		}
	}
	return nil
}

// pauseText says which right is missing, and what that means.
func pauseText(p *reconcile.Paused) string {
	why := sentence(p.Err)
	if e, ok := errors.AsType[*instep.Error](p.Err); ok && e.Op != "" && e.Remedy != "" {
		why = e.Op + ": " + e.Remedy
	}
	return systemNames[p.Side] + " refuses what this register needs (" + strings.TrimSuffix(clean(why), ".") +
		"). Nothing of it counts as gone, and nothing is written; the next run with the right goes on by itself."
}

// pausedNames names the registers that are paused.
func pausedNames(r *result) string {
	var names []string
	for _, p := range r.paused() {
		names = append(names, p.Pair)
	}
	if len(names) == 1 {
		return names[0] + " are"
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1] + " are"
}
