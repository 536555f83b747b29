package sqltable

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/instep-go/instep"
)

// set is a column with what it gets: a value, or an expression.
type set struct {
	column *dbColumn
	value  raw // empty: null
	expr   string
}

// job is an operation that was looked at, and what becomes of it.
type job struct {
	op   *instep.Op
	res  *instep.Result
	sets []set
	key  raw
	flag *flag // what the operation sets: deleted, or out of use
}

// prepare turns an operation into what is to be set. An error is for this
// operation alone, and nothing has been sent.
func (t *Table) prepare(op *instep.Op, res *instep.Result) (job, error) {
	j := job{op: op, res: res}
	if op.Action != instep.Create || t.cfg.Key.Chosen {
		key, ok := t.keyOf(op.Ref.ID)
		if !ok && op.Action == instep.Create {
			return j, &instep.Error{Kind: instep.Invalid, Err: errors.New("the id cannot be a key of the table"), Remedy: "give an id that the key column takes"}
		}
		if !ok {
			return j, &instep.Error{Kind: instep.NotFound, Err: errors.New("the id cannot be a key of the table")}
		}
		j.key = key
	}
	if op.Expect != "" && t.cfg.Version == nil && op.Action != instep.Create {
		return j, &instep.Error{Kind: instep.Unsupported, Err: errors.New("the table has no version to expect"), Remedy: "set Config.Version"}
	}
	switch op.Action {
	case instep.Create, instep.Update:
		return j, t.prepareFields(&j)
	case instep.Deactivate:
		if j.flag = t.plan.inactive; j.flag == nil {
			return j, &instep.Error{Kind: instep.Unsupported, Err: errors.New("nothing sets a row out of use"), Remedy: "set Config.Inactive"}
		}
	case instep.Delete:
		if j.flag = t.plan.deleted; j.flag == nil && !t.cfg.HardDelete {
			return j, &instep.Error{Kind: instep.Unsupported, Err: errors.New("rows are not to be deleted"), Remedy: "set Config.Deleted or Config.HardDelete"}
		}
	default:
		return j, &instep.Error{Kind: instep.Unsupported, Err: errors.New("unknown action")}
	}
	return j, nil
}

func (t *Table) prepareFields(j *job) error {
	create := j.op.Action == instep.Create
	need := instep.CanUpdate
	if create {
		need = instep.CanCreate
		if t.cfg.Key.Chosen {
			j.sets = append(j.sets, set{column: &t.plan.key, value: j.key})
		}
	}
	for name, v := range j.op.Fields.All() {
		f, ok := t.field(name)
		switch {
		case !ok || f.access(&t.cfg)&need == 0:
			return &instep.Error{Kind: instep.Invalid, Field: name, Err: errNoField}
		case create && f.Name == t.plan.key.name:
			if got, err := f.encode(v); err != nil || got != j.key {
				return &instep.Error{Kind: instep.Invalid, Field: name, Err: errors.New("it is the key, and not what the id is")}
			}
			continue
		case create && f.Field == t.cfg.Token:
			return &instep.Error{Kind: instep.Invalid, Field: name, Err: errors.New("it is for tokens alone")}
		}
		if err := j.set(f, v); err != nil {
			return err
		}
	}
	if !create {
		return nil
	}
	return t.fillIn(j)
}

func (j *job) set(f *field, v instep.Value) error {
	value, err := f.encode(v)
	if err != nil {
		return &instep.Error{Kind: instep.Invalid, Field: f.Field, Err: err}
	}
	j.sets = append(j.sets, set{column: &f.db, value: value})
	return nil
}

// fillIn adds what a new row gets that the operation does not say.
func (t *Table) fillIn(j *job) error {
	for i := range t.plan.fields {
		f := &t.plan.fields[i]
		var err error
		switch given := j.op.Fields.Get(f.Field); {
		case f.Field == t.cfg.Token && j.op.Token != "":
			err = j.set(f, instep.String(j.op.Token))
		case !given.IsAbsent(), f.Name == t.plan.key.name:
		case !f.Default.IsAbsent():
			err = j.set(f, f.Default)
		case f.db.notNull && !f.db.hasDef && !f.db.generated:
			err = &instep.Error{Kind: instep.Invalid, Field: f.Field, Err: errors.New("a new row needs it")}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// carryOut writes one operation within a transaction. now is the stored row;
// its status is Missing if there is none.
func (t *Table) carryOut(ctx context.Context, tx transaction, j *job, now instep.Record, clock time.Time) error {
	if j.op.Action == instep.Create {
		return t.insert(ctx, tx, j, clock)
	}
	switch {
	case now.Status == instep.Missing || now.Status == instep.Deleted:
		j.res.Err = t.about(j.op, &instep.Error{Kind: instep.NotFound, Err: errGone})
		return nil
	case j.op.Expect != "" && j.op.Expect != now.Version:
		j.res.Err = t.about(j.op, &instep.Error{Kind: instep.Conflict, Err: errVersion})
		return nil
	case j.op.Action == instep.Delete && j.flag == nil:
		return t.change(ctx, tx, j, "DELETE FROM "+t.table()+" WHERE "+quote(t.plan.key.name)+" = "+t.d.param(1, &t.plan.key), []any{t.d.arg(j.key)})
	case j.op.Action == instep.Update && len(j.sets) == 0:
		return nil
	}
	sets := j.sets
	if j.flag != nil {
		value, err := j.flag.value(clock)
		if err != nil {
			return &instep.Error{Kind: instep.Config, Field: j.flag.Column, Err: err, Remedy: "mend Flag.Set"}
		}
		sets = []set{{column: &j.flag.field.db, value: value}}
	}
	sets = append(sets, t.stamps(clock)...)
	if v := t.cfg.Version; v != nil && v.Bump {
		name := quote(v.Column)
		sets = append(sets, set{column: &dbColumn{name: v.Column}, expr: "coalesce(" + name + ", 0) + 1"})
	}
	var parts []string
	var args []any
	for _, s := range sets {
		expr := s.expr
		if expr == "" {
			args = append(args, t.bound(s.value))
			expr = t.d.param(len(args), s.column)
		}
		parts = append(parts, quote(s.column.name)+" = "+expr)
	}
	args = append(args, t.d.arg(j.key))
	return t.change(ctx, tx, j, fmt.Sprintf("UPDATE %s SET %s WHERE %s = %s",
		t.table(), strings.Join(parts, ", "), quote(t.plan.key.name), t.d.param(len(args), &t.plan.key)), args)
}

var (
	errGone    = errors.New("the row is not there, or is marked as deleted")
	errVersion = errors.New("the row has another version")
	errNotDone = errors.New("the database did not take the write, though it refused nothing")
)

// bound is a value for a placeholder.
func (t *Table) bound(r raw) any {
	if r == "" {
		return nil
	}
	return t.d.arg(r)
}

// stamps sets the change column, where that is ours to do.
func (t *Table) stamps(clock time.Time) []set {
	if t.cfg.Change == nil || !t.cfg.Change.Stamp {
		return nil
	}
	f := t.plan.change
	value := f.encodeTime(clock)
	if f.Type == instep.TypeDate {
		value = raw("s" + clock.In(f.zone).Format(time.DateOnly))
	}
	return []set{{column: &f.db, value: value}}
}

// change runs a statement that must write exactly one row. A trigger or a
// policy may keep it from doing so.
func (t *Table) change(ctx context.Context, tx transaction, j *job, query string, args []any) error {
	done, err := tx.ExecContext(ctx, query, args...)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err == nil && n != 1 {
		j.res.Err = t.about(j.op, &instep.Error{Kind: instep.Invalid, Err: errNotDone, Remedy: "look at the triggers and policies of the table"})
	}
	return nil
}

func (t *Table) insert(ctx context.Context, tx transaction, j *job, clock time.Time) error {
	sets := append(j.sets, t.stamps(clock)...)
	var names, parts []string
	var args []any
	for _, s := range sets {
		args = append(args, t.bound(s.value))
		names, parts = append(names, quote(s.column.name)), append(parts, t.d.param(len(args), s.column))
	}
	values := fmt.Sprintf("(%s) VALUES (%s)", strings.Join(names, ", "), strings.Join(parts, ", "))
	if len(sets) == 0 {
		values = "DEFAULT VALUES"
	}
	id := ""
	query := fmt.Sprintf("INSERT INTO %s %s RETURNING CAST(%s AS text)", t.table(), values, quote(t.plan.key.name))
	err := scanAll(ctx, tx, query, args, func(scan func(...any) error) error { return scan(&id) })
	if err != nil {
		return err
	}
	if id == "" {
		j.res.Err = t.about(j.op, &instep.Error{Kind: instep.Invalid, Err: errNotDone, Remedy: "look at the triggers, policies and the default of the key"})
		return nil
	}
	j.res.Ref = t.ref(id)
	return nil
}
