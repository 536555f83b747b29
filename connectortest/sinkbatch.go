package connectortest

import (
	"slices"

	"github.com/instep-go/instep"
)

// batchRules are about several operations at once.
var batchRules = []rule{
	{
		name: "no operations", needs: []need{aSink},
		text: "Write without operations returns no results and no error",
		check: func(b *bench) {
			if results, err := b.Sink.Write(b.ctx(), nil); err != nil || len(results) > 0 {
				b.Errorf("got %d results and error %v", len(results), err)
			}
		},
	},
	{
		name: "results are aligned", needs: []need{aSink, reads, updates},
		text: "Write returns one result for each operation, in the order of the operations: it is by its place that the engine knows which record was written",
		check: func(b *bench) {
			n := min(max(b.traits.MaxBatch, 1), 4)
			var ops []instep.Op
			for i := range n {
				id := b.create(b.sample())
				ops = append(ops, b.op(instep.Update, id, b.edit(b.text(20+i))))
			}
			slices.Reverse(ops)
			results, err := b.Sink.Write(b.ctx(), ops)
			if err != nil || len(results) != n {
				b.Fatalf("%d operations give %d results and error %v", n, len(results), err)
			}
			for i := range results {
				if results[i].Err != nil || results[i].Ref.ID != ops[i].Ref.ID {
					b.Errorf("result %d is of %s, the operation of %s: %v", i, results[i].Ref, ops[i].Ref, results[i].Err)
				}
			}
		},
	},
	{
		name: "as many as declared", needs: []need{aSink, reads, batches},
		text: "Write takes as many operations as Traits.MaxBatch says, and does each of them",
		check: func(b *bench) {
			ops := make([]instep.Op, min(b.traits.MaxBatch, 50))
			for i := range ops {
				ops[i] = b.creates(b.sample())
			}
			seen := map[string]bool{}
			for i, r := range b.write(ops...) {
				if r.Err != nil || seen[r.Ref.ID] {
					b.Fatalf("operation %d of %d: %s %v", i+1, len(ops), r.Ref, r.Err)
				}
				seen[r.Ref.ID] = true
				if rec := b.readUntil(r.Ref.ID, present); !present(&rec) || len(differ(b.keyOf(ops[i].Fields), &rec)) > 0 {
					b.Errorf("record %d of %d, %s, is %s %s", i+1, len(ops), rec.Ref, rec.Status, rec.Fields)
				}
			}
		},
	},
	{
		name: "one bad among good", needs: []need{aSink, reads, updates, batches},
		text: "an operation that fails does not make others pass for done, or for failed: a batch says of each what became of it, or is refused as a whole and does nothing",
		check: func(b *bench) {
			ids := []string{b.create(b.sample()), b.create(b.sample()), b.create(b.sample())}
			var ops []instep.Op
			for i, id := range ids {
				ops = append(ops, b.op(instep.Update, id, b.edit(b.text(30+i))))
			}
			n := min(b.traits.MaxBatch, len(ops))
			ops[(n-1)/2].Ref.ID = "999999999"
			results, err := b.Sink.Write(b.ctx(), ops[:n])
			b.judgeBatch(ids, ops[:n], results, err)
		},
	},
	{
		name: "a new record and an old one", needs: []need{aSink, reads, updates, batches},
		text: "operations of several kinds may be in one Write, and each does what it would do alone",
		check: func(b *bench) {
			id := b.create(b.sample())
			ops := []instep.Op{b.op(instep.Update, id, b.edit(b.text(40))), b.creates(b.sample())}
			for i, r := range b.write(ops...) {
				if r.Err != nil {
					b.Errorf("the %s: %v", ops[i].Action, r.Err)
				}
			}
			b.holds(id, ops[0].Fields)
		},
	},
	{
		name: "operations are the caller's", needs: []need{aSink, reads, updates},
		text: "Write changes nothing in the operations that it is given: the engine goes on using them",
		check: func(b *bench) {
			id := b.create(b.sample())
			ops := []instep.Op{b.creates(b.sample()), b.op(instep.Update, id, b.edit(b.text(41)))}
			kept := slices.Clone(ops)
			var current instep.Record
			if ops[1].Current != nil {
				current = *ops[1].Current
			}
			for i := range ops {
				results, _ := b.Sink.Write(b.ctx(), ops[i:i+1])
				for _, r := range results {
					b.made = append(b.made, r.Ref.ID)
				}
				if ops[i].Ref != kept[i].Ref || ops[i].Action != kept[i].Action || !ops[i].Fields.Equal(kept[i].Fields) || ops[i].Current != kept[i].Current {
					b.Errorf("the %s was %s %s and is %s %s", kept[i].Action, kept[i].Ref, kept[i].Fields, ops[i].Ref, ops[i].Fields)
				}
			}
			if c := ops[1].Current; c != nil && (!c.Fields.Equal(current.Fields) || c.Ref != current.Ref) {
				b.Errorf("Current was %s and is %s", current.Fields, c.Fields)
			}
		},
	},
	{
		name: "a Write that has ended before", needs: []need{aSink},
		text: "with a context that has ended each operation is marked Canceled: what has another error counts as tried",
		check: func(b *bench) {
			results, err := b.Sink.Write(b.dead(), []instep.Op{b.creates(b.sample())})
			if err == nil && len(results) == 1 {
				err = results[0].Err
			}
			b.wantKind("the create", err, instep.Canceled)
		},
	},
	{
		name: "nothing is sent after the end", needs: []need{aSink, aSource, fresh},
		text: "with a context that has ended nothing is written",
		check: func(b *bench) {
			_, _ = b.Sink.Write(b.dead(), []instep.Op{b.creates(b.sample())})
			if w := b.everything(); len(w.recs) > 0 {
				b.Errorf("there are the records %q", w.ids())
			}
		},
	},
	{
		name: "traits stay after writes", needs: []need{aSink},
		text: "the traits do not change with what is written",
		check: func(b *bench) {
			b.create(b.sample())
			if now := b.readTraits(); now != b.traits {
				b.Errorf("the traits were %+v and are %+v", b.traits, now)
			}
		},
	},
}

// judgeBatch expects that what a batch says of its updates is true.
func (b *bench) judgeBatch(ids []string, ops []instep.Op, results []instep.Result, err error) {
	b.pause()
	if err != nil {
		b.wantKind("the batch", err, instep.NotFound, instep.Invalid)
		results = make([]instep.Result, len(ops))
		for i := range results {
			results[i].Err = err
		}
	}
	if len(results) != len(ops) {
		b.Fatalf("%d operations give %d results", len(ops), len(results))
	}
	for i, op := range ops {
		if op.Ref.ID != ids[i] {
			b.wantKind("the operation on what is not there", results[i].Err, instep.NotFound)
			continue
		}
		rec := b.read(op.Ref.ID)
		if done := len(differ(op.Fields, &rec)) == 0; done != (results[i].Err == nil) || err == nil && !done {
			b.Errorf("%s", untrue(i, done, results[i].Err))
		}
	}
}

// keyOf returns the fields by which a record can be told from others.
func (b *bench) keyOf(f instep.Fields) instep.Fields {
	var out instep.Fields
	for _, name := range b.FindBy {
		out = out.With(name, f.Get(name))
	}
	return out
}
