package matching

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"

	"github.com/instep-go/instep"
)

func byState(a, b Count) int {
	return cmp.Or(cmp.Compare(a.State, b.State), cmp.Compare(a.Rank, b.Rank), strings.Compare(a.Code, b.Code))
}

// Records finds out how two registers of whole records match, by the keys that
// the matcher gives. A record that is not live or inactive counts as not there.
//
// The two sequences are read at the same time, each in one goroutine, and to
// their ends unless one yields an error or ctx ends; that error is returned.
// Records that cannot be taken are an error as of [Join.Resolve].
func Records(ctx context.Context, m instep.Matcher, left, right iter.Seq2[instep.Record, error]) (*Result, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	j := New()
	var wg sync.WaitGroup
	for s, records := range [...]iter.Seq2[instep.Record, error]{left, right} {
		wg.Go(func() {
			if err := j.sides[s].fill(ctx, m, records); err != nil {
				cancel(fmt.Errorf("%s side: %w", instep.Side(s), err))
			}
		})
	}
	wg.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return j.Resolve()
}

// fill adds records until there are no more, or nobody wants them any longer.
func (r *Register) fill(ctx context.Context, m instep.Matcher, records iter.Seq2[instep.Record, error]) error {
	var keys []instep.MatchKey
	for rec, err := range records {
		switch {
		case err != nil:
			return err
		case ctx.Err() != nil || r.err != nil:
			return r.err
		case rec.Status != instep.Live && rec.Status != instep.Inactive:
			r.Remove(rec.Ref.ID)
			continue
		}
		keys = m.Keys(r.side, rec.Fields, keys[:0])
		r.Add(rec.Ref.ID, keys...)
		if rec.Identity != "" {
			r.identify(rec.Identity)
		}
	}
	return nil
}

// Walk yields all records of a source, from the beginning, page by page. An
// error of the source ends it, and so does a cursor that stands still, as one
// of kind Malformed.
func Walk(ctx context.Context, src instep.Source) iter.Seq2[instep.Record, error] {
	return func(yield func(instep.Record, error) bool) {
		for cursor := instep.Cursor(""); ; {
			page, err := src.Read(ctx, cursor)
			if err != nil {
				yield(instep.Record{}, err)
				return
			}
			for i := range page.Records {
				if !yield(page.Records[i], nil) {
					return
				}
			}
			switch {
			case !page.More:
				return
			case page.Next == cursor:
				yield(instep.Record{}, &instep.Error{
					Kind: instep.Malformed, Op: "read", Err: errors.New("the list goes on, but its cursor does not move"),
					Remedy: "this is a fault of the connector; report it",
				})
				return
			}
			cursor = page.Next
		}
	}
}
