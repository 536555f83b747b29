package reconcile

import (
	"context"
	"errors"
	"fmt"

	"github.com/instep-go/instep"
)

// tenure is the hold that a run has on the state of a pair, through all its
// rounds. Its first commit raises the generation of the state, and every other
// one builds on that, so that a run that another one has overtaken commits
// nothing any more: and what it has not announced it does not send. What people
// answer has none, since it is about one link and must not end a run.
type tenure struct {
	gen   uint64 // of the state, as the run knows it
	known bool
	begun bool // the run has committed something
}

// goOn begins a round: nobody else may have committed since the one before.
func (t *tenure) goOn(state *instep.PairState) error {
	if t == nil {
		return nil
	}
	if t.known && t.gen != state.Gen {
		return movedOn(errors.New("another run has taken over"))
	}
	t.gen, t.known = state.Gen, true
	return nil
}

// claim makes a batch one of the run's tenure.
func (ps *pass) claim(b *instep.Batch) {
	switch {
	case ps.tenure == nil || b.State != nil:
	case ps.tenure.begun:
		b.Gen = ps.tenure.gen
	default:
		b.State = ps.nextState()
	}
}

// claimed notes what came of the commit of a batch.
func (ps *pass) claimed(b *instep.Batch, err error) {
	switch {
	case ps.tenure == nil || b.State == nil:
	case err != nil:
		ps.state.Gen = b.State.Gen - 1
	default:
		ps.tenure.gen, ps.tenure.begun = b.State.Gen, true
	}
}

// storedLinks reads links that the store has named a moment ago: one that is not
// there any more was taken away by somebody else.
func (ps *pass) storedLinks(ctx context.Context, pair string, ids []instep.LinkID) ([]instep.Link, error) {
	links, err := ps.engine.store.Links(ctx, pair, ids)
	if instep.KindOf(err) == instep.NotFound {
		return nil, movedOn(fmt.Errorf("the state has changed while it was read: %w", err))
	}
	return links, err
}

func movedOn(why error) error {
	return &instep.Error{Kind: instep.Conflict, Op: "run", Err: why, Remedy: "make a new plan"}
}
