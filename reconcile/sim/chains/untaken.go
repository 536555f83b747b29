package chains

import (
	"slices"
	"time"

	"github.com/instep-go/instep"
)

// spot is a field of a row, as one pair sees it.
type spot struct {
	e    *edge
	rule int
}

// beforehand is what stood in a field before it was written, and the change that
// the write was.
type beforehand struct {
	x   instep.Value
	seq int
	at  time.Time
}

// apart is how long after a write a list of everything may be taken for an older
// one, as it bears a time by another clock.
const apart = 30 * time.Minute

// unread takes down what stands in the fields of a row that are about to be
// written.
func (p *port) unread(r *row, fields instep.Fields) {
	for i, name := range p.fields {
		if at := (spot{p.e, i}); !fields.Get(name).IsAbsent() {
			r.blind[at] = beforehand{p.value(r, i), p.seq + 1, p.w.clk.now}
		}
	}
}

// list shows a row in a list.
func (p *port) list(k walk, x showing) instep.Record {
	if p.snapshot() {
		return p.showUntil(k.view.Add(-apart), x.r, x.s)
	}
	return p.show(x.r, x.s)
}

// show gives what the system tells of a row, and takes down which writes its
// reader can tell from it to have been carried out.
func (p *port) show(r *row, s *state) instep.Record { return p.showUntil(p.w.clk.now, r, s) }

// showUntil does so for writes until a moment: of later ones it tells nothing.
func (p *port) showUntil(until time.Time, r *row, s *state) instep.Record {
	rec := p.record(r, s)
	for i, name := range p.fields {
		at, x := spot{p.e, i}, rec.Fields.Get(name)
		if was, ok := r.blind[at]; ok && !x.IsAbsent() && x != was.x && s.seq >= was.seq && !was.at.After(until) {
			delete(r.blind, at)
		}
	}
	return rec
}

// untaken reports whether a field of a row looks to a pair as if the system had
// not taken what the pair wrote: no reply and no list has shown that, and what
// stood there before stands there again, written by another pair, be it in
// a record that this one has made anew under the same id. Such a difference is
// told, and left: see B5 of docs/design.md.
func (p *port) untaken(r *row, rule int) bool {
	return slices.ContainsFunc(p.rows, func(o *row) bool {
		was, ok := o.blind[spot{p.e, rule}]
		return ok && o.id == r.id && was.x == p.value(r, rule)
	})
}
