package connectortest

import (
	"context"
	"iter"
	"testing"

	"github.com/instep-go/instep"
)

// flaw is what is wrong with a store. What is nil is as it should be; what is
// not gets the store that does it right.
type flaw struct {
	pair     func(l *lasting, ctx context.Context, pair string) (instep.PairState, error)
	lookup   func(l *lasting, ctx context.Context, pair string, s instep.Side, ids []string, out []instep.Known) error
	links    func(l *lasting, ctx context.Context, pair string, ids []instep.LinkID) ([]instep.Link, error)
	scan     func(l *lasting, ctx context.Context, pair string, after instep.LinkID, limit int) ([]instep.Link, error)
	keys     func(l *lasting, ctx context.Context, pair string, hashes []uint64) ([]instep.KeyHit, error)
	open     func(pair string, work []instep.OpenWork) []instep.OpenWork
	commit   func(l *lasting, ctx context.Context, b *instep.Batch) error
	activity func(l *lasting, ctx context.Context, pair string, after uint64, limit int) ([]instep.Activity, error)
	history  func(rows []instep.Activity)

	kept   func(b *instep.Batch)        // changes what was kept of a commit
	opened func(l *lasting, older bool) // after it was opened again, or an older state put back
}

// flawed is a store with a flaw.
type flawed struct {
	*lasting
	flaw flaw
}

func (f *flawed) Pair(ctx context.Context, pair string) (instep.PairState, error) {
	if f.flaw.pair != nil {
		return f.flaw.pair(f.lasting, ctx, pair)
	}
	return f.lasting.Pair(ctx, pair)
}

func (f *flawed) Lookup(ctx context.Context, pair string, s instep.Side, ids []string, out []instep.Known) error {
	if f.flaw.lookup != nil {
		return f.flaw.lookup(f.lasting, ctx, pair, s, ids, out)
	}
	return f.lasting.Lookup(ctx, pair, s, ids, out)
}

func (f *flawed) Links(ctx context.Context, pair string, ids []instep.LinkID) ([]instep.Link, error) {
	if f.flaw.links != nil {
		return f.flaw.links(f.lasting, ctx, pair, ids)
	}
	return f.lasting.Links(ctx, pair, ids)
}

func (f *flawed) Scan(ctx context.Context, pair string, after instep.LinkID, limit int) ([]instep.Link, error) {
	if f.flaw.scan != nil {
		return f.flaw.scan(f.lasting, ctx, pair, after, limit)
	}
	return f.lasting.Scan(ctx, pair, after, limit)
}

func (f *flawed) Keys(ctx context.Context, pair string, hashes []uint64) ([]instep.KeyHit, error) {
	if f.flaw.keys != nil {
		return f.flaw.keys(f.lasting, ctx, pair, hashes)
	}
	return f.lasting.Keys(ctx, pair, hashes)
}

func (f *flawed) Open(ctx context.Context, pair string) iter.Seq2[instep.OpenWork, error] {
	if f.flaw.open == nil {
		return f.lasting.Open(ctx, pair)
	}
	return func(yield func(instep.OpenWork, error) bool) {
		work, err := allOpen(ctx, f.lasting, pair)
		if err != nil {
			yield(instep.OpenWork{}, err)
			return
		}
		for _, w := range f.flaw.open(pair, work) {
			if !yield(w, nil) {
				return
			}
		}
	}
}

// allOpen is what Open yields, as a slice.
func allOpen(ctx context.Context, s instep.Checkpoint, pair string) ([]instep.OpenWork, error) {
	var work []instep.OpenWork
	for w, err := range s.Open(ctx, pair) {
		if err != nil {
			return nil, err
		}
		work = append(work, w)
	}
	return work, nil
}

// Commit gives the flaw a copy of the batch, whose slices are the caller's.
func (f *flawed) Commit(ctx context.Context, b *instep.Batch) error {
	if f.flaw.commit != nil {
		copied := *b
		return f.flaw.commit(f.lasting, ctx, &copied)
	}
	return f.lasting.Commit(ctx, b)
}

func (f *flawed) Activity(ctx context.Context, pair string, after uint64, limit int) ([]instep.Activity, error) {
	if f.flaw.activity != nil {
		return f.flaw.activity(f.lasting, ctx, pair, after, limit)
	}
	return f.lasting.Activity(ctx, pair, after, limit)
}

func (f *flawed) History(ctx context.Context, pair string, link instep.LinkID, limit int) ([]instep.Activity, error) {
	rows, err := f.lasting.History(ctx, pair, link, limit)
	if f.flaw.history != nil {
		f.flaw.history(rows)
	}
	return rows, err
}

// again is what the hooks of StoreOptions do to the store: it is opened on the
// first n of its commits.
func (f *flawed) again(t *testing.T, n int, older bool) instep.Checkpoint {
	t.Helper()
	read := f.flaw.kept
	if read == nil {
		read = func(*instep.Batch) {}
	}
	open := f.lasting.open
	if older {
		open = f.putBack
	}
	if err := open(t.Context(), n, read); err != nil {
		t.Errorf("what was committed cannot be read: %v", err)
	}
	if f.flaw.opened != nil {
		f.flaw.opened(f.lasting, older)
	}
	return f
}

// flawedOptions say of a flawed store that it keeps its state.
func flawedOptions() *StoreOptions {
	return &StoreOptions{
		Reopen: func(t *testing.T, s instep.Checkpoint) instep.Checkpoint {
			f := s.(*flawed)
			return f.again(t, len(f.lasting.kept), false)
		},
		Copy: func(_ *testing.T, s instep.Checkpoint) func(*testing.T, instep.Checkpoint) instep.Checkpoint {
			n := len(s.(*flawed).lasting.kept)
			return func(t *testing.T, s instep.Checkpoint) instep.Checkpoint { return s.(*flawed).again(t, n, true) }
		},
	}
}
