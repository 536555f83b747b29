package chains

import (
	"context"
	"time"

	"github.com/instep-go/instep"
)

// lateOp is a write that is carried out after its reply was given up on.
type lateOp struct {
	from *port
	op   instep.Op
	done bool
}

// Write carries out what it is asked for, or does not, or says so, or does not.
func (p *port) Write(_ context.Context, ops []instep.Op) ([]instep.Result, error) {
	if err := p.e.by.call("%s write", p.name); err != nil {
		return nil, err
	}
	if p.style == Serial && p.busy {
		p.e.by.hit(Occupied, "%s", p.name)
		return nil, &instep.Error{Kind: instep.RateLimited, Op: p.name, RetryAfter: time.Second}
	}
	was := p.busy
	p.busy = true
	defer func() { p.busy = was }()
	p.sent = p.w.clk.now
	out := make([]instep.Result, len(ops))
	for i := range ops {
		if ops[i].Expect != "" {
			p.w.meanwhile(p.e.by) // where versions are checked, others may come in between
		}
		p.w.log("  %s %s %s expect %q key %q token %q", ops[i].Action, ops[i].Ref.ID, ops[i].Fields, ops[i].Expect, ops[i].Key, ops[i].Token)
		p.settle(ops[i].Ref.ID, p.e)
		p.judge(&ops[i])
		round, announced := p.e.by.announced[ops[i].Key]
		p.again = ops[i].Key != "" && (p.tried[ops[i].Key] || announced && round < p.e.by.runs)
		p.tried[ops[i].Key] = true
		out[i] = p.attempt(ops[i])
		if p.again { // answered like the first, so that nobody knows when it was carried out
			p.e.by.doubt()
		}
		if p.e.by.dead {
			return nil, errKilled
		}
		p.w.log("  -> %s %s %v", out[i].Ref.ID, out[i].Version, out[i].Err)
	}
	return out, nil
}

// attempt is one write in good times and bad.
func (p *port) attempt(op instep.Op) instep.Result {
	w := p.w
	if w.calm {
		return p.do(op, false)
	}
	switch before, after := step(&p.e.by.death.write, p.e.by.death.after); {
	case before:
		p.e.by.die(KillBeforeSend, "%s", p.name)
		if w.rnd.IntN(3) == 0 {
			p.putOff(op)
		}
		return instep.Result{}
	case after:
		p.do(op, false)
		p.e.by.die(KillAfterSend, "%s", p.name)
		return instep.Result{}
	}
	switch w.rnd.IntN(36) {
	case 0:
		p.e.by.hit(LostBefore, "%s", p.name)
		return fail(p.name, instep.Lost)
	case 1:
		p.e.by.hit(LostAfter, "%s", p.name)
		p.do(op, false)
		p.e.by.doubt()
		return fail(p.name, instep.Lost)
	case 2:
		p.putOff(op)
		return fail(p.name, instep.Lost)
	case 3:
		p.e.by.hit(Throttled, "%s", p.name)
		return fail(p.name, instep.RateLimited)
	case 4:
		p.e.by.hit(Unreachable, "%s", p.name)
		return fail(p.name, instep.Unavailable)
	}
	res := p.do(op, false)
	if res.Err == nil && op.Action != instep.Delete && w.rnd.IntN(8) == 0 {
		w.editSoon(p.system, res.Ref.ID)
	}
	return res
}

func fail(system string, k instep.Kind) instep.Result {
	return instep.Result{Err: &instep.Error{Kind: k, Op: system}}
}

// putOff has a write be carried out within the life that the system declares
// for its requests.
func (p *port) putOff(op instep.Op) {
	if p.life == 0 {
		return
	}
	l := &lateOp{from: p, op: op}
	p.late = append(p.late, l)
	p.w.clk.after(time.Duration(p.w.rnd.Int64N(int64(p.life))), func() { l.carryOut() })
}

func (l *lateOp) carryOut() {
	if l.done {
		return
	}
	l.done = true
	defer l.from.e.by.doubt()
	if res := l.from.do(l.op, true); res.Err == nil {
		l.from.w.hit(LateCommit, "%s %s %s", l.from.name, l.op.Action, res.Ref.ID)
	}
}

// settle carries out what is late for a record before somebody else looks at it
// to write it, so that it does not fall between the two or upon what was
// written: that would be lost whatever an engine did, as long as the system does
// not check versions.
func (y *system) settle(id string, but *edge) {
	for _, l := range y.late {
		if !l.done && l.from.e != but && l.op.Action != instep.Create && l.op.Ref.ID == id {
			l.carryOut()
		}
	}
}

// do carries a write out.
func (p *port) do(op instep.Op, late bool) instep.Result {
	if op.Action == instep.Create {
		return p.create(op, late)
	}
	r := p.find(op.Ref.ID)
	switch {
	case r == nil || !r.live():
		return fail(p.name, instep.NotFound)
	case p.stale(r, &op):
		return fail(p.name, instep.Conflict)
	}
	switch op.Action {
	case instep.Delete:
		p.change(r, func(s *state) { s.status = instep.Deleted })
	case instep.Update:
		p.set(r, op)
	default:
		p.change(r, func(s *state) { s.status = instep.Inactive })
	}
	p.carriedOut(r)
	return p.reply(r)
}

// carriedOut counts a write (I7): after the last doing of a user a record is
// written at most twice a field for every pair on the longest way.
func (p *port) carriedOut(r *row) {
	w := p.w
	w.res.Events++
	p.written = w.clk.now
	r.writes++
	w.writes[p.n]++
	if most := 2 * len(p.fields) * w.hops; r.writes > most {
		w.violate("I7", "%s %s was written %d times since anybody did anything to it", p.name, r.id, r.writes)
	}
}

// stale reports whether an op expects a version that a row has no more.
func (p *port) stale(r *row, op *instep.Op) bool {
	return op.Expect != "" && p.versions && op.Expect != p.record(r, r.cur()).Version
}

func (p *port) create(op instep.Op, late bool) instep.Result {
	if r := p.keys[op.Key]; op.Key != "" && r != nil {
		return p.reply(r)
	}
	key := op.Fields.Get(p.fields[keyRule]).String()
	holder := p.rowOf(entityOf(key))
	taken := holder != nil && holder.live() && p.unique
	if taken || p.chosen && holder != nil && holder.cur().status != instep.Deleted {
		return fail(p.name, instep.Duplicate)
	}
	p.judgeMade(holder, key, late)
	r := p.add(entityOf(key), instep.Fields{})
	r.maker, r.token = p.e, op.Token
	p.set(r, op)
	r.hist = r.hist[1:]
	p.replaces(r)
	if op.Key != "" {
		p.keys[op.Key] = r
	}
	p.carriedOut(r)
	return p.reply(r)
}

// replaces puts what a record is made with above what earlier records of the
// thing held last: whoever made it anew has looked past them.
func (p *port) replaces(r *row) {
	for _, o := range p.rows {
		for i := range p.fields {
			if n := p.editAt(r, i); o.entity == r.entity && o != r && n > 0 {
				p.w.above(n, p.editAt(o, i))
			}
		}
	}
}

// set puts the values of an op into a row.
func (p *port) set(r *row, op instep.Op) {
	p.unread(r, op.Fields)
	p.change(r, func(s *state) {
		for name, x := range op.Fields.All() {
			s.fields = s.fields.With(name, p.keep(x))
		}
	})
	for i, name := range p.fields {
		x := op.Fields.Get(name)
		if x.IsAbsent() {
			continue
		}
		r.wrote[i] = append(r.wrote[i], x)
		r.given[i] = p.w.editOf(x)
		delete(r.doubt, spot{p.e, i})
		p.e.by.fields = append(p.e.by.fields, written{r, spot{p.e, i}})
		if kept := p.keep(x); kept != x && i != keyRule {
			p.bend(r, p.w.bent(x, kept))
		}
	}
}

// reply is what the system answers to a write that it carried out.
func (p *port) reply(r *row) instep.Result {
	rec := p.record(r, r.cur())
	res := instep.Result{Ref: rec.Ref, Version: rec.Version}
	if p.tells {
		res.At = p.w.clk.now.Add(p.skew)
	}
	if p.w.rnd.IntN(3) < p.after && r.live() {
		res.After = &rec
		p.readBack(r)
		p.show(r, r.cur())
	}
	return res
}
