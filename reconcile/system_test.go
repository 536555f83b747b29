package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/instep-go/instep"
)

// system is a register in memory that behaves like a vendor: it gives ids,
// trims what it is given, answers by the page, and loses replies on demand.
type system struct {
	mu      sync.Mutex
	name    string
	records map[string]instep.Fields
	changed map[string]int // when each last changed
	clock   int
	next    int
	keyed   string // field that is also the id; "" if the system numbers by itself
	order   func([]string)
	page    int
	infos   []instep.FieldInfo
	items   []instep.Item
	life    time.Duration
	uid     map[string]string // immutable identities by id, where the id can change
	origin  map[string]string // origins with contents by id, where there is no such identity
	hidden  map[string]bool   // records that are there, but not for us
	merged  map[string]string // ids that records were merged into
	traits  func(*instep.Traits)
	cut     int                               // how many records lists leave out, though they say how many there are
	silent  bool                              // lists do not say how many there are
	asOf    time.Time                         // of every page; zero: now
	stale   func(instep.Record) instep.Record // what lists show instead

	writes []string                              // log of what was written
	fault  func(what string) (lost, before bool) // asked before each create or update
	block  func(op instep.Op) error
	after  func(id string) // what becomes of a new record at once
}

func newSystem(name string, infos ...instep.FieldInfo) *system {
	return &system{
		hidden: map[string]bool{}, merged: map[string]string{},
		name: name, records: map[string]instep.Fields{}, changed: map[string]int{}, page: 7, infos: infos,
		order: func(ids []string) { slices.Sort(ids) },
	}
}

func (s *system) put(id string, fields ...instep.Field) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock++
	s.changed[id] = s.clock
	s.records[id] = instep.NewFields(fields...)
}

func (s *system) edit(id, field string, v instep.Value) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.records[id]; !ok {
		panic("no record " + id)
	}
	s.clock++
	s.changed[id] = s.clock
	s.records[id] = s.records[id].With(field, v)
}

// rename gives a record another id and number, as people may.
func (s *system) rename(from, to string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock++
	s.moveTo(from, to)
}

func (s *system) moveTo(from, to string) {
	s.records[to], s.changed[to] = s.records[from].With(s.keyed, instep.String(to)), s.clock
	delete(s.records, from)
	for _, m := range []map[string]string{s.uid, s.origin} {
		if m != nil {
			m[to] = m[from]
			delete(m, from)
		}
	}
}

func (s *system) remove(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.records, id)
}

func (s *system) Traits() instep.Traits {
	t := instep.Traits{
		System: s.name, Entity: "product", MaxBatch: 5, MaxGet: 4, ChosenID: s.keyed != "", RequestLife: s.life,
		CanDelete: true, CanBar: true,
	}
	if s.traits != nil {
		s.traits(&t)
	}
	return t
}

// hide takes a record out of our sight, or shows it again.
func (s *system) hide(id string, yes bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock++
	s.hidden[id], s.changed[id] = yes, s.clock
}

func (s *system) Describe(context.Context) ([]instep.FieldInfo, error) { return s.infos, nil }

func (s *system) List(context.Context, string) ([]instep.Item, error) { return s.items, nil }

func (s *system) Probe(context.Context) (instep.Report, error) {
	return instep.Report{System: s.name, Installation: s.name + "-1"}, nil
}

// Read walks over everything, or what changed since the clock in the cursor.
func (s *system) Read(_ context.Context, from instep.Cursor) (instep.Page, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var since, mark, offset int
	sweep := from == "" || strings.HasPrefix(string(from), "sweep")
	if from == "" {
		mark = s.clock
	} else if _, err := fmt.Sscanf(string(from), "sweep %d %d", &mark, &offset); err != nil {
		fmt.Sscanf(string(from), "since %d", &since)
		mark = s.clock
	}
	var ids []string
	for id := range s.records {
		if s.changed[id] > since && !s.hidden[id] {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	s.order(ids)
	page := instep.Page{AsOf: s.asOf, Next: instep.Cursor(fmt.Sprintf("since %d", mark))}
	if !sweep {
		page.Records = s.recordsOf(ids)
		return page, nil
	}
	all := len(ids)
	ids = ids[:max(all-s.cut, 0)]
	end := min(offset+s.page, len(ids))
	page.Records = s.recordsOf(ids[min(offset, end):end])
	if page.More = end < len(ids); page.More {
		page.Next = instep.Cursor(fmt.Sprintf("sweep %d %d", mark, end))
	} else {
		page.Sweep = instep.Sweep{Complete: true, Total: all}
		if s.silent {
			page.Sweep.Total = -1
		}
	}
	return page, nil
}

func (s *system) recordsOf(ids []string) []instep.Record {
	var recs []instep.Record
	for _, id := range ids {
		rec := s.record(id)
		if s.stale != nil {
			rec = s.stale(rec)
		}
		recs = append(recs, rec)
	}
	return recs
}

func (s *system) ref(id string) instep.Ref {
	return instep.Ref{System: s.name, Entity: "product", ID: id}
}

func (s *system) record(id string) instep.Record {
	f, ok := s.records[id]
	switch {
	case s.merged[id] != "":
		return instep.Record{Ref: s.ref(id), Status: instep.Deleted, MergedInto: s.merged[id]}
	case !ok:
		return instep.Record{Ref: s.ref(id), Status: instep.Missing}
	case s.hidden[id]:
		return instep.Record{Ref: s.ref(id), Status: instep.Hidden}
	}
	all := make([]instep.Field, 0, len(s.infos))
	for _, info := range s.infos {
		v := f.Get(info.Name)
		if v.IsAbsent() {
			v = instep.Null()
		}
		all = append(all, instep.Field{Name: info.Name, Value: v})
	}
	origin, content, _ := strings.Cut(s.origin[id], " ")
	return instep.Record{Ref: s.ref(id), Identity: s.uid[id], Origin: origin, Content: content, Fields: instep.NewFields(all...)}
}

func (s *system) Get(_ context.Context, refs []instep.Ref) ([]instep.Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]instep.Record, len(refs))
	for i, r := range refs {
		out[i] = s.record(r.ID)
	}
	return out, nil
}

func (s *system) Find(_ context.Context, field string, values []instep.Value) ([][]instep.Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([][]instep.Record, len(values))
	for i, v := range values {
		for _, id := range slices.Sorted(maps.Keys(s.records)) {
			if s.records[id].Get(field) == v {
				out[i] = append(out[i], s.record(id))
			}
		}
	}
	return out, nil
}

func (s *system) Write(ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
	out := make([]instep.Result, len(ops))
	for i, op := range ops {
		if ctx.Err() != nil {
			out[i].Err = instep.Canceled
			continue
		}
		out[i] = s.writeOne(op)
	}
	return out, nil
}

func (s *system) writeOne(op instep.Op) instep.Result {
	if s.block != nil {
		if err := s.block(op); err != nil {
			return instep.Result{Err: err}
		}
	}
	lost, before := false, false
	if s.fault != nil {
		lost, before = s.fault(s.name + " " + op.Action.String())
	}
	if lost && before {
		return instep.Result{Err: &instep.Error{Kind: instep.Lost, Op: s.name, Err: errors.New("connection reset")}}
	}
	res := s.carryOut(op)
	if lost {
		return instep.Result{Err: &instep.Error{Kind: instep.Lost, Op: s.name, Err: errors.New("connection reset")}}
	}
	return res
}

func (s *system) carryOut(op instep.Op) instep.Result {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := op.Ref.ID
	if op.Action == instep.Create {
		s.next++
		id = fmt.Sprintf("%s%03d", s.name[:1], s.next)
		if s.keyed != "" {
			id, _ = op.Fields.Get(s.keyed).AsString()
			if _, taken := s.records[id]; taken {
				return instep.Result{Err: &instep.Error{Kind: instep.Duplicate, Op: s.name}}
			}
		}
	} else if _, ok := s.records[id]; !ok {
		return instep.Result{Err: &instep.Error{Kind: instep.NotFound, Op: s.name}}
	}
	if op.Action == instep.Delete {
		delete(s.records, id)
		s.writes = append(s.writes, "delete "+id)
		return instep.Result{Ref: s.ref(id)}
	}
	f := s.records[id]
	if op.Action == instep.Deactivate {
		op.Fields = instep.NewFields(instep.Field{Name: s.infos[3].Name, Value: instep.Bool(s.name == "stock")})
	}
	var names []string
	for name, v := range op.Fields.All() {
		if text, ok := v.AsString(); ok {
			v = instep.String(strings.TrimSpace(text))
		}
		f = f.With(name, v)
		names = append(names, name)
	}
	s.clock++
	s.records[id], s.changed[id] = f, s.clock
	if s.after != nil && op.Action == instep.Create {
		s.after(id)
	}
	s.writes = append(s.writes, fmt.Sprintf("%s %s %s", op.Action, id, strings.Join(names, ",")))
	if to, ok := f.Get(s.keyed).AsString(); ok && s.keyed != "" && to != id { // the number is the id
		s.moveTo(id, to)
		id = to
	}
	return instep.Result{Ref: s.ref(id)}
}

func (s *system) takeWrites() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.writes
	s.writes = nil
	return w
}
