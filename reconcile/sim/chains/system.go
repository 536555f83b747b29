package chains

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/instep-go/instep"
)

// kind is what a system is like.
type kind struct {
	style        Style
	lag          time.Duration // of its lists
	every, delay time.Duration // of its files
	life         time.Duration // of requests without a reply
	skew         time.Duration // of its clock
	seesDeletes  bool          // deletions are told
	hidesMissing bool          // what is withdrawn looks like what is not there
	versions     bool          // writes check versions
	chosen       bool          // whoever creates gives the id
	keyed        bool          // it knows idempotency keys
	token        bool          // it has a field for a token
	unique       bool          // it refuses a second record with the same key
	tells        bool          // replies say when
	after        int           // how many of three replies hold the record
	trim, upper  bool          // what it does to texts
	round        bool          // and to amounts
	cut          int           // longest text it keeps; 0: any
	batch, page  int
	order        uint64 // in which it lists
}

// draw chooses a kind of system.
func draw(rnd *rand.Rand) kind {
	k := kind{
		style: Style(rnd.IntN(int(NumStyles))), life: time.Duration(rnd.IntN(3)) * time.Minute,
		seesDeletes: rnd.IntN(2) == 0, hidesMissing: rnd.IntN(6) == 0, versions: rnd.IntN(3) == 0, unique: rnd.IntN(4) == 0,
		tells: rnd.IntN(2) == 0, after: rnd.IntN(4), batch: 1 + rnd.IntN(4), page: 2 + rnd.IntN(6), order: rnd.Uint64(),
	}
	if rnd.IntN(3) == 0 {
		k.trim, k.upper, k.round = rnd.IntN(2) == 0, rnd.IntN(2) == 0, rnd.IntN(2) == 0
		if rnd.IntN(2) == 0 {
			k.cut = 9
		}
	}
	switch rnd.IntN(6) {
	case 0:
		k.chosen = true
	case 1:
		k.keyed = true
	case 2:
		k.token = true
	}
	switch k.style {
	case Delta:
		k.lag = time.Duration(rnd.IntN(120)) * time.Second
	case EventLog:
		k.seesDeletes = true
	case File:
		k.seesDeletes = false
		k.every, k.delay = time.Duration(1+rnd.IntN(24))*time.Hour, time.Duration(rnd.IntN(3))*time.Hour
	case Whole:
		k.seesDeletes = false
	case Serial:
		k.batch = 1
	}
	if k.tells {
		k.skew = time.Duration(rnd.IntN(1200)-600) * time.Second
	}
	return k
}

func (k *kind) lossy() bool { return k.trim || k.upper || k.round || k.cut > 0 }

// snapshot reports whether every reading gives everything.
func (k *kind) snapshot() bool { return k.style == File || k.style == Whole }

// keep gives what the system makes of a value. What it has made once stays so.
func (k *kind) keep(v instep.Value) instep.Value {
	if d, ok := v.AsDecimal(); ok && k.round {
		return instep.Number(d.Round(1))
	}
	text, ok := v.AsString()
	if !ok {
		return v
	}
	if k.trim {
		text = strings.TrimSpace(text)
	}
	if k.cut > 0 && len(text) > k.cut {
		text = text[:k.cut]
	}
	if k.trim {
		text = strings.TrimSpace(text)
	}
	if k.upper {
		text = strings.ToUpper(text)
	}
	return instep.String(text)
}

// state is what a row held from a moment on.
type state struct {
	at     time.Time
	seq    int // numbers the changes of its system
	status instep.Status
	fields instep.Fields
}

// row is a record of a system over time.
type row struct {
	id     string
	entity int   // the real thing it stands for
	maker  *edge // whose engine made it; nil: a user did
	token  string
	hist   []state
	known  map[*edge]bool      // the pairs that have ever written it down
	linked map[*row]bool       // what it was ever linked with
	wrote  [][]instep.Value    // by rule, what engines put there since a user last touched the thing
	writes int                 // and how many writes that took
	doubt  map[spot]bool       // the pair may not know that its last write came to be
	given  []int               // by rule, the edit that an engine gave it and that nobody has typed over; 0: none
	blind  map[spot]beforehand // what stood there before the pair wrote it, which has read nothing else there since
}

func (r *row) cur() *state { return &r.hist[len(r.hist)-1] }

func (r *row) live() bool {
	s := r.cur().status
	return s == instep.Live || s == instep.Inactive
}

// withdrawn reports whether a row is withdrawn from us, or ever was.
func (r *row) withdrawn(ever bool) bool {
	hidden := func(s state) bool { return s.status == instep.Hidden }
	return hidden(*r.cur()) || ever && slices.ContainsFunc(r.hist, hidden)
}

// after reports whether a row was made when another one had been deleted: then
// it is not what that one was linked with, though it may have got its id.
func (r *row) after(o *row) bool {
	return o.cur().status == instep.Deleted && !r.hist[0].at.Before(o.cur().at)
}

// cameBack reports whether a field has held a value, then something else, and then
// the value again, whatever has come over it since.
func (r *row) cameBack(field string, x instep.Value) bool {
	held, between := false, false
	for k := range r.hist {
		same := r.hist[k].fields.Get(field) == x
		if same && between {
			return true
		}
		held = held || same
		between = held && !same
	}
	return false
}

// system is one of the systems of a world.
type system struct {
	kind
	w       *world
	n       int
	name    string
	fields  []string // by rule
	rows    []*row
	seq     int
	keys    map[string]*row // by idempotency key
	tried   map[string]bool // idempotency keys that were sent
	late    []*lateOp
	busy    bool      // it serves a request
	written time.Time // when an engine last wrote
}

var (
	systemNames = [...]string{"shop", "crm", "books", "depot"}
	ruleNames   = [...]string{"key", "name", "price", "note"}
)

func newSystem(w *world, n int, k kind) *system {
	y := &system{kind: k, w: w, n: n, name: systemNames[n], keys: map[string]*row{}, tried: map[string]bool{}}
	for _, name := range ruleNames {
		y.fields = append(y.fields, y.name[:1]+"_"+name)
	}
	return y
}

// change gives a row a new state.
func (y *system) change(r *row, f func(s *state)) {
	var s state
	if len(r.hist) > 0 {
		s = *r.cur()
	}
	y.seq++
	s.at, s.seq = y.w.clk.now, y.seq
	f(&s)
	r.hist = append(r.hist, s)
}

// add makes a row.
func (y *system) add(entity int, fields instep.Fields) *row {
	id := fmt.Sprintf("%s%d", y.name[:1], len(y.rows)+1)
	if y.chosen {
		id = keyOf(entity)
	}
	r := &row{id: id, entity: entity, known: map[*edge]bool{}, linked: map[*row]bool{}, wrote: make([][]instep.Value, len(y.fields)), doubt: map[spot]bool{}, given: make([]int, len(y.fields)), blind: map[spot]beforehand{}}
	y.rows = append(y.rows, r)
	y.change(r, func(s *state) { s.fields = fields })
	return r
}

// find returns the row with an id: the one that is there before those that are
// gone, of these the last.
func (y *system) find(id string) *row { return y.foundBy(id, y.w.clk.now) }

// foundBy does so among the rows that had been made by a moment.
func (y *system) foundBy(id string, at time.Time) *row {
	var found *row
	for _, r := range y.rows {
		if r.id == id && !r.hist[0].at.After(at) && (found == nil || r.cur().status != instep.Deleted || found.cur().status == instep.Deleted) {
			found = r
		}
	}
	return found
}

// rowOf returns the row that stands for a thing: the one that is there before
// those that are not, of these the last; nil if there never was one.
func (y *system) rowOf(entity int) *row {
	var found *row
	for _, r := range y.rows {
		if r.entity == entity && (found == nil || !found.live()) {
			found = r
		}
	}
	return found
}

// value is what a row holds in the field of a rule.
func (y *system) value(r *row, rule int) instep.Value { return r.cur().fields.Get(y.fields[rule]) }

// editAt is the edit that a row shows in the field of a rule.
func (y *system) editAt(r *row, rule int) int { return y.w.editOf(y.value(r, rule)) }

// record is what the system tells of a row in a state.
func (y *system) record(r *row, s *state) instep.Record {
	rec := instep.Record{Ref: y.ref(r.id), Status: s.status}
	if s.status == instep.Hidden || s.status == instep.Deleted {
		return rec
	}
	rec.Fields, rec.Modified = s.fields, s.at.Add(y.skew)
	if y.versions {
		rec.Version = fmt.Sprintf("v%d", s.seq)
	}
	return rec
}

func (y *system) ref(id string) instep.Ref {
	return instep.Ref{System: y.name, Entity: "product", ID: id}
}

// tell sorts what is to be listed in the order of the system.
func (y *system) tell(shown []showing) {
	if y.style == EventLog {
		slices.SortFunc(shown, func(a, b showing) int { return cmp.Compare(a.s.seq, b.s.seq) })
		return
	}
	if y.order%3 > 0 {
		own := rand.New(rand.NewPCG(y.order, 7))
		own.Shuffle(len(shown), func(i, j int) { shown[i], shown[j] = shown[j], shown[i] })
	}
}

// keyOf is the key by which the records of a thing find each other.
func keyOf(entity int) string { return fmt.Sprintf("K%d", entity) }
