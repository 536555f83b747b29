package connectortest

import (
	"github.com/instep-go/instep"
)

// updateRules are about edits by the sink.
var updateRules = []rule{
	{
		name: "an update leaves the rest", needs: []need{aSink, reads, updates},
		text: "an update sets the fields that it is given, and what is not in Op.Fields stays as it is: it may be somebody else's edit",
		check: func(b *bench) {
			f := b.sample()
			id := b.create(f)
			before := b.readUntil(id, present)
			b.update(id, b.edit(b.text(2)))
			now := b.holds(id, b.edit(b.text(2)))
			for name := range f.All() {
				if name != b.editField() && now.Fields.Get(name) != before.Fields.Get(name) {
					b.Errorf("%s was %q, and after an update of %s it is %q", name, before.Fields.Get(name), b.editField(), now.Fields.Get(name))
				}
			}
		},
	},
	{
		name: "an edit by others survives", needs: []need{aSink, reads, updates, edits, notReplace},
		text: "an update writes Op.Fields and not Op.Current: a field that somebody has edited since Current was read keeps the edit",
		check: func(b *bench) {
			f, other := b.sample(), b.sample()
			id := b.create(f)
			b.readUntil(id, present)
			for name, v := range other.All() {
				info := b.info(name)
				if name == b.editField() || info.Access&instep.CanUpdate == 0 || info.List != "" || v == f.Get(name) {
					continue
				}
				op := b.op(instep.Update, id, instep.NewFields(instep.Field{Name: name, Value: v}))
				b.edits(id, b.text(3))
				b.done(op)
				b.holds(id, b.edit(b.text(3)).With(name, v))
				return
			}
			b.stop(unseen, "the samples differ in no other field that can be updated")
		},
	},
	{
		name: "null empties", needs: []need{aSink, reads, updates},
		text: "a null value empties the field: it is how an emptied field is carried over",
		check: func(b *bench) {
			id := b.create(b.sample())
			b.update(id, b.edit(instep.Null()))
			b.holds(id, b.edit(instep.Null()))
		},
	},
	{
		name: "false and zero are values", needs: []need{aSink, reads, describe},
		text: "false and 0 are written like any other value: they are not nothing",
		check: func(b *bench) {
			f := b.sample()
			id := b.create(f)
			seen := false
			for _, info := range b.infos {
				zero := instep.NewFields(instep.Field{Name: info.Name, Value: zeroOf(info.Type)})
				if info.Access&(instep.CanUpdate|instep.CanRead) != instep.CanUpdate|instep.CanRead || zero.Len() == 0 || f.Get(info.Name).IsAbsent() {
					continue
				}
				seen = true
				b.update(id, zero)
				b.holds(id, zero)
			}
			if !seen {
				b.stop(unseen, "the samples have no truth value and no number that can be updated")
			}
		},
	},
	{
		name: "an update of nothing", needs: []need{aSink, reads, updates},
		text: "an update without fields succeeds and changes nothing",
		check: func(b *bench) {
			id := b.create(b.sample())
			before := b.readUntil(id, present)
			b.update(id, instep.Fields{})
			b.unchanged(&before)
		},
	},
	{
		name: "an update names its record", needs: []need{aSink, reads, updates},
		text: "the result of an update has the Ref of the record",
		check: func(b *bench) {
			id := b.create(b.sample())
			if r := b.update(id, b.edit(b.text(4))); r.Ref != b.ref(id) {
				b.Errorf("the ref is %q, want %q", r.Ref, b.ref(id))
			}
		},
	},
	{
		name: "an update by the same values", needs: []need{aSink, reads, updates},
		text: "an update with what the record has already succeeds, and changes nothing",
		check: func(b *bench) {
			f := b.sample()
			id := b.create(f)
			before := b.readUntil(id, present)
			b.update(id, b.edit(f.Get(b.editField())))
			b.unchanged(&before)
		},
	},
	{
		name: "a stale version", needs: []need{aSink, reads, updates, ifVersion},
		text: "with Traits.IfVersion a write with an Expect that the record has no more fails with kind Conflict and changes nothing: somebody else's edit would be overwritten",
		check: func(b *bench) {
			id := b.create(b.sample())
			stale := b.op(instep.Update, id, b.edit(b.text(5)))
			stale.Expect = b.readUntil(id, present).Version
			b.update(id, b.edit(b.text(6)))
			before := b.holds(id, b.edit(b.text(6)))
			b.wantKind("the update", b.write(stale)[0].Err, instep.Conflict)
			b.unchanged(&before)
		},
	},
	{
		name: "a version that still counts", needs: []need{aSink, reads, updates, ifVersion},
		text: "with Traits.IfVersion a write with the version that the record has succeeds, and Result.Version is the new one, or empty",
		check: func(b *bench) {
			id := b.create(b.sample())
			op := b.op(instep.Update, id, b.edit(b.text(7)))
			op.Expect = b.readUntil(id, present).Version
			r := b.done(op)
			rec := b.holds(id, b.edit(b.text(7)))
			if r.Version != "" && r.Version != rec.Version {
				b.Errorf("the result says version %q, a read %q", r.Version, rec.Version)
			}
		},
	},
	{
		name: "an update of what is not there", needs: []need{aSink, reads, updates},
		text: "an update of a record that is not there fails with kind NotFound and makes none: what was deleted must not come back by an edit",
		check: func(b *bench) {
			id := b.create(b.sample())
			op := b.op(instep.Update, id, b.edit(b.text(8)))
			op.Ref.ID = "999999999"
			b.wantKind("the update", b.write(op)[0].Err, instep.NotFound)
			if rec := b.read(op.Ref.ID); !gone(&rec) {
				b.Errorf("there is now a record %s, %s", rec.Ref, rec.Status)
			}
		},
	},
	{
		name: "an update of what was deleted", needs: []need{aSink, reads, updates, removes},
		text: "an update of a deleted record fails with kind NotFound and does not bring it back",
		check: func(b *bench) {
			id := b.create(b.sample())
			op := b.op(instep.Update, id, b.edit(b.text(9)))
			b.removes(id)
			b.wantKind("the update", b.write(op)[0].Err, instep.NotFound)
			if rec := b.read(id); !gone(&rec) {
				b.Errorf("the record is %s again", rec.Status)
			}
		},
	},
	{
		name: "own writes are read", needs: []need{aSink, aSource, updates},
		text: "the source gives what the sink has written like what anybody wrote: it does not hide it",
		check: func(b *bench) {
			id := b.create(b.sample())
			b.shown(id)
			next := b.everything().last.Next
			b.update(id, b.edit(b.text(10)))
			b.comes(next, id, b.text(10))
		},
	},
}

// endRules are about records that go.
var endRules = []rule{
	{
		name: "a delete", needs: []need{aSink, reads, canDelete},
		text: "with Traits.CanDelete a delete removes the record: without an error it counts as gone",
		check: func(b *bench) {
			id := b.create(b.sample())
			b.done(b.op(instep.Delete, id, instep.Fields{}))
			if rec := b.readUntil(id, gone); !gone(&rec) {
				b.Errorf("the delete gave no error, and the record is %s", rec.Status)
			}
		},
	},
	{
		name: "a delete of what is not there", needs: []need{aSink, canDelete},
		text: "a delete of a record that is not there, or not any more, fails with kind NotFound, which is as good as done",
		check: func(b *bench) {
			id := b.create(b.sample())
			b.done(b.op(instep.Delete, id, instep.Fields{}))
			for _, gone := range []string{id, "999999999"} {
				if err := b.write(b.op(instep.Delete, gone, instep.Fields{}))[0].Err; err != nil {
					b.wantKind("the delete of "+gone, err, instep.NotFound)
				}
			}
		},
	},
	{
		name: "no delete", needs: []need{aSink, reads, noDelete},
		text: "without Traits.CanDelete a delete fails with kind Unsupported and leaves the record: a result without an error would say that it is gone",
		check: func(b *bench) {
			id := b.create(b.sample())
			before := b.readUntil(id, present)
			b.wantKind("the delete", b.write(b.op(instep.Delete, id, instep.Fields{}))[0].Err, instep.Unsupported)
			b.unchanged(&before)
		},
	},
	{
		name: "a record is put out of use", needs: []need{aSink, reads, canBar},
		text: "with Traits.CanBar Deactivate gives the record the status Inactive",
		check: func(b *bench) {
			id := b.create(b.sample())
			b.done(b.op(instep.Deactivate, id, instep.Fields{}))
			barred := func(rec *instep.Record) bool { return rec.Status == instep.Inactive }
			if rec := b.readUntil(id, barred); !barred(&rec) {
				b.Errorf("Deactivate gave no error, and the record is %s", rec.Status)
			}
		},
	},
	{
		name: "what is out of use keeps its values", needs: []need{aSink, reads, canBar, updates},
		text: "Deactivate changes no value of the record",
		check: func(b *bench) {
			f := b.sample()
			id := b.create(f)
			before := b.readUntil(id, present)
			b.done(b.op(instep.Deactivate, id, instep.Fields{}))
			rec := b.readUntil(id, func(rec *instep.Record) bool { return rec.Status == instep.Inactive })
			for name, v := range f.All() {
				if v.Type() != instep.TypeBool && rec.Fields.Get(name) != before.Fields.Get(name) {
					b.Errorf("%s was %q and is %q", name, before.Fields.Get(name), rec.Fields.Get(name))
				}
			}
		},
	},
	{
		name: "no putting out of use", needs: []need{aSink, reads, noBar},
		text: "without Traits.CanBar Deactivate fails with kind Unsupported and leaves the record: a result without an error would say that it is out of use",
		check: func(b *bench) {
			id := b.create(b.sample())
			before := b.readUntil(id, present)
			b.wantKind("Deactivate", b.write(b.op(instep.Deactivate, id, instep.Fields{}))[0].Err, instep.Unsupported)
			b.unchanged(&before)
		},
	},
}

// holds waits until a record has the fields, and returns it.
func (b *bench) holds(id string, f instep.Fields) instep.Record {
	rec := b.readUntil(id, func(rec *instep.Record) bool { return len(differ(f, rec)) == 0 })
	for _, d := range differ(f, &rec) {
		b.Errorf("%s: %s", rec.Ref, d)
	}
	return rec
}
