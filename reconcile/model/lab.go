package model

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

const (
	pairName    = "things"
	requestLife = time.Minute // how long a request without reply may still be carried out
	lateness    = requestLife / 2
	between     = 2 * time.Hour // from one run to the next: longer than any wait of the engine's
)

// faultKind is one way in which a run can go wrong.
type faultKind uint8

const (
	noFault  faultKind = iota
	killed             // the process ends after the first n commits and sends
	lostUndo           // the n-th send has no reply and is not carried out
	lostDone           // the n-th send has no reply and is carried out
	lostLate           // the n-th send has no reply and is carried out a while later
	cutLeft            // the left side's list is cut
	cutRight
)

// fault is what goes wrong in a run, and where.
type fault struct {
	kind faultKind
	n    int // counts from 0
}

func (f fault) String() string {
	names := [...]string{"no fault", "killed after %d", "send %d lost, not done", "send %d lost, done",
		"send %d lost, done later", "left list cut", "right list cut"}
	if f.kind >= killed && f.kind <= lostLate {
		return fmt.Sprintf(names[f.kind], f.n)
	}
	return names[f.kind]
}

// write is one write that was carried out, or was under way.
type write struct {
	side   instep.Side
	action instep.Action
	id     int    // of the record; of a create what it got, 0 if it was not carried out
	set    fields // what was set; unset where nothing was
}

const unset = -1

// sent is a write with what became of it.
type sent struct {
	write
	replied bool // the engine read the reply
	settled bool // and committed after it
}

var errKilled = errors.New("the process was killed")

// lab is one run of the engine: the world, the state, a clock and a fault.
type lab struct {
	world *world
	store *memory.Store
	now   time.Time
	fault fault

	lostAt  time.Time // when a reply was lost
	missing write     // to what
	early   bool      // it was sent again before it was surely not carried out any more

	events int // commits and sends so far
	sends  int
	walked [2]bool // whether the side's list was cut before
	dead   bool
	log    []sent
}

func (l *lab) Now() time.Time { return l.now }

// Sleep lets the time pass at once, and late writes land.
func (l *lab) Sleep(ctx context.Context, d time.Duration) error {
	if d > 0 {
		l.now = l.now.Add(d)
		l.world.land(l.now)
	}
	return ctx.Err()
}

// alive ends the process at the fault's place.
func (l *lab) alive() error {
	if l.fault.kind == killed && l.events >= l.fault.n {
		l.dead = true
		return errKilled
	}
	return nil
}

// cut takes the last records of a page away, once: of a walk over everything
// the page then says that it is not complete, of any other the rest is an
// error.
func (l *lab) cut(s instep.Side, from instep.Cursor, p instep.Page) (instep.Page, error) {
	if l.fault.kind != cutLeft+faultKind(s) || l.walked[s] {
		return p, nil
	}
	l.walked[s] = true
	if from != "" || len(p.Records) == 0 {
		return instep.Page{}, &instep.Error{Kind: instep.Unavailable, Op: "read"}
	}
	p.Records = p.Records[:len(p.Records)-1]
	p.Sweep.Complete = false
	return p, nil
}

func lost(op instep.Op) instep.Result {
	return instep.Result{Ref: op.Ref, Err: &instep.Error{Kind: instep.Lost, Op: "write"}}
}

// send carries out one operation, with the fault if this is its place.
func (l *lab) send(y *system, op instep.Op) (instep.Result, error) {
	s := sent{write: write{side: y.side, action: op.Action, set: fromFields(op.Fields, fields{unset, unset})}}
	s.id, _ = strconv.Atoi(op.Ref.ID)
	here := l.sends == l.fault.n
	l.sends++
	if here && l.fault.kind >= lostUndo && l.fault.kind <= lostLate {
		l.lostAt, l.missing = l.now, s.write
	} else if l.missing.like(s.write) && l.now.Before(l.lostAt.Add(requestLife)) {
		l.early = true
	}
	if here && l.fault.kind == lostUndo {
		return lost(op), nil
	}
	if here && l.fault.kind == lostLate {
		l.world.late = append(l.world.late, late{l.now.Add(lateness), y.side, op, func(id int) {
			s.id = id
			l.log = append(l.log, s)
		}})
		return lost(op), nil
	}
	l.events++
	id, ok := l.world.carryOut(y.side, op)
	if !ok {
		return instep.Result{Ref: op.Ref, Err: &instep.Error{Kind: instep.NotFound, Op: "write"}}, nil
	}
	s.id = id
	if here && l.fault.kind == lostDone {
		l.log = append(l.log, s)
		return lost(op), nil
	}
	err := l.alive()
	s.replied = err == nil
	l.log = append(l.log, s)
	after := y.show(l.world.find(y.side, id))
	return instep.Result{Ref: y.ref(id), After: &after}, err
}

// checkpoint is the state with the kill points in front of its one write.
type checkpoint struct {
	*memory.Store
	lab *lab
}

func (c checkpoint) Commit(ctx context.Context, b *instep.Batch) error {
	if err := c.lab.alive(); err != nil {
		return err
	}
	if err := c.Store.Commit(ctx, b); err != nil {
		return err
	}
	c.lab.events++
	for i := range c.lab.log {
		c.lab.log[i].settled = c.lab.log[i].settled || c.lab.log[i].replied
	}
	return c.lab.alive()
}

// seen is what a run came to.
type seen struct {
	log      []sent
	events   int
	sends    int
	early    bool
	doubtful bool // a write is in doubt
	err      error
	links    []linked
	shape    string     // of what is open in the state, without names
	asked    []recordID // records that wait for a person, in order
	held     []recordID // those of them that wait because of a create in doubt
}

func (s *seen) String() string {
	var b strings.Builder
	for _, w := range s.log {
		b.WriteString(w.write.String())
		if !w.settled {
			b.WriteString(" (not settled)")
		}
		b.WriteString("; ")
	}
	fmt.Fprint(&b, "linked ", s.links, "; waiting ", s.asked, "; ", s.shape)
	if s.err != nil {
		fmt.Fprint(&b, "; ", s.err)
	}
	return b.String()
}

// linked is two records that belong together, by their ids.
type linked [2]int

// recordID names a record of the world.
type recordID struct {
	side instep.Side
	id   int
}

func idsOf(k *instep.Link) linked {
	var ids linked
	for s := range ids {
		ids[s], _ = strconv.Atoi(k.Sides[s].ID)
	}
	return ids
}

// run lets the engine do one run and looks at what came of it.
func (l *lab) run(ctx context.Context, p Policy) (seen, error) {
	e, err := l.engine(p, checkpoint{l.store, l})
	if err != nil {
		return seen{}, err
	}
	out := seen{}
	_, out.err = e.Run(ctx, nil)
	out.log, out.events, out.sends, out.early = l.log, l.events, l.sends, l.early
	return out, l.look(ctx, &out)
}

func (l *lab) engine(p Policy, c instep.Checkpoint) (*reconcile.Engine, error) {
	return reconcile.New(c, []reconcile.Pair{p.pair(l)}, &reconcile.Options{
		Key: &[16]byte{1}, Clock: l, Serial: true, NewRun: func() string { return "run" },
	})
}

// inDoubt are the reasons that people are given where a create is in doubt.
var inDoubt = []string{"in_doubt", "found_differs", "found_several"}

// look reads the links and what is open from the state.
func (l *lab) look(ctx context.Context, out *seen) error {
	links, err := l.store.Scan(ctx, pairName, 0, 1000)
	if err != nil {
		return err
	}
	for i := range links {
		if pair := idsOf(&links[i]); pair[0] != 0 && pair[1] != 0 {
			out.links = append(out.links, pair)
		}
	}
	slices.SortFunc(out.links, func(a, b linked) int { return cmp.Or(a[0]-b[0], a[1]-b[1]) })
	byID := map[instep.LinkID]linked{}
	for i := range links {
		byID[links[i].ID] = idsOf(&links[i])
	}
	shape := make([]string, 0, 4)
	for o, err := range l.store.Open(ctx, pairName) {
		switch {
		case err != nil:
			return err
		case o.Unit != nil:
			out.doubtful = true
			shape = append(shape, fmt.Sprint("unit", o.Unit.Side, len(o.Unit.Intents)))
		case o.Fence != nil:
		case o.Mark != nil:
			shape = append(shape, fmt.Sprint("mark", o.Mark.Side, o.Mark.Outcome, o.Mark.Create))
			if o.Mark.Outcome == instep.Review {
				for s, id := range byID[o.Mark.Link] {
					if id == 0 {
						continue
					}
					r := recordID{instep.Side(s), id}
					out.asked = append(out.asked, r)
					if slices.Contains(inDoubt, o.Mark.Message.Code) {
						out.held = append(out.held, r)
					}
				}
			}
		}
	}
	slices.Sort(shape)
	out.shape = fmt.Sprint(len(links), shape)
	slices.SortFunc(out.asked, compareIDs)
	out.asked = slices.Compact(out.asked)
	return nil
}
