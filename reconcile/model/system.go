package model

import (
	"context"
	"strconv"

	"github.com/instep-go/instep"
)

// system is one side of the world as the engine meets it: a delta source that
// shows every write at once and tells deletions, a getter, a finder and a sink.
type system struct {
	lab  *lab
	side instep.Side
}

const entity = "thing"

func (y *system) Traits() instep.Traits {
	return instep.Traits{
		Entity: entity, System: y.side.String(),
		SeesDeletes: true, CanDelete: true, CanBar: true, Exact: true,
		MaxGet: 10, RequestLife: requestLife,
	}
}

func (y *system) ref(id int) instep.Ref {
	return instep.Ref{System: y.side.String(), Entity: entity, ID: strconv.Itoa(id)}
}

// show gives a record as the system tells it. What is hidden or gone has no
// fields.
func (y *system) show(r *record) instep.Record {
	out := instep.Record{Ref: y.ref(r.id)}
	switch r.status {
	case hidden:
		out.Status = instep.Hidden
	case gone:
		out.Status = instep.Deleted
	case barred:
		out.Status = instep.Inactive
		out.Fields = r.fields.toFields()
	default:
		out.Fields = r.fields.toFields()
	}
	return out
}

// Read gives everything from the empty cursor, and later what changed since.
func (y *system) Read(_ context.Context, from instep.Cursor) (instep.Page, error) {
	if err := y.lab.alive(); err != nil {
		return instep.Page{}, err
	}
	since := -1
	if from != "" {
		since, _ = strconv.Atoi(string(from))
	}
	w := y.lab.world
	page := instep.Page{Next: instep.Cursor(strconv.Itoa(w.last[y.side]))}
	for i := range w.sides[y.side] {
		r := &w.sides[y.side][i]
		if r.rev > since && (from != "" || r.here()) {
			page.Records = append(page.Records, y.show(r))
		}
	}
	if from == "" {
		page.Sweep = instep.Sweep{Complete: true, Total: len(page.Records)}
	}
	return y.lab.cut(y.side, from, page)
}

// Get reads records by their ids.
func (y *system) Get(_ context.Context, refs []instep.Ref) ([]instep.Record, error) {
	if err := y.lab.alive(); err != nil {
		return nil, err
	}
	out := make([]instep.Record, len(refs))
	for i, ref := range refs {
		id, _ := strconv.Atoi(ref.ID)
		if r := y.lab.world.find(y.side, id); r != nil {
			out[i] = y.show(r)
		} else {
			out[i] = instep.Record{Ref: ref, Status: instep.Missing}
		}
	}
	return out, nil
}

// Find finds the records that show themselves by a field.
func (y *system) Find(_ context.Context, field string, values []instep.Value) ([][]instep.Record, error) {
	if err := y.lab.alive(); err != nil {
		return nil, err
	}
	out := make([][]instep.Record, len(values))
	for i, v := range values {
		for j := range y.lab.world.sides[y.side] {
			r := &y.lab.world.sides[y.side][j]
			if r.open() && r.fields.toFields().Get(field) == v {
				out[i] = append(out[i], y.show(r))
			}
		}
	}
	return out, nil
}

// Write carries out operations, one a call.
func (y *system) Write(_ context.Context, ops []instep.Op) ([]instep.Result, error) {
	out := make([]instep.Result, len(ops))
	for i, op := range ops {
		if err := y.lab.alive(); err != nil {
			return nil, err
		}
		res, err := y.lab.send(y, op)
		if err != nil {
			return nil, err
		}
		out[i] = res
	}
	return out, nil
}
