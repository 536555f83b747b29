package connectortest

import (
	"fmt"
	"slices"

	"github.com/instep-go/instep"
)

// makes has somebody make a record with the fields.
func (b *bench) makes(f instep.Fields) string {
	if b.Make == nil {
		return b.create(f)
	}
	id, err := b.Make(f)
	if err != nil {
		b.Fatalf("System.Make: %v", err)
	}
	b.made = append(b.made, id)
	return id
}

// fill has somebody make n records, and waits until a walk shows them.
func (b *bench) fill(n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = b.makes(b.sample())
	}
	b.shown(ids...)
	return ids
}

// shown waits until a walk over everything shows the records.
func (b *bench) shown(ids ...string) {
	if b.Source == nil {
		return
	}
	var w walked
	if _, ok := b.until(func() bool { w = b.everything(); return w.has(ids...) }); !ok {
		b.Fatalf("a walk over everything gives %q, though %q were made", w.ids(), ids)
	}
}

// edits has somebody give the edited field a value.
func (b *bench) edits(id string, v instep.Value) {
	if b.Edit == nil {
		b.update(id, b.edit(v))
		return
	}
	if err := b.Edit(id, b.edit(v)); err != nil {
		b.Fatalf("System.Edit: %v", err)
	}
}

// removes has somebody delete a record.
func (b *bench) removes(id string) {
	if b.Remove == nil {
		b.done(b.op(instep.Delete, id, instep.Fields{}))
		return
	}
	if err := b.Remove(id); err != nil {
		b.Fatalf("System.Remove: %v", err)
	}
}

// op returns an operation on a record that is there.
func (b *bench) op(a instep.Action, id string, f instep.Fields) instep.Op {
	op := instep.Op{Action: a, Ref: b.ref(id), Fields: f}
	if a == instep.Update && (b.traits.Replace || b.getter() != nil) {
		if rec := b.read(id); present(&rec) {
			op.Current = &rec
		}
	}
	return op
}

// creates returns the operation that makes a record, with an id where those
// are chosen.
func (b *bench) creates(f instep.Fields) instep.Op {
	op := instep.Op{Action: instep.Create, Ref: b.ref(""), Fields: f}
	if b.traits.ChosenID {
		op.Ref.ID = b.chosen(f)
	}
	return op
}

// chosen returns the id to choose for a record.
func (b *bench) chosen(f instep.Fields) string {
	if v := f.Get(b.IDField); !v.IsAbsent() {
		return v.String()
	}
	return fmt.Sprintf("kit-%d", b.n)
}

// write carries out operations, in as many calls as it takes.
func (b *bench) write(ops ...instep.Op) []instep.Result {
	var out []instep.Result
	for part := range slices.Chunk(ops, max(b.traits.MaxBatch, 1)) {
		results, err := b.Sink.Write(b.ctx(), part)
		if err != nil {
			results = make([]instep.Result, len(part))
			for i := range results {
				results[i].Err = err
			}
		}
		if len(results) != len(part) {
			b.Fatalf("Write of %d operations gives %d results", len(part), len(results))
		}
		out = append(out, results...)
	}
	for i := range out {
		if ops[i].Action == instep.Create && out[i].Err == nil && out[i].Ref.ID != "" {
			b.made = append(b.made, out[i].Ref.ID)
		}
	}
	return out
}

// done carries out an operation that must succeed.
func (b *bench) done(op instep.Op) instep.Result {
	r := b.write(op)[0]
	if r.Err != nil {
		b.Fatalf("%s %s with %s: %v", op.Action, op.Ref.ID, op.Fields, r.Err)
	}
	return r
}

// create makes a record by way of the sink.
func (b *bench) create(f instep.Fields) string {
	r := b.done(b.creates(f))
	if r.Ref.ID == "" {
		b.Fatalf("the result of a create has no id")
	}
	return r.Ref.ID
}

// update writes fields of a record by way of the sink.
func (b *bench) update(id string, f instep.Fields) instep.Result {
	return b.done(b.op(instep.Update, id, f))
}

// get reads records by their ids, in as many calls as it takes.
func (b *bench) get(ids ...string) []instep.Record {
	var out []instep.Record
	for part := range slices.Chunk(ids, max(b.traits.MaxGet, 1)) {
		refs := make([]instep.Ref, len(part))
		for i, id := range part {
			refs[i] = b.ref(id)
		}
		recs, err := b.getter().Get(b.ctx(), refs)
		if err != nil {
			b.Fatalf("Get of %q: %v", part, err)
		}
		if len(recs) != len(part) {
			b.Fatalf("Get of %d refs gives %d records", len(part), len(recs))
		}
		out = append(out, recs...)
	}
	return out
}

// read returns a record as it is now; status Missing if it is not there.
func (b *bench) read(id string) instep.Record {
	if b.getter() != nil {
		return b.get(id)[0]
	}
	w := b.everything()
	if rec, ok := w.recs[id]; ok {
		return rec
	}
	return instep.Record{Ref: b.ref(id), Status: instep.Missing}
}

// readUntil reads a record until it is as it should be, or for as long as the
// read lag allows, and returns the last that was read.
func (b *bench) readUntil(id string, good func(*instep.Record) bool) instep.Record {
	var rec instep.Record
	b.until(func() bool { rec = b.read(id); return good(&rec) })
	return rec
}

// present reports whether a record is there to be used or barred.
func present(rec *instep.Record) bool {
	return rec.Status == instep.Live || rec.Status == instep.Inactive
}

// gone reports whether a record is not there.
func gone(rec *instep.Record) bool {
	return rec.Status == instep.Deleted || rec.Status == instep.Missing
}

// same reports whether a value was kept: whole numbers may come back as
// decimals, and nothing as nothing of another kind.
func same(sent, got instep.Value) bool {
	if sent == got || sent.IsBlank() && got.IsBlank() {
		return true
	}
	a, ok := sent.AsDecimal()
	c, too := got.AsDecimal()
	return ok && too && a.Cmp(c) == 0
}

// differ returns the names of the fields of want that a record does not have,
// with what it has.
func differ(want instep.Fields, rec *instep.Record) []string {
	var out []string
	for name, v := range want.All() {
		if got := rec.Fields.Get(name); !same(v, got) {
			out = append(out, name+" is "+got.Type().String()+" "+got.String()+", want "+v.String())
		}
	}
	return out
}
