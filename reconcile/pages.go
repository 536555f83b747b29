package reconcile

import (
	"context"
	"fmt"
	"iter"
	"sync"

	"github.com/instep-go/instep"
)

// pages yields the pages of side s from a cursor on, to the last one or the
// first error, which may be that the cursor does not move. While a page is looked at, the one after it is read.
func (ps *pass) pages(ctx context.Context, s instep.Side, cursor instep.Cursor) iter.Seq2[instep.Page, error] {
	return func(yield func(instep.Page, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		var wg sync.WaitGroup
		defer wg.Wait() // the source is left alone afterwards
		defer cancel()
		read := 0
		for next := ps.ahead(ctx, &wg, s, cursor); next != nil; {
			page, err := next()
			read += len(page.Records)
			switch {
			case err != nil || !page.More:
				next = nil
			case page.Next == cursor:
				err := ps.cursorStands(s, read)
				next = func() (instep.Page, error) { return instep.Page{}, err }
			default:
				next = ps.ahead(ctx, &wg, s, page.Next)
			}
			cursor = page.Next
			if !yield(page, err) {
				return
			}
		}
	}
}

// ahead begins to read a page, if the run can afford it, and returns a function
// that waits for it.
func (ps *pass) ahead(ctx context.Context, wg *sync.WaitGroup, s instep.Side, cursor instep.Cursor) func() (instep.Page, error) {
	var page instep.Page
	err := ps.afford(s)
	if err != nil {
		return func() (instep.Page, error) { return page, err }
	}
	read := func(ctx context.Context) (instep.Page, error) { return ps.pair.side[s].source.Read(ctx, cursor) }
	if ps.engine.opt.Serial {
		return func() (instep.Page, error) { return call(ctx, ps, s, read) }
	}
	done := make(chan struct{})
	wg.Go(func() {
		defer close(done)
		var m instep.Meter
		page, err = read(instep.WithMeter(ctx, &m))
		ps.meters[s].Add(max(m.Count(), 1))
	})
	return func() (instep.Page, error) {
		<-done
		ps.refuse(s, err)
		return page, err
	}
}

func (ps *pass) cursorStands(s instep.Side, read int) error {
	return &instep.Error{
		Kind: instep.Malformed, Op: "read " + ps.pair.side[s].traits.System,
		Err:    fmt.Errorf("the list goes on after %d records, but its cursor does not move", read),
		Remedy: "this is a fault of the connector; report it",
	}
}
