package connectortest

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/instep-go/instep"
)

// sourceRules are all rules of TestSource.
func sourceRules() []rule {
	return slices.Concat(walkRules, changeRules, sweepRules, recordRules, getRules, findRules, factRules)
}

// walkRules are about pages and cursors.
var walkRules = []rule{
	{
		name: "everything is walked", needs: []need{aSource, hands},
		text: "from the empty cursor Read gives every record there is, those too that differ in nothing but their ids and what must differ: what is left out looks deleted",
		check: func(b *bench) {
			f := b.sample()
			twin := f
			for name, v := range b.sample().All() {
				if !b.plain(name) || name == b.traits.TokenField {
					twin = twin.With(name, v)
				}
			}
			ids := []string{b.makes(f), b.makes(twin), b.makes(b.sample())}
			b.shown(ids[2])
			var w walked
			if _, ok := b.until(func() bool { w = b.everything(); return w.has(ids...) }); !ok {
				b.Errorf("the walk does not give %q, of the records %q", w.lacks(ids), ids)
			}
		},
	},
	{
		name: "an empty system", needs: []need{aSource, fresh},
		text: "a system without records gives one page, without records, without More and with a Next",
		check: func(b *bench) {
			p := b.page(b.Source, "")
			if len(p.Records) > 0 {
				b.stop(unseen, "the system has records from the beginning")
			}
			if p.More || p.Next == "" {
				b.Errorf("the page has More %t and Next %q", p.More, p.Next)
			}
		},
	},
	{
		name: "a walk ends", needs: []need{aSource, hands, edits},
		text: "a walk comes to its end also while people edit what it has shown",
		check: func(b *bench) {
			b.many()
			quiet := b.everything()
			b.walk(b.Source, "", func(pages int, w *walked) {
				if pages > 3*len(quiet.pages)+10 {
					b.Fatalf("%d pages and no end, where there were %d before", pages, len(quiet.pages))
				}
				if recs := w.last.Records; len(recs) > 0 && slices.Contains(b.made, recs[0].Ref.ID) {
					b.edits(recs[0].Ref.ID, b.text(pages))
				}
			})
		},
	},
	{
		name: "every cursor resumes", needs: []need{aSource, hands},
		text: "Read from the Next of any page, as often as one likes, gives what the walk gave after that page: a run that was cut off goes on there",
		check: func(b *bench) {
			b.many()
			w := b.everything()
			for i := 1; i < len(w.pages); i++ {
				b.resumes(b.Source, &w, i)
			}
		},
	},
	{
		name: "cursors outlive the process", needs: []need{aSource, hands, reopens},
		text: "another Source on the same installation goes on from any cursor: together they give every record: a cursor holds all there is to remember",
		check: func(b *bench) {
			b.many()
			w := b.everything()
			for i := 1; i < len(w.pages); i++ {
				b.resumes(b.Reopen(), &w, i)
			}
		},
	},
	{
		name: "a walk begun anew", needs: []need{aSource, hands},
		text: "the empty cursor is always the beginning, also in the middle of another walk: a process that died has left one",
		check: func(b *bench) {
			ids := b.many()
			b.parted(b.Source)
			p := b.page(b.Source, "")
			var w walked
			w.add("", &p)
			for p.More {
				from := p.Next
				p = b.page(b.Source, from)
				w.add(from, &p)
			}
			if lacks := w.lacks(ids); len(lacks) > 0 {
				b.Errorf("the walk that was begun anew does not give %q", lacks)
			}
		},
	},
	{
		name: "Next of the last page", needs: []need{aSource, hands},
		text: "the last page has a Next from which a later Read goes on, in another process too; a walk from there ends",
		check: func(b *bench) {
			b.fill(2)
			w := b.everything()
			if w.last.Next == "" {
				b.Fatalf("the last page has no Next: the next run would read everything again")
			}
			b.since(w.last.Next)
			if b.Reopen != nil {
				b.walk(b.Reopen(), w.last.Next, nil)
			}
		},
	},
	{
		name: "a failed read can be repeated", needs: []need{aSource, hands, throttle},
		text: "an error means that nothing of the page may be used: the same cursor, read again, gives the page",
		check: func(b *bench) {
			ids := b.many()
			var w walked
			for p := (instep.Page{More: true}); p.More; {
				from := p.Next
				failed := false
				if len(w.pages) < 2 {
					_, err := b.throttled(func() (err error) { p, err = b.Source.Read(b.ctx(), from); return err })
					failed = err != nil
				}
				if failed || len(w.pages) >= 2 {
					p = b.page(b.Source, from)
				}
				w.add(from, &p)
			}
			if lacks := w.lacks(ids); len(lacks) > 0 {
				b.Errorf("the walk, whose first two reads failed once, does not give %q", lacks)
			}
		},
	},
	{
		name: "a throttled read", needs: []need{aSource, hands, throttle},
		text: "a Read that the system refuses for too many requests fails with kind RateLimited and the wait that it asks for, or waits itself",
		check: func(b *bench) {
			b.fill(1)
			var p instep.Page
			wait, err := b.throttled(func() (err error) { p, err = b.Source.Read(b.ctx(), ""); return err })
			b.wantThrottled("Read", err, wait)
			if err == nil && len(p.Records) == 0 {
				b.Errorf("the page is empty, and there is a record")
			}
		},
	},
	{
		name: "a canceled read", needs: []need{aSource},
		text: "Read with a context that has ended gives an error, of kind Canceled or the context's own",
		check: func(b *bench) {
			_, err := b.Source.Read(b.dead(), "")
			b.wantCanceled("Read", err)
		},
	},
	{
		name: "no goroutine is left by reads", needs: []need{aSource, hands},
		text: "what a Read has started has ended when it returns, or soon after",
		check: func(b *bench) {
			b.fill(2)
			b.leavesNone(func(ctx context.Context) {
				_, _ = b.Source.Read(ctx, "")
				ended, cancel := context.WithCancel(ctx)
				cancel()
				_, _ = b.Source.Read(ended, "")
			})
		},
	},
}

// plain reports whether two records may have the same value of a field.
func (b *bench) plain(name string) bool {
	return !b.info(name).Required && !slices.Contains(b.findable(), name)
}

// resumes expects that a source gives from page n on what the walk gave.
func (b *bench) resumes(s instep.Source, w *walked, n int) {
	again := b.walk(s, w.from[n], nil)
	for _, p := range w.pages[n:] {
		for i := range p.Records {
			rec := &p.Records[i]
			if got, ok := again.recs[rec.Ref.ID]; !ok || !got.Fields.Equal(rec.Fields) {
				b.Fatalf("from the cursor of page %d the source does not give %s as it was", n+1, rec.Ref)
			}
		}
	}
}

// throttled has the next request be refused for too many requests, makes a
// call, and waits until the system takes requests again. It returns the error
// of the call; nil if the connector has waited by itself.
func (b *bench) throttled(call func() error) (wait time.Duration, err error) {
	wait = b.Throttle()
	err = call()
	b.sleep(wait)
	return wait, err
}

// wantThrottled expects the error of a call that was refused for too many
// requests, if it is one.
func (b *bench) wantThrottled(what string, err error, wait time.Duration, kinds ...instep.Kind) {
	if err == nil {
		return
	}
	b.wantKind(what, err, append(kinds, instep.RateLimited)...)
	var asks time.Duration
	if e, ok := errors.AsType[*instep.Error](err); ok {
		asks = e.RetryAfter
	}
	if asks < wait/2 { // it may have begun to count when the answer came
		b.Errorf("%s: RetryAfter of the error is %s, and the system asked for %s", what, asks, wait)
	}
}
