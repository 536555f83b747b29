package connectortest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/instep-go/instep"
)

// shelf is a system in memory that does everything right, of any kind.
type shelf struct {
	mu     sync.Mutex
	traits instep.Traits
	unique bool // no two things have the same code
	shows  bool // replies show the record
	items  []*item
	seq    int
	next   int
	now    time.Time
	keys   map[string]*item

	bend func(it *item, rec *instep.Record) // what is wrong with records

	throttled bool
	lose      *bool
	cut       bool
	during    func()
}

// item is a thing on the shelf.
type item struct {
	id, uid string
	status  instep.Status
	fields  instep.Fields
	seq     int
	born    int // its first seq
	at      time.Time
	desk    bool // the connector was the last to change it
}

const (
	shelfSecret = "swordfish-key"
	shelfWait   = 30 * time.Second
)

// shelfInfos are the fields of a thing.
var shelfInfos = []instep.FieldInfo{
	{Name: "code", Type: instep.TypeString, Access: instep.ReadWrite, Required: true, MaxLen: 20},
	{Name: "colour", Type: instep.TypeString, Access: instep.ReadWrite, MaxLen: 20, Default: instep.String("blue")},
	{Name: "group", Type: instep.TypeString, Access: instep.ReadWrite, List: "groups"},
	{Name: "name", Type: instep.TypeString, Access: instep.ReadWrite, Required: true, MaxLen: 60},
	{Name: "note", Type: instep.TypeString, Access: instep.ReadWrite, MaxLen: 80},
	{Name: "price", Type: instep.TypeDecimal, Access: instep.ReadWrite, Decimals: 6},
	{Name: "serial", Type: instep.TypeInt, Access: instep.ReadOnly},
	{Name: "since", Type: instep.TypeDate, Access: instep.ReadWrite},
	{Name: "stock", Type: instep.TypeInt, Access: instep.ReadWrite},
	{Name: "taxed", Type: instep.TypeBool, Access: instep.ReadWrite},
	{Name: "token", Type: instep.TypeString, Access: instep.CanRead | instep.CanCreate, MaxLen: 32},
}

var shelfGroups = []instep.Item{{Code: "1", Name: "Bolts"}, {Code: "2", Name: "Nuts"}}

// shelfTraits are those of a shelf that can do most.
func shelfTraits() instep.Traits {
	return instep.Traits{
		Entity: "thing", System: "shelf", Ordered: true, SeesDeletes: true, CanDelete: true, CanBar: true, IfVersion: true, Exact: true,
		IdempotencyKey: true, TokenField: "token", MaxBatch: 4, MaxGet: 5, KeyLife: time.Hour, Granularity: time.Millisecond,
	}
}

func newShelf() *shelf {
	return &shelf{traits: shelfTraits(), unique: true, shows: true, keys: map[string]*item{}, now: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)}
}

// thing returns sample n.
func thing(n int) instep.Fields {
	text := func(format string) instep.Value { return instep.String(fmt.Sprintf(format, n)) }
	return instep.NewFields(
		instep.Field{Name: "code", Value: text("Code-%04dx")}, instep.Field{Name: "name", Value: text("Thing %d")},
		instep.Field{Name: "note", Value: text("note %d")}, instep.Field{Name: "colour", Value: instep.String("red")},
		instep.Field{Name: "group", Value: instep.String("Nuts")}, instep.Field{Name: "price", Value: instep.Number(instep.MustDecimal(fmt.Sprintf("%d.25", n)))},
		instep.Field{Name: "stock", Value: instep.Int(int64(n) + 3)}, instep.Field{Name: "taxed", Value: instep.Bool(true)},
		instep.Field{Name: "since", Value: instep.Day(instep.Date{Year: 2026, Month: 1, Day: 1 + n%28})},
	)
}

func (s *shelf) infos() []instep.FieldInfo {
	infos := slices.Clone(shelfInfos)
	if s.traits.TokenField == "" {
		infos = infos[:len(infos)-1]
	}
	return infos
}

// system returns the shelf for the kit, with a desk at it.
func (s *shelf) system(w *wrong) *System {
	d := &desk{s: s, w: w}
	sys := &System{
		Source: d, Sink: d, Sample: thing, Field: "note", FindBy: []string{"code"},
		Reopen: func() instep.Source { return &desk{s: s, w: w} },
		Make: func(f instep.Fields) (string, error) {
			s.mu.Lock()
			defer s.mu.Unlock()
			it, err := s.make(&instep.Op{Fields: f, Ref: instep.Ref{ID: s.idFor(f)}})
			if err != nil {
				return "", err
			}
			return it.id, nil
		},
		Edit: func(id string, f instep.Fields) error {
			return s.by(id, func(it *item) { it.fields = merge(it.fields, f) })
		},
		Remove:    func(id string) error { return s.by(id, func(it *item) { it.status = instep.Deleted }) },
		Hide:      func(id string) error { return s.by(id, func(it *item) { it.status = instep.Hidden }) },
		LoseReply: func(done bool) { s.set(func() { s.lose = &done }) },
		Throttle:  func() time.Duration { s.set(func() { s.throttled = true }); return shelfWait },
		CutList:   func() { s.set(func() { s.cut = true }) },
		During:    func(f func()) { s.set(func() { s.during = f }) },
		Secrets:   []string{shelfSecret},
		Log:       func() string { return d.log.String() },
		Sleep:     func(d time.Duration) { s.set(func() { s.now = s.now.Add(d) }) },
	}
	if s.traits.CanRename {
		sys.Rename = func(id string) (string, error) {
			to := id + "-new"
			return to, s.by(id, func(it *item) { it.id = to })
		}
	}
	if s.traits.ChosenID {
		sys.IDField = "code"
	}
	if w.open != nil {
		w.open(sys, s, d)
	}
	return sys
}

func (s *shelf) idFor(f instep.Fields) string {
	if s.traits.ChosenID {
		return f.Get("code").String()
	}
	return ""
}

func (s *shelf) set(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

// by changes a thing that is there.
func (s *shelf) by(id string, change func(*item)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	it := s.find(id)
	if it == nil {
		return errors.New("no such thing")
	}
	change(it)
	s.touch(it)
	return nil
}

func (s *shelf) touch(it *item) {
	s.seq++
	s.now = s.now.Add(time.Duration(1+s.seq%3) * time.Millisecond)
	it.seq, it.at, it.desk = s.seq, s.now.Truncate(time.Millisecond), false
	it.born = cmp.Or(it.born, s.seq)
}

// find returns the thing with an id that is there or hidden.
func (s *shelf) find(id string) *item {
	for _, it := range s.items {
		if it.id == id && it.status != instep.Deleted {
			return it
		}
	}
	return nil
}

func merge(f, g instep.Fields) instep.Fields {
	for name, v := range g.All() {
		f = f.With(name, v)
	}
	return f
}

func refusal(kind instep.Kind, field, why string) error {
	return &instep.Error{Kind: kind, Op: "shelf", Field: field, Err: errors.New(why)}
}

// check refuses fields that do not fit.
func (s *shelf) check(f instep.Fields, access instep.Access) error {
	for name, v := range f.All() {
		i := slices.IndexFunc(s.infos(), func(info instep.FieldInfo) bool { return info.Name == name })
		if i < 0 || shelfInfos[i].Access&access == 0 {
			return refusal(instep.Config, name, "cannot be written")
		}
		info := &shelfInfos[i]
		text, _ := v.AsString()
		d, _ := v.AsDecimal()
		switch {
		case v.IsBlank() && v.Type() != instep.TypeList && v.Type() != instep.TypeGroup && !info.Required:
		case v.IsBlank() && info.Required:
			return refusal(instep.Invalid, name, "is required")
		case v.Type() != info.Type && !(info.Type == instep.TypeInt || info.Type == instep.TypeDecimal) || info.Type == instep.TypeInt && v.Type() != instep.TypeInt:
			return refusal(instep.Config, name, "is of another type")
		case info.Type == instep.TypeDecimal && v.Type() != instep.TypeDecimal && v.Type() != instep.TypeInt:
			return refusal(instep.Config, name, "is no number")
		case info.MaxLen > 0 && utf8.RuneCountInString(text) > info.MaxLen, info.Decimals > 0 && d.Places() > info.Decimals:
			return refusal(instep.Invalid, name, "is too long")
		case info.List != "" && !slices.ContainsFunc(shelfGroups, func(it instep.Item) bool { return it.Name == text }):
			return refusal(instep.Invalid, name, "is not in the list")
		}
	}
	return nil
}

// make carries out a create.
func (s *shelf) make(op *instep.Op) (*item, error) {
	if err := s.check(op.Fields, instep.CanCreate); err != nil {
		return nil, err
	}
	for _, info := range shelfInfos {
		if info.Required && op.Fields.Get(info.Name).IsBlank() {
			return nil, refusal(instep.Invalid, info.Name, "is required")
		}
	}
	if it := s.keys[op.Key]; op.Key != "" && it != nil {
		return it, nil
	}
	id := op.Ref.ID
	s.next++
	if id == "" {
		id = fmt.Sprintf("t%04d", s.next)
	}
	taken := slices.ContainsFunc(s.items, func(it *item) bool {
		return it.status != instep.Deleted && (it.id == id || s.unique && it.fields.Get("code") == op.Fields.Get("code"))
	})
	if taken {
		return nil, refusal(instep.Duplicate, "code", "is taken")
	}
	it := &item{id: id, uid: fmt.Sprintf("uid-%d", s.next), fields: op.Fields.With("serial", instep.Int(int64(s.next)))}
	for _, info := range s.infos() {
		if it.fields.Get(info.Name).IsAbsent() {
			it.fields = it.fields.With(info.Name, info.Default)
		}
	}
	if s.traits.TokenField != "" && op.Token != "" {
		it.fields = it.fields.With("token", instep.String(op.Token))
	}
	s.items = append(s.items, it)
	if op.Key != "" {
		s.keys[op.Key] = it
	}
	s.touch(it)
	return it, nil
}

// change carries out an operation on a thing that is there.
func (s *shelf) change(op *instep.Op) (*item, error) {
	it := s.find(op.Ref.ID)
	switch {
	case op.Action > instep.Deactivate, op.Action == instep.Delete && !s.traits.CanDelete, op.Action == instep.Deactivate && !s.traits.CanBar:
		return nil, refusal(instep.Unsupported, "", "cannot be done")
	case it == nil:
		return nil, refusal(instep.NotFound, "", "not there")
	case op.Expect != "" && s.traits.IfVersion && op.Expect != version(it):
		return nil, refusal(instep.Conflict, "", "has changed")
	}
	switch op.Action {
	case instep.Delete:
		it.status = instep.Deleted
	case instep.Deactivate:
		it.status = instep.Inactive
	default:
		if err := s.check(op.Fields, instep.CanUpdate); err != nil {
			return nil, err
		}
		it.fields = merge(it.fields, op.Fields)
	}
	s.touch(it)
	return it, nil
}

func version(it *item) string { return fmt.Sprintf("v%d", it.seq) }

// record is a thing as it is read.
func (s *shelf) record(it *item) instep.Record {
	rec := s.right(it)
	if s.bend != nil {
		s.bend(it, &rec)
	}
	return rec
}

func (s *shelf) right(it *item) instep.Record {
	rec := instep.Record{Ref: instep.Ref{System: "shelf", Entity: "thing", ID: it.id}, Status: it.status, Modified: it.at}
	if s.traits.CanRename {
		rec.Identity = it.uid
	}
	if it.status == instep.Deleted || it.status == instep.Hidden {
		return rec
	}
	if s.traits.IfVersion {
		rec.Version = version(it)
	}
	rec.Fields = it.fields
	for _, info := range s.infos() {
		if rec.Fields.Get(info.Name).IsAbsent() {
			rec.Fields = rec.Fields.With(info.Name, instep.Null())
		}
	}
	return rec
}

// wrong is what is wrong with a desk; what is nil is as it should be.
type wrong struct {
	with     func(s *shelf) // what kind of shelf it is
	open     func(sys *System, s *shelf, d *desk)
	say      func(d *desk, t *instep.Traits)
	read     func(d *desk, ctx context.Context, from instep.Cursor) (instep.Page, error)
	page     func(d *desk, from instep.Cursor, p *instep.Page)
	get      func(d *desk, ctx context.Context, refs []instep.Ref) ([]instep.Record, error)
	find     func(d *desk, ctx context.Context, field string, values []instep.Value) ([][]instep.Record, error)
	list     func(list string) ([]instep.Item, error)
	probe    func(d *desk, ctx context.Context) (instep.Report, error)
	describe func(d *desk, infos []instep.FieldInfo) []instep.FieldInfo
	op       func(d *desk, op *instep.Op)
	instead  func(d *desk, ctx context.Context, op *instep.Op) (instep.Result, bool)
	result   func(d *desk, op *instep.Op, r *instep.Result)
	write    func(d *desk, ctx context.Context, ops []instep.Op) ([]instep.Result, error)
}

// shelves are kinds of systems that are all as they should be. Together they
// have every rule be looked at.
func shelves() map[string]func(s *shelf) {
	return map[string]func(s *shelf){
		"most": func(*shelf) {},
		"bare": func(s *shelf) {
			s.traits = instep.Traits{Entity: "thing", System: "shelf", MaxBatch: 2}
			s.unique, s.shows = false, false
		},
		"chosen ids": func(s *shelf) { s.traits.ChosenID, s.traits.IdempotencyKey = true, false },
		"renames":    func(s *shelf) { s.traits.CanRename, s.traits.Ordered, s.traits.SeesDeletes = true, false, false },
		"files":      func(s *shelf) { s.traits.Snapshot, s.traits.SeesDeletes = true, false },
	}
}

// outcomes tries all rules on a shelf of a kind with a faulty desk.
func outcomes(t *testing.T, kind func(s *shelf), w *wrong) map[string]outcome {
	t.Helper()
	open := func(testing.TB) *System {
		s := newShelf()
		kind(s)
		if w.with != nil {
			w.with(s)
		}
		own := *w
		return s.system(&own)
	}
	out := map[string]outcome{}
	for _, r := range slices.Concat(sourceRules(), sinkRules()) {
		out[r.name] = tryRule(&r, t, open, false, &measures{})
	}
	return out
}

func TestRightConnectors(t *testing.T) {
	t.Parallel()
	looked := map[string]bool{}
	for name, kind := range shelves() {
		for rule, got := range outcomes(t, kind, &wrong{}) {
			switch got.verdict {
			case broken, unseen:
				t.Errorf("a shelf of the kind %q that is right: rule %q: %q", name, rule, got.says)
			case kept:
				looked[rule] = true
			}
		}
	}
	names := map[string]bool{}
	for _, r := range slices.Concat(sourceRules(), sinkRules(), matcherRules(nil)) {
		if r.text == "" || names[r.name] {
			t.Errorf("rule %q has no text, or its name is taken", r.name)
		}
		names[r.name] = true
	}
	for _, r := range slices.Concat(sourceRules(), sinkRules()) {
		if !looked[r.name] {
			t.Errorf("no shelf has the rule %q be looked at", r.name)
		}
	}
}
