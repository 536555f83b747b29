package connectortest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/instep-go/instep"
)

// instead is a desk that does something else where do says so.
func instead(do func(d *desk, op *instep.Op) (r instep.Result, done bool)) *wrong {
	return &wrong{instead: func(d *desk, ctx context.Context, op *instep.Op) (instep.Result, bool) {
		if ctx.Err() != nil || d.s.throttled || d.s.lose != nil || d.s.during != nil {
			return instep.Result{}, false
		}
		return do(d, op)
	}}
}

// instead.on is the wrong desk on a shelf of a kind.
func (w *wrong) on(kind func(s *shelf)) *wrong {
	w.with = kind
	return w
}

// altered is a desk that sends something else than it was given.
func altered(action instep.Action, change func(d *desk, op *instep.Op)) *wrong {
	return &wrong{op: func(d *desk, op *instep.Op) {
		if op.Action == action {
			change(d, op)
		}
	}}
}

// values replaces values of an update; absent ones are dropped.
func values(change func(name string, v instep.Value) instep.Value) *wrong {
	return altered(instep.Update, func(_ *desk, op *instep.Op) {
		for name, v := range op.Fields.All() {
			op.Fields = op.Fields.With(name, change(name, v))
		}
	})
}

// kinds is a desk that gives errors of an action another kind.
func kinds(action instep.Action, from, to instep.Kind) *wrong {
	return &wrong{result: func(_ *desk, op *instep.Op, r *instep.Result) {
		if op.Action == action && instep.KindOf(r.Err) == from {
			r.Err = refusal(to, "", "no")
		}
	}}
}

// chosen is the kind of shelf where ids are chosen.
func chosen(s *shelf) { s.traits.ChosenID, s.traits.IdempotencyKey = true, false }

func infoOf(name string) instep.FieldInfo {
	for _, info := range shelfInfos {
		if info.Name == name {
			return info
		}
	}
	return instep.FieldInfo{}
}

// createFaults are desks that create wrongly, by the one rule that each breaks.
var createFaults = map[string]*wrong{
	"a create tells its record": {result: func(_ *desk, op *instep.Op, r *instep.Result) {
		if op.Action == instep.Create {
			r.Ref.System = ""
		}
	}},
	"a create makes one record": {result: func(d *desk, op *instep.Op, r *instep.Result) {
		if op.Action == instep.Create && r.Err == nil {
			twin := instep.Op{Fields: op.Fields.With("code", instep.String(op.Fields.Get("code").String()+"b"))}
			_, _ = d.s.make(&twin)
		}
	}},
	"every field is created": altered(instep.Create, func(_ *desk, op *instep.Op) { op.Fields = op.Fields.With("stock", instep.Value{}) }),
	"a default is what it says": {describe: func(_ *desk, infos []instep.FieldInfo) []instep.FieldInfo {
		for i := range infos {
			if infos[i].Name == "colour" {
				infos[i].Default = instep.String("green")
			}
		}
		return infos
	}},
	"the least that is required": instead(func(_ *desk, op *instep.Op) (instep.Result, bool) {
		if op.Action == instep.Create && op.Fields.Get("group").IsAbsent() {
			return instep.Result{Err: refusal(instep.Invalid, "group", "is required")}, true
		}
		return instep.Result{}, false
	}),
	"a key is used once": altered(instep.Create, func(_ *desk, op *instep.Op) { op.Key = "" }),
	"a token is found":   altered(instep.Create, func(_ *desk, op *instep.Op) { op.Token = "" }),
	"an id that was chosen": altered(instep.Create, func(_ *desk, op *instep.Op) {
		op.Ref.ID = ""
	}).on(chosen),
	"an id that is taken": instead(func(d *desk, op *instep.Op) (instep.Result, bool) {
		it := d.s.find(op.Ref.ID)
		if op.Action != instep.Create || it == nil {
			return instep.Result{}, false
		}
		it.fields = merge(it.fields, op.Fields)
		return instep.Result{Ref: op.Ref}, true
	}).on(chosen),
	"a value that is taken": kinds(instep.Create, instep.Duplicate, instep.Invalid),
	"what was written is in the reply": {result: func(_ *desk, _ *instep.Op, r *instep.Result) {
		if r.After != nil {
			without(r.After, "serial")
		}
	}},

	"what is required is asked for": {result: func(_ *desk, op *instep.Op, r *instep.Result) {
		if e, ok := errors.AsType[*instep.Error](r.Err); ok && op.Action == instep.Create && e.Kind == instep.Invalid {
			e.Field = ""
		}
	}},
	"nothing is half made": {result: func(d *desk, op *instep.Op, r *instep.Result) {
		if op.Action == instep.Create && instep.KindOf(r.Err) == instep.Invalid {
			it := &item{id: "half", fields: op.Fields}
			d.s.items = append(d.s.items, it)
			d.s.touch(it)
		}
	}},
	"what is required stays": instead(func(d *desk, op *instep.Op) (instep.Result, bool) {
		if op.Action != instep.Update || op.Fields.Get("name") != instep.Null() {
			return instep.Result{}, false
		}
		d.s.find(op.Ref.ID).fields = merge(d.s.find(op.Ref.ID).fields, op.Fields)
		return instep.Result{Ref: op.Ref}, true
	}),
	"what cannot be written is refused": values(func(name string, v instep.Value) instep.Value {
		if name == "serial" || name == "token" {
			return instep.Value{}
		}
		return v
	}),
	"an unknown field is refused": {op: func(_ *desk, op *instep.Op) {
		op.Fields = op.Fields.With("no such field", instep.Value{})
	}},
	"a value of another type is refused": values(func(_ string, v instep.Value) instep.Value {
		if v.Type() == instep.TypeList {
			panic("a list")
		}
		return v
	}),
	"a name that is not in the list": values(func(name string, v instep.Value) instep.Value {
		known := slices.ContainsFunc(shelfGroups, func(it instep.Item) bool { return it.Name == v.String() })
		if name == "group" && v.Type() == instep.TypeString && !known {
			return instep.Value{}
		}
		return v
	}),
	"an unknown action": {op: func(_ *desk, op *instep.Op) {
		if op.Action > instep.Deactivate {
			op.Action = instep.Update
		}
	}},
	"errors keep values to themselves": {result: func(_ *desk, op *instep.Op, r *instep.Result) {
		if e, ok := errors.AsType[*instep.Error](r.Err); ok {
			e.Answer = op.Fields.String()
		}
	}},
}

// updateFaults are desks that update, delete and spoil values wrongly.
var updateFaults = map[string]*wrong{
	"an update leaves the rest": altered(instep.Update, func(d *desk, op *instep.Op) {
		it, note := d.s.find(op.Ref.ID), op.Fields.Get("note")
		if it != nil && !note.IsAbsent() && note != it.fields.Get("note") {
			op.Fields = op.Fields.With("colour", instep.String("blue"))
		}
	}),
	"an edit by others survives": altered(instep.Update, func(_ *desk, op *instep.Op) {
		if op.Current != nil {
			op.Fields = merge(op.Current.Fields.With("serial", instep.Value{}).With("token", instep.Value{}), op.Fields)
		}
	}),
	"null empties": values(func(name string, v instep.Value) instep.Value {
		if name == "note" && v == instep.Null() {
			return instep.Value{}
		}
		return v
	}),
	"false and zero are values": values(func(_ string, v instep.Value) instep.Value {
		if v == instep.Bool(false) || v == instep.Int(0) {
			return instep.Value{}
		}
		return v
	}),
	"an update of nothing": instead(func(_ *desk, op *instep.Op) (instep.Result, bool) {
		return instep.Result{Err: refusal(instep.Invalid, "", "nothing to do")}, op.Action == instep.Update && op.Fields.Len() == 0
	}),
	"an update names its record": {result: func(_ *desk, op *instep.Op, r *instep.Result) {
		if op.Action == instep.Update {
			r.Ref.System = ""
		}
	}},
	"an update by the same values": instead(func(d *desk, op *instep.Op) (instep.Result, bool) {
		it := d.s.find(op.Ref.ID)
		same := op.Action == instep.Update && it != nil && op.Fields.Len() > 0 && merge(it.fields, op.Fields).Equal(it.fields)
		return instep.Result{Err: refusal(instep.Conflict, "", "no row was changed")}, same
	}),
	"a stale version": altered(instep.Update, func(_ *desk, op *instep.Op) { op.Expect = "" }),
	"a version that still counts": {result: func(_ *desk, op *instep.Op, r *instep.Result) {
		if op.Expect != "" && r.Err == nil {
			r.Version = op.Expect
		}
	}},
	"an update of what is not there": {write: func(d *desk, ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
		results, err := d.write(ctx, ops)
		if len(ops) == 1 && ops[0].Action == instep.Update && instep.KindOf(results[0].Err) == instep.NotFound &&
			!slices.ContainsFunc(d.s.items, func(it *item) bool { return it.id == ops[0].Ref.ID }) {
			results[0].Err = refusal(instep.Invalid, "", "no such id")
		}
		return results, err
	}},
	"an update of what was deleted": altered(instep.Update, func(d *desk, op *instep.Op) {
		for _, it := range d.s.items {
			if it.id == op.Ref.ID {
				it.status = instep.Live
			}
		}
	}),
	"own writes are read": {page: func(d *desk, from instep.Cursor, p *instep.Page) {
		drop(p, func(rec *instep.Record) bool { return !cursorOf(from).All && d.item(rec.Ref.ID).desk })
	}},

	"a delete": instead(func(d *desk, op *instep.Op) (instep.Result, bool) {
		it := d.s.find(op.Ref.ID)
		if op.Action != instep.Delete || it == nil {
			return instep.Result{}, false
		}
		it.status = instep.Inactive
		return instep.Result{Ref: op.Ref}, true
	}),
	"a delete of what is not there": kinds(instep.Delete, instep.NotFound, instep.Invalid),
	"no delete": instead(func(_ *desk, op *instep.Op) (instep.Result, bool) {
		return instep.Result{Ref: op.Ref}, op.Action == instep.Delete
	}).on(func(s *shelf) { s.traits.CanDelete = false }),
	"a record is put out of use": instead(func(_ *desk, op *instep.Op) (instep.Result, bool) {
		return instep.Result{Ref: op.Ref}, op.Action == instep.Deactivate
	}),
	"what is out of use keeps its values": {result: func(d *desk, op *instep.Op, _ *instep.Result) {
		if it := d.s.find(op.Ref.ID); op.Action == instep.Deactivate && it != nil {
			it.fields = it.fields.With("note", instep.Null())
		}
	}},
	"no putting out of use": instead(func(_ *desk, op *instep.Op) (instep.Result, bool) {
		return instep.Result{Ref: op.Ref}, op.Action == instep.Deactivate
	}).on(func(s *shelf) { s.traits.CanBar = false }),

	"odd texts": values(func(_ string, v instep.Value) instep.Value {
		if s, ok := v.AsString(); ok {
			return instep.String(strings.TrimSpace(s))
		}
		return v
	}),
	"odd numbers": values(func(name string, v instep.Value) instep.Value {
		if d, ok := v.AsDecimal(); ok && name == "price" {
			return instep.Number(d.Round(4))
		}
		return v
	}),
	"letters survive": values(func(_ string, v instep.Value) instep.Value {
		if s, ok := v.AsString(); ok {
			return instep.String(strings.ReplaceAll(s, "Å", "A"))
		}
		return v
	}).on(func(s *shelf) { s.traits.Exact = false }),
	"texts as long as described": values(func(name string, v instep.Value) instep.Value {
		if s, ok := v.AsString(); ok && infoOf(name).MaxLen > 0 && utf8.RuneCountInString(s) == infoOf(name).MaxLen {
			return instep.String(s[:len(s)-len("x")-len(s)%2])
		}
		return v
	}),
	"texts longer than described": values(func(name string, v instep.Value) instep.Value {
		if s, ok := v.AsString(); ok && infoOf(name).MaxLen > 0 && len(s) == infoOf(name).MaxLen+1 {
			return instep.String(s[:infoOf(name).MaxLen])
		}
		return v
	}),
}

// writing is a desk whose Write goes wrong.
func writing(write func(d *desk, ctx context.Context, ops []instep.Op) ([]instep.Result, error)) *wrong {
	return &wrong{write: write}
}

// batchFaults are desks that go wrong with batches and in trouble.
var batchFaults = map[string]*wrong{
	"no operations": writing(func(d *desk, ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
		if len(ops) == 0 {
			return nil, refusal(instep.Config, "", "nothing to do")
		}
		return d.write(ctx, ops)
	}),
	"results are aligned": writing(func(d *desk, ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
		results, err := d.write(ctx, ops)
		if !slices.ContainsFunc(results, func(r instep.Result) bool { return r.Err != nil }) && len(ops) > 2 && ops[0].Action == instep.Update {
			slices.Reverse(results)
		}
		return results, err
	}),
	"as many as declared": {
		say: func(_ *desk, t *instep.Traits) { t.MaxBatch = 6 },
		write: func(d *desk, ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
			if len(ops) < 6 {
				return d.write(ctx, ops)
			}
			results, err := d.write(ctx, ops[:5])
			return append(results, results[4]), err
		},
	},
	"one bad among good": writing(func(d *desk, ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
		results := make([]instep.Result, len(ops))
		for i := range ops {
			r, err := d.write(ctx, ops[i:i+1])
			if err != nil {
				return nil, err
			}
			if results[i] = r[0]; instep.KindOf(r[0].Err) == instep.NotFound {
				break
			}
		}
		return results, nil
	}),
	"a new record and an old one": writing(func(d *desk, ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
		if slices.ContainsFunc(ops, func(op instep.Op) bool { return op.Action != ops[0].Action }) {
			return nil, refusal(instep.Unsupported, "", "one action at a time")
		}
		return d.write(ctx, ops)
	}),
	"operations are the caller's": writing(func(d *desk, ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
		results, err := d.write(ctx, ops)
		for i := range results {
			ops[i].Ref = results[i].Ref
		}
		return results, err
	}),
	"a Write that has ended before": writing(func(d *desk, ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
		if ctx.Err() != nil {
			return nil, refusal(instep.Unavailable, "", "the end")
		}
		return d.write(ctx, ops)
	}),
	"nothing is sent after the end": writing(func(d *desk, ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
		if ctx.Err() != nil {
			_, _ = d.write(context.WithoutCancel(ctx), ops)
		}
		return d.write(ctx, ops)
	}),
	"traits stay after writes": {
		op:  func(d *desk, _ *instep.Op) { d.n++ },
		say: func(d *desk, t *instep.Traits) { t.MaxInFlight = min(d.n, 1) },
	},

	"a create whose reply is lost": kinds(instep.Create, instep.Lost, instep.Unavailable),
	"a lost create is not repeated": (&wrong{result: func(d *desk, op *instep.Op, r *instep.Result) {
		if op.Action == instep.Create && instep.KindOf(r.Err) == instep.Lost {
			_, _ = d.s.make(op)
		}
	}}).on(func(s *shelf) { s.unique = false }),
	"an update whose reply is lost": kinds(instep.Update, instep.Lost, instep.Unavailable),
	"a delete whose reply is lost":  kinds(instep.Delete, instep.Lost, instep.Unavailable),
	"a throttled write":             kinds(instep.Create, instep.RateLimited, instep.RateLimited),
	"a throttled write is not done": {result: func(d *desk, op *instep.Op, r *instep.Result) {
		if op.Action == instep.Create && instep.KindOf(r.Err) == instep.RateLimited {
			_, _ = d.s.make(op)
		}
	}},
	"the rest of a throttled batch": writing(func(d *desk, ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
		results, err := d.write(ctx, ops)
		if len(ops) > 0 && instep.KindOf(results[0].Err) == instep.RateLimited {
			for i := range results {
				results[i].Err = results[0].Err
			}
		}
		return results, err
	}),
	"a Write that ends under way": writing(func(d *desk, ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
		if ctx.Err() != nil {
			return d.write(ctx, ops)
		}
		results, err := d.write(context.WithoutCancel(ctx), ops)
		for i := range results {
			if ctx.Err() != nil && i > 0 {
				results[i].Err = instep.Canceled
			}
		}
		return results, err
	}),
	"no goroutine is left by writes": {op: func(*desk, *instep.Op) { go time.Sleep(5 * time.Second) }},
	"refusals have a kind": {result: func(_ *desk, op *instep.Op, r *instep.Result) {
		if op.Ref.ID == "" && op.Action == instep.Update {
			r.Err = errors.New("no id")
		}
	}},
	"writes tell no secrets": {op: func(d *desk, _ *instep.Op) { d.log.WriteString("key " + shelfSecret) }},
}
