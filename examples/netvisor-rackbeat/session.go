package main

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"path/filepath"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/sqlite"
)

// process is what surrounds the program: its streams and its environment.
type process struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
}

// person is who gives the answers, for the log.
func (p *process) person() string {
	return cmp.Or(p.getenv("USER"), p.getenv("USERNAME"), "a person")
}

// session is all that a command works with.
type session struct {
	*process
	set    *settings
	store  io.Closer
	sys    *systems
	engine *reconcile.Engine
	out    output
}

// work opens a session and does in it what the flags say.
func work(ctx context.Context, set *settings, p *process) error {
	s, err := open(ctx, set, p)
	if err != nil {
		return err
	}
	defer s.close()
	switch {
	case set.applyPlan != "":
		return s.applySaved(ctx)
	case set.reviews:
		return s.listReviews(ctx)
	case set.why != "":
		return s.explain(ctx)
	case set.links != "":
		return s.moveLinks(ctx)
	case len(set.answers) > 0:
		return s.answer(ctx)
	default:
		return s.bring(ctx)
	}
}

// open opens the state and the systems and joins them in an engine.
func open(ctx context.Context, set *settings, p *process) (_ *session, err error) {
	maps, err := loadMappings(set)
	if err != nil {
		return nil, err
	}
	s := &session{process: p, set: set}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	// The lock of the state also keeps a second run away from the fakes' data.
	store, err := sqlite.Open(ctx, filepath.Join(set.state, "state"), nil)
	if err != nil {
		return nil, err
	}
	s.store = store
	log := logger(set, p.stderr)
	if s.sys, err = openSystems(set, p.getenv, log); err != nil {
		return nil, err
	}
	names, pairs := s.pairs(maps)
	s.out = newOutput(set, s.shown(), names)
	s.engine, err = reconcile.New(store, pairs, &reconcile.Options{
		Transforms: transforms(), ReadOnly: !set.writes(), Observe: observer(s.out, log),
	})
	return s, err
}

// pairs joins the chosen registers of the two systems.
func (s *session) pairs(maps mappings) (labels, []reconcile.Pair) {
	names := labels{}
	var pairs []reconcile.Pair
	for _, r := range s.set.registers {
		sides := r.open(s.sys)
		both := [2]*labelled{withLabels(sides[0], r.codes[0]), withLabels(sides[1], r.codes[1])}
		names[r.name] = both
		pairs = append(pairs, r.pair([2]instep.Source{both[0], both[1]}, maps[r.name], s.set))
	}
	return names, pairs
}

// shown is where people are told what happens: nowhere if the standard output
// is to hold a file.
func (s *session) shown() io.Writer {
	if s.set.links == "export" && s.set.linksFile == "-" {
		return io.Discard
	}
	return s.stdout
}

func (s *session) close() {
	if s.sys != nil {
		s.sys.close()
	}
	if s.store != nil {
		_ = s.store.Close() // every commit is on disk already
	}
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

// output is what a run is shown through: tables and bars for people, or JSON
// Lines for programs.
type output interface {
	edited(left, right int)
	event(reconcile.Event)
	plan(*reconcile.Plan, savedValues)
	leftOut([]reconcile.SavedOp, savedValues)
	done(*result)

	reviews(shown []reconcile.Review, more int)
	answered([]answer)
	explained([]reconcile.Explanation)
	exported(links int)
	imported(reconcile.Imported)
}
