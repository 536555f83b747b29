package sim

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

const (
	groupPair  = "groups"
	groupField = "group"
	groupRule  = 4 // its place among the rules of the products
)

// group is a group of products, as one system has it. Groups are made at home,
// on the side whose values stand first, under ids that people choose.
type group struct {
	code, id, name string
	status         instep.Status
	seq            int
	at             time.Time // when it last changed
	deleted        bool      // it was, once
}

func (g *group) there() bool { return g.status == instep.Live || g.status == instep.Inactive }

// groups is the second pair of some worlds: what products refer to.
type groups struct {
	w       *world
	home    instep.Side
	side    [2]*groupRegister
	pair    reconcile.Pair
	asked   []string               // codes that products refer to and nobody has made
	blocked map[instep.LinkID]bool // products that were found waiting
	later   bool                   // products may be created without
	refs    bool                   // the other system says what it refers to as a reference
}

// groupRegister is the groups of one system.
type groupRegister struct {
	in          *groups
	side        instep.Side
	rows        []*group
	seq, next   int
	seesDeletes bool
	life        time.Duration
}

// addGroups gives a world its groups, and its products a field that refers to
// them.
func (w *world) addGroups() {
	gs := &groups{
		w: w, home: w.pair.First, blocked: map[instep.LinkID]bool{},
		later: w.rnd.IntN(3) == 0, refs: w.rnd.IntN(3) == 0,
	}
	w.groups = gs
	for s := range gs.side {
		gs.side[s] = &groupRegister{in: gs, side: instep.Side(s), seesDeletes: w.rnd.IntN(2) == 0}
		gs.side[s].life = time.Duration(w.rnd.IntN(2)) * time.Minute
	}
	away := gs.home.Other()
	gs.pair = reconcile.Pair{
		Name: groupPair, Left: gs.side[0], Right: gs.side[1], First: gs.home, Flow: instep.ToRight, SweepEvery: 24 * time.Hour,
		EditedGone: w.pair.EditedGone,
		Mapping: instep.Mapping{Rules: []instep.Rule{
			{Name: "code", Left: instep.End{Field: "code"}, Right: instep.End{Field: "code"}, Match: &instep.Match{Rank: 1}},
			{Name: "name", Left: instep.End{Field: "name"}, Right: instep.End{Field: "name"}, Owner: ownerOf(gs.home)},
		}},
	}
	if away == instep.Left {
		gs.pair.Flow = instep.ToLeft
	}
	gs.pair.Deletes[away] = reconcile.DeletePolicy(w.rnd.IntN(4))
	w.drawReference()
}

// drawReference gives the products the field.
func (w *world) drawReference() {
	gs, end := w.groups, instep.End{Field: groupField}
	owner := ownerOf(gs.home)
	if w.side[0].getter && w.side[1].getter && w.rnd.IntN(3) == 0 {
		owner = instep.BothOwn
	}
	for _, v := range w.side {
		v.fields = append(slices.Clone(v.fields), groupField)
	}
	if !w.strong { // each rule has its place
		w.pair.Mapping.Rules = append(w.pair.Mapping.Rules, instep.Rule{
			Name: "tax", Left: instep.End{Field: w.side[0].fields[3]}, Right: instep.End{Field: w.side[1].fields[3]},
		})
	}
	w.pair.Mapping.Rules = append(w.pair.Mapping.Rules, instep.Rule{
		Name: groupField, Left: end, Right: end, Owner: owner, Refs: groupPair, Later: gs.later,
	})
	w.log("groups at home %s, owner %s, later %t, refs %t, deletes %s", gs.home, owner, gs.later, gs.refs, gs.pair.Deletes[gs.home.Other()])
}

func ownerOf(s instep.Side) instep.Owner {
	if s == instep.Left {
		return instep.LeftOwns
	}
	return instep.RightOwns
}

// pairs returns what the engine keeps in step.
func (w *world) pairs() []reconcile.Pair {
	if w.groups == nil {
		return []reconcile.Pair{w.pair}
	}
	return []reconcile.Pair{w.pair, w.groups.pair}
}

func (g *groupRegister) name() string { return g.in.w.side[g.side].name }

// Traits tells what the register says of itself.
func (g *groupRegister) Traits() instep.Traits {
	return instep.Traits{
		System: g.name(), Entity: groupField, SeesDeletes: g.seesDeletes, CanDelete: true, CanBar: true, Exact: true,
		ChosenID: g.side == g.in.home, MaxBatch: 2, MaxGet: 3, RequestLife: g.life,
	}
}

// Describe tells the fields.
func (g *groupRegister) Describe(context.Context) ([]instep.FieldInfo, error) {
	if err := g.in.w.call("%s groups describe", g.name()); err != nil {
		return nil, err
	}
	return []instep.FieldInfo{
		{Name: "code", Type: instep.TypeString, Access: instep.ReadWrite, Required: true},
		{Name: "name", Type: instep.TypeString, Access: instep.ReadWrite},
	}, nil
}

func (g *groupRegister) ref(id string) instep.Ref {
	return instep.Ref{System: g.name(), Entity: groupField, ID: id}
}

func (g *groupRegister) record(x *group) instep.Record {
	rec := instep.Record{Ref: g.ref(x.id), Status: x.status}
	if x.there() {
		rec.Fields = instep.NewFields(
			instep.Field{Name: "code", Value: instep.String(x.code)}, instep.Field{Name: "name", Value: instep.String(x.name)})
	}
	return rec
}

// Read lists everything, or what changed since.
func (g *groupRegister) Read(_ context.Context, from instep.Cursor) (instep.Page, error) {
	if err := g.in.w.call("%s groups read %q", g.name(), from); err != nil {
		return instep.Page{}, err
	}
	since := 0
	if from != "" {
		if _, err := fmt.Sscan(string(from), &since); err != nil {
			panic("a cursor that is not ours: " + from)
		}
	}
	page := instep.Page{Next: instep.Cursor(fmt.Sprint(g.seq))}
	for _, x := range g.rows {
		if x.seq > since && (x.there() || from != "" && g.seesDeletes) {
			page.Records = append(page.Records, g.record(x))
		}
	}
	if from == "" {
		page.Sweep = instep.Sweep{Complete: true, Total: len(page.Records)}
	}
	g.in.w.log("  -> %s", g.in.w.side[0].describe(page.Records))
	return page, nil
}

func (g *groupRegister) find(id string) *group {
	for _, x := range slices.Backward(g.rows) {
		if x.id == id {
			return x
		}
	}
	return nil
}

// Get reads groups by their ids.
func (g *groupRegister) Get(_ context.Context, refs []instep.Ref) ([]instep.Record, error) {
	if err := g.in.w.call("%s groups get %v", g.name(), refs); err != nil {
		return nil, err
	}
	out := make([]instep.Record, len(refs))
	for i, ref := range refs {
		out[i] = instep.Record{Ref: g.ref(ref.ID), Status: instep.Missing}
		if x := g.find(ref.ID); x != nil && (x.there() || g.seesDeletes) {
			out[i] = g.record(x)
		}
	}
	g.in.w.log("  -> %s", g.in.w.side[0].describe(out))
	return out, nil
}

// Find looks groups up.
func (g *groupRegister) Find(_ context.Context, field string, values []instep.Value) ([][]instep.Record, error) {
	if err := g.in.w.call("%s groups find %s %v", g.name(), field, values); err != nil {
		return nil, err
	}
	out := make([][]instep.Record, len(values))
	for i, want := range values {
		for _, x := range g.rows {
			if rec := g.record(x); x.there() && rec.Fields.Get(field) == want {
				out[i] = append(out[i], rec)
			}
		}
		g.in.w.log("  -> %s", g.in.w.side[0].describe(out[i]))
	}
	return out, nil
}

// Write carries out what it is asked for, or not, and loses replies.
func (g *groupRegister) Write(_ context.Context, ops []instep.Op) ([]instep.Result, error) {
	w := g.in.w
	if err := cmp.Or(w.send("%s groups write", g.name()), w.writesOvertaken(g.name())); err != nil {
		return nil, err
	}
	out := make([]instep.Result, len(ops))
	for i := range ops {
		w.log("  %s %s %s", ops[i].Action, ops[i].Ref.ID, ops[i].Fields)
		w.sent++
		g.judge(&ops[i])
		out[i] = g.attempt(&ops[i])
		if w.dead {
			w.log("  died")
			return nil, errKilled
		}
		w.log("  -> %s %v", out[i].Ref.ID, out[i].Err)
		w.answeredWrite(groupPair, g.side, &ops[i], &out[i])
	}
	return out, nil
}

// attempt is one write in good times and bad.
func (g *groupRegister) attempt(op *instep.Op) instep.Result {
	w := g.in.w
	if w.calm {
		return g.do(op)
	}
	switch before, after := w.death.send(); {
	case before:
		w.die(KillBeforeSend, "%s groups", g.name())
		return instep.Result{}
	case after:
		g.do(op)
		w.die(KillAfterSend, "%s groups", g.name())
		return instep.Result{}
	}
	lost := instep.Result{Err: &instep.Error{Kind: instep.Lost, Op: g.name()}}
	switch w.rnd.IntN(12) {
	case 0:
		w.hit(LostBefore, "%s groups", g.name())
		return lost
	case 1:
		w.hit(LostAfter, "%s groups", g.name())
		g.do(op)
		return lost
	case 2:
		if g.life > 0 {
			late := *op
			w.clk.after(time.Duration(w.rnd.Int64N(int64(g.life))), func() {
				g.do(&late)
				w.hit(LateCommit, "%s groups", g.name())
			})
		}
		return lost
	}
	return g.do(op)
}

// do carries a write out.
func (g *groupRegister) do(op *instep.Op) instep.Result {
	w := g.in.w
	fail := func(k instep.Kind) instep.Result { return instep.Result{Err: &instep.Error{Kind: k, Op: g.name()}} }
	if op.Action == instep.Create {
		g.next++
		id := fmt.Sprintf("h%d", g.next)
		x := g.add(op.Fields.Get("code").String(), id, op.Fields.Get("name").String())
		w.res.Events++
		return instep.Result{Ref: g.ref(x.id)}
	}
	x := g.find(op.Ref.ID)
	if x == nil || !x.there() {
		return fail(instep.NotFound)
	}
	g.change(x, func() {
		switch op.Action {
		case instep.Delete:
			x.status = instep.Deleted
		case instep.Deactivate:
			x.status = instep.Inactive
		default:
			if name := op.Fields.Get("name"); !name.IsAbsent() {
				x.name = name.String()
			}
		}
	})
	w.res.Events++
	return instep.Result{Ref: g.ref(x.id)}
}

func (g *groupRegister) change(x *group, f func()) {
	f()
	g.seq++
	x.seq, x.at = g.seq, g.in.w.clk.now
}

func (g *groupRegister) add(code, id, name string) *group {
	x := &group{code: code, id: id}
	g.rows = append(g.rows, x)
	g.change(x, func() { x.name = name })
	return x
}
