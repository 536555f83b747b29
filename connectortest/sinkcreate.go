package connectortest

import (
	"errors"
	"slices"

	"github.com/instep-go/instep"
)

// sinkRules are all rules of TestSink.
func sinkRules() []rule {
	return slices.Concat(createRules, refuseRules, updateRules, endRules, valueRules, batchRules, troubleRules)
}

// createRules are about new records.
var createRules = []rule{
	{
		name: "a create tells its record", needs: []need{aSink},
		text: "the result of a create has the whole Ref of the new record: System, Entity and the id that it is read by",
		check: func(b *bench) {
			r := b.done(b.creates(b.sample()))
			if r.Ref.System != b.traits.System || r.Ref.Entity != b.traits.Entity || r.Ref.ID == "" {
				b.Errorf("the ref is %q", r.Ref)
			}
		},
	},
	{
		name: "a create makes one record", needs: []need{aSink, aSource},
		text: "a create makes one record, and the source gives it",
		check: func(b *bench) {
			before := b.everything()
			id := b.create(b.sample())
			b.shown(id)
			if w := b.everything(); !b.live && len(w.recs) != len(before.recs)+1 {
				b.Errorf("there were %d records, and after a create there are %d", len(before.recs), len(w.recs))
			}
		},
	},
	{
		name: "every field is created", needs: []need{aSink, reads},
		text: "a create sets every field that it is given and that can be read: none is silently dropped",
		check: func(b *bench) {
			f := b.sample()
			id := b.create(f)
			rec := b.readUntil(id, func(rec *instep.Record) bool { return len(differ(b.readable(f), rec)) == 0 })
			for _, d := range differ(b.readable(f), &rec) {
				b.Errorf("after a create %s", d)
			}
		},
	},
	{
		name: "a default is what it says", needs: []need{aSink, reads, describe},
		text: "a create that gives no value for a field with FieldInfo.Default makes a record that has the default",
		check: func(b *bench) {
			f := b.sample()
			want := instep.Fields{}
			for _, info := range b.infos {
				if !info.Default.IsAbsent() && info.Access&instep.CanRead != 0 {
					f, want = f.With(info.Name, instep.Value{}), want.With(info.Name, info.Default)
				}
			}
			if want.Len() == 0 {
				b.stop(foreign, "no field has a default")
			}
			rec := b.readUntil(b.create(f), present)
			for _, d := range differ(want, &rec) {
				b.Errorf("created without a value, %s", d)
			}
		},
	},
	{
		name: "the least that is required", needs: []need{aSink, reads, describe},
		text: "a create with only the fields that are described as required succeeds",
		check: func(b *bench) {
			op := b.creates(b.sample())
			for name := range op.Fields.All() {
				if !b.info(name).Required {
					op.Fields = op.Fields.With(name, instep.Value{})
				}
			}
			if r := b.write(op)[0]; r.Err != nil {
				b.Errorf("a create with %s: %v", op.Fields, r.Err)
			}
		},
	},
	{
		name: "a key is used once", needs: []need{aSink, keyed},
		text: "with Traits.IdempotencyKey a second create with the same Key is answered like the first and makes nothing: the engine sends a create again where its reply was lost",
		check: func(b *bench) {
			op := b.creates(b.sample())
			op.Key = "k1" + op.Fields.At(0).Name
			first, again := b.done(op), b.done(op)
			if first.Ref != again.Ref {
				b.Errorf("the first create made %s, the second %s", first.Ref, again.Ref)
			}
			other := b.creates(b.sample())
			other.Key = op.Key + "2"
			if r := b.done(other); r.Ref == first.Ref {
				b.Errorf("a create with another key is answered with the same record")
			}
		},
	},
	{
		name: "a token is found", needs: []need{aSink, tokened, aFinder},
		text: "Op.Token is written into Traits.TokenField, and the record can be found by it at once",
		check: func(b *bench) {
			op := b.creates(b.sample())
			op.Token = "4f0c9a7be1d2536880aa17c2d49be0f3"
			id := b.done(op).Ref.ID
			b.sleep(b.traits.ReadLag)
			if got := idsOf(b.find(b.traits.TokenField, instep.String(op.Token))[0]); !slices.Equal(got, []string{id}) {
				b.Errorf("by the token %q are found, the create made %s", got, id)
			}
		},
	},
	{
		name: "an id that was chosen", needs: []need{aSink, chosenID, reads},
		text: "with Traits.ChosenID a create gives the record the id of Op.Ref: after a lost reply the engine looks for it under that id",
		check: func(b *bench) {
			op := b.creates(b.sample())
			if r := b.done(op); r.Ref.ID != op.Ref.ID {
				b.Errorf("%q was chosen, the record has %q", op.Ref.ID, r.Ref.ID)
			}
			if rec := b.readUntil(op.Ref.ID, present); !present(&rec) {
				b.Errorf("under the id that was chosen there is %s", rec.Status)
			}
		},
	},
	{
		name: "an id that is taken", needs: []need{aSink, chosenID, reads},
		text: "a create with an id that another record has fails with kind Duplicate and leaves that record as it is: it would overwrite somebody's record",
		check: func(b *bench) {
			op := b.creates(b.sample())
			b.done(op)
			before := b.readUntil(op.Ref.ID, present)
			op.Fields = b.sample().With(b.IDField, op.Fields.Get(b.IDField))
			b.wantKind("the second create", b.write(op)[0].Err, instep.Duplicate)
			b.unchanged(&before)
		},
	},
	{
		name: "a value that is taken", needs: []need{aSink, reads},
		text: "a create that is refused for a value that another record has fails with kind Duplicate and leaves that record as it is",
		check: func(b *bench) {
			f := b.sample()
			id := b.create(f)
			before := b.readUntil(id, present)
			r := b.write(b.creates(f))[0]
			if r.Err == nil {
				b.stop(foreign, "the system takes a second record with the same values")
			}
			b.wantKind("the second create", r.Err, instep.Duplicate)
			b.unchanged(&before)
		},
	},
	{
		name: "what was written is in the reply", needs: []need{aSink, reads},
		text: "Result.After, where it is given, is the record as the system now holds it, the same that is then read: what differs would pass for an edit",
		check: func(b *bench) {
			r := b.done(b.creates(b.sample()))
			if r.After == nil {
				b.stop(foreign, "replies do not show the record")
			}
			rec := b.readUntil(r.Ref.ID, present)
			if !rec.Fields.Equal(r.After.Fields) || rec.Ref != r.After.Ref || rec.Status != r.After.Status {
				b.Errorf("Result.After is %s %s, a read gives %s %s", r.After.Ref, r.After.Fields, rec.Ref, rec.Fields)
			}
		},
	},
}

// refuseRules are about what cannot be written.
var refuseRules = []rule{
	{
		name: "what is required is asked for", needs: []need{aSink, describe},
		text: "a create without a field that is described as required fails with kind Invalid and names the field: a person is told which one to fill in",
		check: func(b *bench) {
			f := b.sample()
			for _, info := range b.infos {
				if info.Required && !f.Get(info.Name).IsAbsent() && !b.isID(info.Name) {
					b.refused("a create without "+info.Name, b.creates(f.With(info.Name, instep.Value{})), info.Name, instep.Invalid)
				}
			}
		},
	},
	{
		name: "nothing is half made", needs: []need{aSink, aSource, describe, fresh},
		text: "a create that is refused makes nothing: the engine makes it again once it is mended, and there would be two",
		check: func(b *bench) {
			for _, info := range b.infos {
				f := b.sample()
				if !info.Required || f.Get(info.Name).IsAbsent() || b.isID(info.Name) {
					continue
				}
				if r := b.write(b.creates(f.With(info.Name, instep.Value{})))[0]; r.Err != nil {
					if w := b.everything(); len(w.recs) > 0 {
						b.Fatalf("a create without %s was refused and has made %q", info.Name, w.ids())
					}
				}
			}
		},
	},
	{
		name: "what is required stays", needs: []need{aSink, describe, reads, updates},
		text: "an update that would empty a field that is described as required fails with kind Invalid and names the field: a person is told which one to fill in",
		check: func(b *bench) {
			f := b.sample()
			id := b.create(f)
			for _, info := range b.infos {
				if info.Required && info.Access&instep.CanUpdate != 0 && !f.Get(info.Name).IsAbsent() {
					op := b.op(instep.Update, id, instep.NewFields(instep.Field{Name: info.Name, Value: instep.Null()}))
					b.refused("an update that empties "+info.Name, op, info.Name, instep.Invalid)
				}
			}
		},
	},
	{
		name: "what cannot be written is refused", needs: []need{aSink, describe, reads, updates},
		text: "an operation with a field that its action may not write fails with kind Config, Invalid or Unsupported, and names the field: it is never left out silently",
		check: func(b *bench) {
			f := b.sample()
			id := b.create(f)
			for _, info := range b.infos {
				v := valueOf(info.Type)
				if info.Access&instep.CanUpdate == 0 && !v.IsAbsent() {
					op := b.op(instep.Update, id, instep.NewFields(instep.Field{Name: info.Name, Value: v}))
					b.refused("an update of "+info.Name, op, info.Name, instep.Config, instep.Invalid, instep.Unsupported)
				}
			}
		},
	},
	{
		name: "an unknown field is refused", needs: []need{aSink, reads, updates},
		text: "an operation with a field that is not described fails with kind Config, Invalid or Unsupported, and names the field: left out silently, it would count as written",
		check: func(b *bench) {
			const name = "no such field"
			b.refused("a create", b.creates(b.sample().With(name, instep.String("x"))), name, instep.Config, instep.Invalid, instep.Unsupported)
			id := b.create(b.sample())
			op := b.op(instep.Update, id, instep.NewFields(instep.Field{Name: name, Value: instep.String("x")}))
			b.refused("an update", op, name, instep.Config, instep.Invalid, instep.Unsupported)
		},
	},
	{
		name: "a value of another type is refused", needs: []need{aSink, describe, reads, updates},
		text: "a value of a type that the field cannot take fails with kind Config or Invalid: it is neither guessed at nor a panic",
		check: func(b *bench) {
			id := b.create(b.sample())
			odd := instep.List(instep.Group(instep.NewFields(instep.Field{Name: "x", Value: instep.Bool(true)})))
			for _, info := range b.infos {
				if info.Access&instep.CanUpdate == 0 || info.Type == instep.TypeList || info.Type == instep.TypeGroup {
					continue
				}
				op := b.op(instep.Update, id, instep.NewFields(instep.Field{Name: info.Name, Value: odd}))
				b.wantKind("a list for "+info.Name, b.write(op)[0].Err, instep.Config, instep.Invalid)
			}
		},
	},
	{
		name: "a name that is not in the list", needs: []need{aSink, describe, reads, updates, aLister},
		text: "a name that is not in the code list of a field that is not Open is refused: it is not left out",
		check: func(b *bench) {
			id := b.create(b.sample())
			seen := false
			for _, info := range b.infos {
				if info.List == "" || info.Open || info.Access&instep.CanUpdate == 0 || info.Type != instep.TypeString {
					continue
				}
				seen = true
				op := b.op(instep.Update, id, instep.NewFields(instep.Field{Name: info.Name, Value: instep.String("No such entry 97")}))
				b.wantKind("an unknown name for "+info.Name, b.write(op)[0].Err, instep.Config, instep.Invalid, instep.NotFound, instep.Unsupported)
			}
			if !seen {
				b.stop(foreign, "no field holds names of a list that is closed")
			}
		},
	},
	{
		name: "an unknown action", needs: []need{aSink, reads},
		text: "an action that the sink does not know fails with kind Unsupported and does nothing: there may be more actions one day",
		check: func(b *bench) {
			id := b.create(b.sample())
			before := b.readUntil(id, present)
			op := b.op(instep.Action(99), id, b.edit(b.text(1)))
			b.wantKind("action 99", b.write(op)[0].Err, instep.Unsupported, instep.Config)
			b.unchanged(&before)
		},
	},
	{
		name: "errors keep values to themselves", needs: []need{aSink, reads, updates},
		text: "the text of an error does not hold the values that were to be written: they may be personal data, and errors are logged",
		check: func(b *bench) {
			f := b.sample()
			id := b.create(f)
			const private = "Zyxwvutsrq"
			fields := b.edit(instep.String(private))
			bad := fields.With("no such field", instep.String(private))
			for _, op := range []instep.Op{b.op(instep.Update, id, bad), b.creates(f.With(b.editField(), instep.String(private)).With("no such field", instep.Null())),
				{Action: instep.Update, Ref: b.ref("999999999"), Fields: fields, Current: b.op(instep.Update, id, fields).Current}} {
				r := b.write(op)[0]
				if r.Err != nil && containsFold(r.Err.Error(), private) {
					b.Errorf("a value is in the error %q", r.Err)
				}
			}
		},
	},
}

// isID reports whether a field is the id that a create chooses, and so given
// by Op.Ref too.
func (b *bench) isID(name string) bool { return b.traits.ChosenID && name == b.IDField }

// refused expects an operation to fail, and the error to name the field.
func (b *bench) refused(what string, op instep.Op, field string, kinds ...instep.Kind) {
	err := b.write(op)[0].Err
	b.wantKind(what, err, kinds...)
	if e, ok := errors.AsType[*instep.Error](err); ok && e.Field != field {
		b.Errorf("%s: the error names the field %q: %v", what, e.Field, err)
	}
}

// unchanged expects that a record is still as it was.
func (b *bench) unchanged(before *instep.Record) {
	b.pause()
	now := b.read(before.Ref.ID)
	if !now.Fields.Equal(before.Fields) || now.Status != before.Status {
		b.Errorf("%s was %s %s, and is now %s %s", before.Ref, before.Status, before.Fields, now.Status, now.Fields)
	}
}

// readable returns those fields that can be read.
func (b *bench) readable(f instep.Fields) instep.Fields {
	for name := range f.All() {
		if b.info(name).Access&instep.CanRead == 0 {
			f = f.With(name, instep.Value{})
		}
	}
	return f
}
