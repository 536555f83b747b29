package connectortest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/instep-go/instep"
)

// troubleRules are about lost replies, throttling and ends.
var troubleRules = []rule{
	{
		name: "a create whose reply is lost", needs: []need{aSink, loses},
		text: "a create that was carried out and whose reply was lost fails with kind Lost: nobody may take it for not done",
		check: func(b *bench) {
			b.LoseReply(true)
			b.wantKind("the create", b.write(b.creates(b.sample()))[0].Err, instep.Lost)
		},
	},
	{
		name: "a lost create is not repeated", needs: []need{aSink, aSource, loses, fresh},
		text: "a sink never repeats a create whose reply was lost: there is one record at most",
		check: func(b *bench) {
			for _, done := range []bool{true, false} {
				before := b.everything()
				b.LoseReply(done)
				r := b.write(b.creates(b.sample()))[0]
				b.until(func() bool { w := b.everything(); return len(w.recs) > len(before.recs) || !done })
				w := b.everything()
				made := len(w.recs) - len(before.recs)
				if made > 1 {
					b.Errorf("carried out before the reply was lost: %t; made are %d records, the error is %v", done, made, r.Err)
				}
			}
		},
	},
	{
		name: "an update whose reply is lost", needs: []need{aSink, reads, updates, loses},
		text: "an update that was carried out and whose reply was lost fails with kind Lost, or is sent again and succeeds: taken for not done, it would pass for somebody's edit",
		check: func(b *bench) {
			id := b.create(b.sample())
			op := b.op(instep.Update, id, b.edit(b.text(60)))
			b.LoseReply(true)
			if err := b.write(op)[0].Err; err != nil {
				b.wantKind("the update", err, instep.Lost)
			}
		},
	},
	{
		name: "a delete whose reply is lost", needs: []need{aSink, canDelete, loses},
		text: "a delete that was carried out and whose reply was lost fails with kind Lost, or is found to be done: any other error says that the record is still there",
		check: func(b *bench) {
			id := b.create(b.sample())
			b.LoseReply(true)
			if err := b.write(b.op(instep.Delete, id, instep.Fields{}))[0].Err; err != nil {
				b.wantKind("the delete", err, instep.Lost, instep.NotFound)
			}
		},
	},
	{
		name: "a throttled write", needs: []need{aSink, throttle},
		text: "a create that the system refuses for too many requests fails with kind RateLimited, or Lost if the system may still do it, and tells the wait that it asks for; or it waits itself",
		check: func(b *bench) {
			op := b.creates(b.sample())
			wait, err := b.throttled(func() error { return b.write(op)[0].Err })
			b.wantThrottled("the create", err, wait, instep.Lost)
		},
	},
	{
		name: "a throttled write is not done", needs: []need{aSink, aSource, throttle, fresh},
		text: "a write that fails with kind RateLimited or Unavailable surely did not happen: the engine sends it again without looking",
		check: func(b *bench) {
			b.everything()
			op := b.creates(b.sample())
			_, err := b.throttled(func() error { return b.write(op)[0].Err })
			if kind := instep.KindOf(err); kind == instep.RateLimited || kind == instep.Unavailable {
				if w := b.everything(); len(w.recs) > 0 {
					b.Errorf("the create failed with %v, and there are %q", err, w.ids())
				}
			}
		},
	},
	{
		name: "the rest of a throttled batch", needs: []need{aSink, reads, updates, throttle, batches},
		text: "where a batch is throttled part of the way, what is marked done is done and what is not is not: the engine believes each result by itself",
		check: func(b *bench) {
			ids := []string{b.create(b.sample()), b.create(b.sample())}
			ops := []instep.Op{b.op(instep.Update, ids[0], b.edit(b.text(61))), b.op(instep.Update, ids[1], b.edit(b.text(62)))}
			var results []instep.Result
			_, _ = b.throttled(func() error { results = b.write(ops...); return nil })
			b.truthful(ops, results)
		},
	},
	{
		name: "a Write that ends under way", needs: []need{aSink, reads, updates, during, batches},
		text: "when the context ends, Write finishes the request it has under way, starts no further one, and marks the rest Canceled; what it says is true",
		check: func(b *bench) {
			ids := []string{b.create(b.sample()), b.create(b.sample()), b.create(b.sample())}
			var ops []instep.Op
			for i, id := range ids {
				ops = append(ops, b.op(instep.Update, id, b.edit(b.text(70+i))))
			}
			ops = ops[:min(len(ops), b.traits.MaxBatch)]
			ctx, cancel := context.WithCancel(b.ctx())
			defer cancel()
			b.During(cancel)
			results, err := b.Sink.Write(ctx, ops)
			if err != nil || len(results) != len(ops) {
				b.Fatalf("%d operations give %d results and error %v", len(ops), len(results), err)
			}
			if results[0].Err != nil {
				b.Errorf("the request under way was not finished: %v", results[0].Err)
			}
			for _, r := range results[1:] {
				if r.Err != nil {
					b.wantKind("the rest", r.Err, instep.Canceled)
				}
			}
			b.truthful(ops, results)
		},
	},
	{
		name: "no goroutine is left by writes", needs: []need{aSink, reads, updates},
		text: "what a Write has started has ended when it returns, or soon after",
		check: func(b *bench) {
			id := b.create(b.sample())
			op := b.op(instep.Update, id, b.edit(b.text(80)))
			b.leavesNone(func(ctx context.Context) {
				_, _ = b.Sink.Write(ctx, []instep.Op{op})
				ended, cancel := context.WithCancel(ctx)
				cancel()
				_, _ = b.Sink.Write(ended, []instep.Op{op})
			})
		},
	},
	{
		name: "refusals have a kind", needs: []need{aSink, reads, updates},
		text: "the error of an operation is of type instep.Error and has one of the kinds: Unclassified tells the engine nothing",
		check: func(b *bench) {
			id := b.create(b.sample())
			for _, op := range []instep.Op{
				{Action: instep.Update, Ref: b.ref(""), Fields: b.edit(b.text(81))},
				b.op(instep.Update, id, b.edit(instep.Int(5))),
				b.op(instep.Update, id, b.edit(instep.Reference(b.ref(id)))),
			} {
				err := b.write(op)[0].Err
				if _, ok := errors.AsType[*instep.Error](err); err != nil && (!ok || instep.KindOf(err) == instep.Unclassified) {
					b.Errorf("the error %q of an %s of %q is of no kind", err, op.Action, op.Ref.ID)
				}
			}
		},
	},
	{
		name: "writes tell no secrets", needs: []need{aSink, secrets},
		text: "no error of a write, and no log line, holds a secret",
		check: func(b *bench) {
			for _, trouble := range []func(){
				func() {},
				func() {
					if b.LoseReply != nil {
						b.LoseReply(true)
					}
				},
				func() {
					if b.Throttle != nil {
						b.Throttle()
					}
				},
			} {
				op := b.creates(b.sample())
				trouble()
				b.noSecret("an error of Write", b.write(op)[0].Err)
			}
			b.noSecretLogged()
		},
	},
}

// untrue says that a result is not what happened.
func untrue(i int, done bool, err error) string {
	if err == nil {
		return fmt.Sprintf("result %d has no error, and the record does not have what was to be written", i+1)
	}
	if done {
		return fmt.Sprintf("result %d says that it was not done, and it was: %v", i+1, err)
	}
	return fmt.Sprintf("result %d has an error, and nothing was wrong with that operation: %v", i+1, err)
}

// truthful expects that an update without an error was done, and one with an
// error that says so was not.
func (b *bench) truthful(ops []instep.Op, results []instep.Result) {
	b.sleep(min(b.traits.ReadLag, time.Second))
	surely := []instep.Kind{instep.Canceled, instep.RateLimited, instep.Unavailable}
	for i := range ops {
		rec := b.read(ops[i].Ref.ID)
		done, err := len(differ(ops[i].Fields, &rec)) == 0, results[i].Err
		if err == nil && !done || done && slices.Contains(surely, instep.KindOf(err)) {
			b.Errorf("%s", untrue(i, done, err))
		}
	}
}
