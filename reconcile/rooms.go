package reconcile

import "github.com/instep-go/instep"

// rooms are used again for one write call after the other: most of what a first
// load allocates would be that.
type rooms []*room

// room holds what belongs to a call for as long as that is under way.
type room struct {
	ops    []op
	fields []instep.Field
}

// take returns a room for calls of at most so many ops.
func (r *rooms) take(ops, rules int) *room {
	last := len(*r) - 1
	if last < 0 || len((*r)[last].ops) < ops {
		return &room{make([]op, ops), make([]instep.Field, 2*ops*rules)}
	}
	taken := (*r)[last]
	*r = (*r)[:last]
	return taken
}

// begin returns the ops of a call for works, each with space for as many fields
// as there are rules to read and to send.
func (r *room) begin(works []*work, target instep.Side, rules int) []*op {
	ops := make([]*op, len(works))
	part := func(i int) []instep.Field { return r.fields[i*rules : i*rules : (i+1)*rules] }
	for i, w := range works {
		r.ops[i] = op{w: w, target: target, room: part(2 * i), sent: sent{fields: part(2*i + 1)}}
		ops[i] = &r.ops[i]
	}
	return ops
}
