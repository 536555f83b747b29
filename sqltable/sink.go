package sqltable

import (
	"context"
	"errors"
	"time"

	"github.com/instep-go/instep"
)

// Write carries out the operations in one transaction, and each in one of its
// own if the database refuses one of them. A result holds the row as it was
// committed. Nothing that was sent is sent again: what is tried again, after a
// deadlock say, was rolled back by the database.
//
// An update without fields writes nothing. One of a row that is marked as
// deleted finds none. A deletion marks the row where Config.Deleted is set.
// Before the COMMIT, the end of ctx rolls back.
func (t *Table) Write(ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
	results := make([]instep.Result, len(ops))
	jobs := make([]job, 0, len(ops))
	for i := range ops {
		results[i].Ref = ops[i].Ref
		j, err := t.prepare(&ops[i], &results[i])
		if err != nil {
			results[i].Err = t.about(&ops[i], err)
			continue
		}
		jobs = append(jobs, j)
	}
	if len(jobs) == 0 {
		return results, nil
	}
	if twice(jobs) || !t.together(ctx, jobs) {
		t.apart(ctx, jobs)
	}
	return results, nil
}

// twice reports whether two operations are about one row.
func twice(jobs []job) bool {
	seen := map[raw]bool{}
	for i := range jobs {
		key := jobs[i].key
		if key != "" && seen[key] {
			return true
		}
		seen[key] = true
	}
	return false
}

// together carries out the jobs in one transaction. It returns false if that
// was refused because of some of them, and nothing was done.
func (t *Table) together(ctx context.Context, jobs []job) bool {
	err := t.attempt(ctx, jobs)
	if err == nil {
		return true
	}
	if len(jobs) > 1 && !concernsAll(err) {
		return false
	}
	for i := range jobs {
		jobs[i].fail(t, err)
	}
	return true
}

// apart carries out each job in a transaction of its own. What would meet the
// next as well ends it.
func (t *Table) apart(ctx context.Context, jobs []job) {
	for i := range jobs {
		t.together(ctx, jobs[i:i+1])
		err := jobs[i].res.Err
		if err == nil || !concernsAll(err) {
			continue
		}
		kind := instep.KindOf(err)
		if kind == instep.Lost {
			kind = instep.Unavailable
		}
		for k := i + 1; k < len(jobs); k++ {
			jobs[k].fail(t, &instep.Error{Kind: kind, Err: errNotSent})
		}
		return
	}
}

var errNotSent = errors.New("not sent")

// concernsAll reports whether an error is not about one row.
func concernsAll(err error) bool {
	switch instep.KindOf(err) {
	case instep.Invalid, instep.Duplicate, instep.Conflict, instep.NotFound, instep.Unclassified:
		return false
	default:
		return true
	}
}

// fail notes that a job was not done.
func (j *job) fail(t *Table, err error) {
	*j.res = instep.Result{Ref: j.op.Ref, Err: t.about(j.op, err)}
}

// about puts the operation and its record on an error.
func (t *Table) about(op *instep.Op, err error) error {
	e, ok := errors.AsType[*instep.Error](err)
	if !ok {
		return err
	}
	full := *e
	full.Op, full.Ref = "sqltable: "+op.Action.String()+" "+t.cfg.Entity, op.Ref
	return &full
}

// maxTries is how often a transaction is tried that the database gave up for
// the sake of another.
const maxTries = 3

// attempt carries out the jobs in one transaction. With an error nothing was
// done, unless its kind is Lost.
func (t *Table) attempt(ctx context.Context, jobs []job) error {
	for try := 1; ; try++ {
		err := t.transact(ctx, jobs)
		if err == nil {
			return nil
		}
		failure, ok := errors.AsType[*instep.Error](err)
		if !ok || failure.Kind == instep.Lost || try == maxTries || !passing(failure.Code) {
			return err
		}
		timer := time.NewTimer(time.Duration(try) * 10 * time.Millisecond)
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
	}
}

// transact carries out the jobs once. The statements do not end with ctx: a
// driver that is stopped in the middle closes its connection. It is looked at
// between them.
func (t *Table) transact(ctx context.Context, jobs []job) error {
	if ctx.Err() != nil {
		return canceled(ctx)
	}
	work, cancel := context.WithTimeout(context.WithoutCancel(ctx), t.cfg.Timeout)
	defer cancel()
	const op = "write"
	tx, err := t.d.begin(work, t.db)
	if err != nil {
		return t.failure(op, err)
	}
	if err := t.inside(ctx, work, tx, jobs); err != nil {
		tx.rollback(work)
		return notDone(t.failure(op, err))
	}
	if work.Err() != nil || ctx.Err() != nil {
		tx.rollback(work)
		return canceled(ctx)
	}
	if err := tx.commit(work); err != nil {
		failure, ok := errors.AsType[*instep.Error](t.failure(op, err))
		if !ok || !t.undone(failure.Code) {
			return &instep.Error{Kind: instep.Lost, Code: t.codeOf(err), Err: &quiet{"no answer to the COMMIT", err}}
		}
		return notDone(failure)
	}
	return nil
}

// notDone gives an error a kind that says that nothing was done, for a
// transaction that was surely rolled back.
func notDone(err error) error {
	e, ok := errors.AsType[*instep.Error](err)
	if !ok {
		return err
	}
	full := *e
	switch e.Kind {
	case instep.Unclassified:
		full.Kind = instep.Invalid
	case instep.Malformed:
		full.Kind = instep.Unavailable
	}
	return &full
}

// canceled says that nothing was done because the caller stopped, or that it
// took too long.
func canceled(ctx context.Context) error {
	if ctx.Err() == nil {
		return &instep.Error{Kind: instep.Unavailable, Err: context.DeadlineExceeded, Remedy: "try again later, or raise Config.Timeout"}
	}
	return &instep.Error{Kind: instep.Canceled, Err: context.Cause(ctx)}
}

// inside does everything between BEGIN and COMMIT.
func (t *Table) inside(ctx, work context.Context, tx transaction, jobs []job) error {
	var ids []string
	for i := range jobs {
		*jobs[i].res = instep.Result{Ref: jobs[i].op.Ref}
		if jobs[i].op.Action != instep.Create {
			ids = append(ids, jobs[i].op.Ref.ID)
		}
	}
	now, err := t.byID(work, tx, ids, t.d.lock())
	if err != nil {
		return err
	}
	clock, err := t.clock(work, tx, jobs)
	if err != nil {
		return err
	}
	for i := range jobs {
		if ctx.Err() != nil {
			return canceled(ctx)
		}
		stored, ok := now[jobs[i].op.Ref.ID]
		if !ok {
			stored.Status = instep.Missing
		}
		if err := t.carryOut(work, tx, &jobs[i], stored, clock); err != nil {
			return err
		}
	}
	return t.readBack(work, tx, jobs)
}

// clock asks for the database's time, if any of the jobs writes it.
func (t *Table) clock(ctx context.Context, tx transaction, jobs []job) (time.Time, error) {
	need := t.cfg.Change != nil && t.cfg.Change.Stamp
	for i := range jobs {
		need = need || jobs[i].flag != nil
	}
	if !need {
		return time.Time{}, nil
	}
	return t.d.clock(ctx, tx)
}

// readBack puts into the results what the transaction will have made of the
// rows, triggers included.
func (t *Table) readBack(ctx context.Context, tx transaction, jobs []job) error {
	var ids []string
	for i := range jobs {
		if jobs[i].res.Err == nil && jobs[i].op.Action != instep.Delete {
			ids = append(ids, jobs[i].res.Ref.ID)
		}
	}
	rows, err := t.byID(ctx, tx, ids, "")
	if err != nil {
		return err
	}
	for i := range jobs {
		res := jobs[i].res
		if rec, ok := rows[res.Ref.ID]; ok && res.Err == nil && jobs[i].op.Action != instep.Delete {
			res.After, res.Version = &rec, rec.Version
		}
	}
	return nil
}
