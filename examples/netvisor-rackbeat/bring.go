package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/sqlite"
)

// output is what a run is shown through: tables and bars for people, or JSON
// Lines for programs.
type output interface {
	edited(left, right int)
	event(reconcile.Event)
	plan(*reconcile.Plan)
	done(*result)
}

// result is how a run ended.
type result struct {
	set      *settings
	plan     *reconcile.Plan   // nil if it did not come to a plan
	summary  reconcile.Summary // zero if nothing was applied
	err      error             // why it ended early
	requests requests
}

// counts returns how many records there are by outcome: as planned, or as it
// turned out.
func (r *result) counts() reconcile.Counts {
	switch {
	case len(r.summary.Pairs) > 0:
		return r.summary.Pairs[0].Counts
	case r.plan != nil:
		return r.plan.Counts()
	default:
		return reconcile.Counts{}
	}
}

// bring brings the two systems into step, or shows what that would take.
func bring(ctx context.Context, set *settings, stdout, stderr io.Writer, getenv func(string) string) error {
	m, err := loadMapping(set)
	if err != nil {
		return err
	}
	// The lock of the state also keeps a second run away from the fakes' data.
	store, err := sqlite.Open(ctx, filepath.Join(set.state, "state"), nil)
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }() // every commit is on disk already
	log := logger(set, stderr)
	sys, err := openSystems(set, getenv, log)
	if err != nil {
		return err
	}
	defer sys.close()

	left, right := withLabels(sys.rackbeat.Products(), "name"), withLabels(sys.netvisor.Products(), "name")
	out := newOutput(set, stdout, [2]*labelled{left, right})
	engine, err := reconcile.New(store, []reconcile.Pair{products(left, right, m, set)}, &reconcile.Options{
		ReadOnly: !set.apply, Observe: observer(out, log),
	})
	if err != nil {
		return err
	}
	if set.changes > 0 {
		l, r, err := sys.fakes.change(set.changes)
		if err != nil {
			return err
		}
		out.edited(l, r)
	}
	return planAndApply(ctx, engine, sys, set, out)
}

func planAndApply(ctx context.Context, engine *reconcile.Engine, sys *systems, set *settings, out output) error {
	only, err := refs(set.only)
	if err != nil {
		return err
	}
	res := &result{set: set}
	res.plan, res.err = engine.Plan(ctx, &reconcile.Select{Sweep: set.sweep, Limit: set.limit, Only: only})
	if res.err == nil {
		out.plan(res.plan)
	}
	if res.err == nil && set.apply {
		res.summary, res.err = engine.Apply(ctx, res.plan)
	}
	res.requests = sys.requests()
	out.done(res)
	return res.err
}

// refs reads what -only gives: a whole reference, or a number or key alone,
// which may be of either system.
func refs(only []string) ([]instep.Ref, error) {
	var out []instep.Ref
	for _, text := range only {
		if text == "" {
			return nil, errors.New("-only is empty; give a reference such as rackbeat/product/AB-100")
		}
		alone := true
		for _, system := range []string{"rackbeat", "netvisor"} {
			if id, ok := strings.CutPrefix(text, system+"/product/"); ok && id != "" {
				out = append(out, instep.Ref{System: system, Entity: "product", ID: id})
				alone = false
			}
		}
		if !alone {
			continue
		}
		if strings.HasPrefix(text, "rackbeat/") || strings.HasPrefix(text, "netvisor/") {
			return nil, fmt.Errorf("-only %q is no reference; give one such as rackbeat/product/AB-100 or netvisor/product/31", text)
		}
		for _, system := range []string{"rackbeat", "netvisor"} {
			out = append(out, instep.Ref{System: system, Entity: "product", ID: text})
		}
	}
	return out, nil
}

func logger(set *settings, stderr io.Writer) *slog.Logger {
	if !set.verbose {
		return nil
	}
	return slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func observer(out output, log *slog.Logger) func(reconcile.Event) {
	if log == nil {
		return out.event
	}
	write := reconcile.Log(log)
	return func(e reconcile.Event) {
		write(e)
		out.event(e)
	}
}
