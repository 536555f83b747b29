package sim

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/instep-go/instep"
)

// lateOp is a write that is carried out after its reply was given up on.
type lateOp struct {
	op   instep.Op
	done bool
}

// Write carries out what it is asked for, or does not, or says so, or does
// not.
func (g register) Write(_ context.Context, ops []instep.Op) ([]instep.Result, error) {
	v := g.v
	w := v.w
	if err := cmp.Or(w.send("%s write", v.name), w.writesOvertaken(v.name)); err != nil {
		return nil, err
	}
	w.store.send() // before the next, after which nothing is about to be sent
	w.store.beforeAsking(v.side, nil)
	v.odd.calls++
	if v.rights.writes {
		w.store.notDone()
		return v.refusedAll(len(ops))
	}
	out := make([]instep.Result, len(ops))
	w.asked += len(ops)
	if !w.store.sending { // a request of an earlier run, once more
		w.again += len(ops)
	}
	short := len(ops) > 1 && w.chance(ShortReply, 6)
	for i := range ops {
		if w.stop.stopped {
			w.store.unsent(len(ops) - i)
			return append(out[:i], slices.Repeat([]instep.Result{w.stop.unsent()}, len(ops)-i)...), nil
		}
		w.log("  %s %s %s expect %q key %q token %q", ops[i].Action, ops[i].Ref.ID, ops[i].Fields, ops[i].Expect, ops[i].Key, ops[i].Token)
		w.judge(v, &ops[i])
		v.writesWithoutState(&ops[i])
		v.checkKey(&ops[i])
		w.caution.note(v, &ops[i])
		v.tried[ops[i].Key] = true
		if w.writes != nil {
			w.writes = append(w.writes, fmt.Sprint(v.name, " ", ops[i].Action, " ", ops[i].Fields))
		}
		if short && i == len(ops)-1 {
			w.came(ShortReply, "%s", v.name)
			break
		}
		out[i] = v.attempt(ops[i])
		if w.dead {
			w.log("  died")
			return nil, errKilled
		}
		w.log("  -> %s %s %v", out[i].Ref.ID, out[i].Version, out[i].Err)
		w.stop.written(w)
		if !short {
			w.answeredWrite(pairName, v.side, &ops[i], &out[i])
			v.repliedKey(&ops[i], &out[i])
			v.confirm(&ops[i], &out[i])
		}
	}
	if short {
		return out[:len(ops)-1], nil
	}
	w.store.answeredCall(v.side, out)
	return out, nil
}

// attempt is one write in good times and bad.
func (v *vendor) attempt(op instep.Op) instep.Result {
	w := v.w
	if w.small != nil {
		return v.scripted(op)
	}
	if res, odd := v.oddly(op); odd {
		return res
	}
	if w.calm {
		return v.doOrDie(op)
	}
	switch before, after := w.death.send(); {
	case before:
		w.die(KillBeforeSend, "%s", v.name)
		if w.rnd.IntN(3) == 0 {
			v.putOff(op)
		}
		w.stranger(v, op)
		return instep.Result{}
	case after:
		v.do(op)
		w.die(KillAfterSend, "%s", v.name)
		return instep.Result{}
	}
	switch w.rnd.IntN(36) {
	case 0:
		w.hit(LostBefore, "%s", v.name)
		w.stranger(v, op)
		return v.fail(instep.Lost)
	case 1:
		w.hit(LostAfter, "%s", v.name)
		v.do(op)
		return v.fail(instep.Lost)
	case 2:
		v.putOff(op)
		return v.fail(instep.Lost)
	case 3:
		w.hit(Throttled, "%s", v.name)
		return instep.Result{Err: &instep.Error{Kind: instep.RateLimited, Op: v.name, RetryAfter: 30 * time.Second}}
	case 4:
		w.hit(Unreachable, "%s", v.name)
		return v.fail(instep.Unavailable)
	}
	if v.versions && op.Action == instep.Update && w.rnd.IntN(12) == 0 {
		w.editBetween(v, op.Ref.ID)
	}
	res := v.do(op)
	v.editAtOnce(&op, &res)
	if res.Err == nil && op.Action != instep.Delete && w.rnd.IntN(8) == 0 {
		w.editSoon(v, res.Ref.ID)
	}
	return res
}

// doOrDie carries a write out where nothing fails, unless the process dies
// before or after it.
func (v *vendor) doOrDie(op instep.Op) (res instep.Result) {
	if v.w.diesHere() {
		return res
	}
	res = v.do(op)
	v.w.diesHere()
	return res
}

// scripted is a write of a small world.
func (v *vendor) scripted(op instep.Op) (res instep.Result) {
	carryOut, lose, die := v.w.small.fate(v, &op)
	if carryOut {
		res = v.do(op)
	}
	if die {
		v.w.dead = true
	}
	if lose {
		return v.fail(instep.Lost)
	}
	return res
}

func (v *vendor) fail(k instep.Kind) instep.Result {
	return instep.Result{Err: &instep.Error{Kind: k, Op: v.name}}
}

// putOff has a write be carried out within the life that the system declares
// for its requests.
func (v *vendor) putOff(op instep.Op) {
	if v.life == 0 {
		return
	}
	l := &lateOp{op: op}
	v.late = append(v.late, l)
	v.w.clk.after(time.Duration(v.w.rnd.Int64N(int64(v.life))), func() { v.doLate(l) })
}

func (v *vendor) doLate(l *lateOp) {
	if l.done {
		return
	}
	l.done = true
	res := v.do(l.op)
	if res.Err == nil {
		v.w.hit(LateCommit, "%s %s %s", v.name, l.op.Action, res.Ref.ID)
	}
}

// settle carries out what is late for a record, so that it does not fall upon
// what a user is about to do: that would be lost whatever the engine did.
func (v *vendor) settle(id string) {
	for _, l := range v.late {
		if !l.done && l.op.Action != instep.Create && l.op.Ref.ID == id {
			v.doLate(l)
		}
	}
}

// do carries a write out.
func (v *vendor) do(op instep.Op) instep.Result {
	if op.Action == instep.Create {
		return v.create(op)
	}
	r := v.find(op.Ref.ID)
	switch {
	case r == nil || !r.live():
		return v.fail(instep.NotFound)
	case v.stale(r, &op):
		return v.fail(instep.Conflict)
	case v.w.poisoned(v, r):
		v.w.hit(Refused, "%s %s", v.name, op.Ref.ID)
		if op.Action != instep.Update {
			v.w.refusals++
		}
		return v.refusal(&op)
	}
	v.w.res.Events++
	switch op.Action {
	case instep.Delete:
		v.change(r, func(s *state) { s.status = instep.Deleted })
	case instep.Update:
		v.set(r, op)
	default:
		v.change(r, func(s *state) { s.status = instep.Inactive })
	}
	return v.reply(r)
}

// stale reports whether an op expects a version that a row has no more.
func (v *vendor) stale(r *row, op *instep.Op) bool {
	return op.Expect != "" && v.versions && op.Expect != v.record(r, r.cur()).Version
}

func (v *vendor) create(op instep.Op) instep.Result {
	w := v.w
	if r := v.keys[op.Key]; op.Key != "" && r != nil && w.clk.now.Sub(v.keyAt[op.Key]) < v.keyLife {
		return v.reply(r)
	}
	key := op.Fields.Get(v.fields[0]).String()
	id := ""
	if v.chosen {
		id = cmp.Or(op.Ref.ID, key)
	}
	r := v.find(id)
	switch {
	case v.chosen && r != nil && r.cur().status != instep.Deleted, v.unique && len(v.holds(key)) > 0:
		return v.fail(instep.Duplicate)
	case w.poisonedKey(v, key):
		w.hit(Refused, "%s %s", v.name, key)
		return v.refusal(&op)
	}
	w.res.Events++
	r = v.add(id, w.ownSourceOf(v.side.Other(), key), instep.Fields{})
	r.engine, r.token = true, op.Token
	v.set(r, op)
	r.hist = r.hist[1:]
	v.fill(r)
	if op.Key != "" {
		v.keys[op.Key], v.keyAt[op.Key] = r, w.clk.now
	}
	return v.reply(r)
}

// set puts the values of an op into a row.
func (v *vendor) set(r *row, op instep.Op) {
	v.change(r, func(s *state) {
		for name, x := range op.Fields.All() {
			s.fields = s.fields.With(name, v.store(x))
		}
	})
	for i, name := range v.fields {
		if x := op.Fields.Get(name); !x.IsAbsent() {
			r.from[i] = origin{carried: true, bent: v.store(x) != x}
			r.sent[i] = append(r.sent[i], x)
		}
	}
	r.wroteIn, r.heard, r.unread, r.astray = v.w.round, false, op.Action == instep.Update, false
	v.w.owns(v.side, v.key(r), r.entity)
	v.w.carried(v, r, op)
	if v.odd.robot != nil && op.Action == instep.Update {
		v.odd.robot(r)
	}
}

// reply is what the system answers to a write that it carried out.
func (v *vendor) reply(r *row) instep.Result {
	rec := v.record(r, r.cur())
	res := instep.Result{Ref: rec.Ref, Version: rec.Version}
	if v.tells {
		res.At = v.clock()
	}
	if v.after > 0 && v.w.rnd.IntN(3) < v.after && r.live() {
		rec = v.see(r, r.cur())
		res.After = &rec
	}
	return res
}

// confirm notes what the engine was told that it has written.
func (v *vendor) confirm(op *instep.Op, res *instep.Result) {
	if res.Err != nil {
		return
	}
	r := v.find(res.Ref.ID)
	if r == nil {
		return
	}
	v.writtenAt, r.heard = v.w.clk.now, true
	if r.last != nil {
		r.last.stands = false
	}
	for i, name := range v.fields {
		if !op.Fields.Get(name).IsAbsent() {
			r.confirmed[i] = len(r.hist) - 1
		}
	}
}
