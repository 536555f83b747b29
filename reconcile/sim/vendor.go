package sim

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/instep-go/instep"
)

// kind is what sort of system a side is.
type kind struct {
	snapshot     bool // it delivers files; else it lists changes
	getter       bool
	finder       bool
	versions     bool // writes check versions
	chosen       bool // ids are chosen by whoever creates
	keyed        bool // it knows idempotency keys
	token        bool // it has a field for a token
	unique       bool // it refuses a second record with the same key
	trim, round  bool // what it does to texts and numbers
	cut          int  // longest text it keeps; 0: any
	after        int  // how many of three replies hold the record
	tells        bool // replies say when
	seesDeletes  bool // deletions are told
	hidesMissing bool // what is withdrawn looks like what is not there
	renames      bool // people can change ids
	batch, page  int
	every, delay time.Duration // of files
	lag          time.Duration // of lists
	life         time.Duration // of requests
	keyLife      time.Duration
	skew         time.Duration // of its clock
	order        uint64        // in which order it lists
	step         time.Duration // of the times it tells
	defaults     bool          // it puts a name where none is given
}

func (k *kind) lossy() bool { return k.trim || k.round || k.cut > 0 }

// store gives what the system makes of a value.
func (k *kind) store(v instep.Value) instep.Value {
	if text, ok := v.AsString(); ok {
		if k.trim {
			text = strings.TrimSpace(text)
		}
		if k.cut > 0 && len(text) > k.cut {
			text = text[:k.cut]
		}
		return instep.String(text)
	}
	if d, ok := v.AsDecimal(); ok && k.round {
		return instep.Number(d.Round(2))
	}
	return v
}

// drawKind chooses a kind of system.
func drawKind(rnd *dice) kind {
	k := kind{
		getter: true, finder: true, tells: rnd.IntN(2) == 0, versions: rnd.IntN(3) == 0, unique: rnd.IntN(4) == 0,
		trim: rnd.IntN(4) == 0, round: rnd.IntN(4) == 0, after: rnd.IntN(4),
		seesDeletes: rnd.IntN(2) == 0, hidesMissing: rnd.IntN(4) == 0, renames: rnd.IntN(2) == 0,
		batch: 1 + rnd.IntN(4), page: 2 + rnd.IntN(6), order: uint64(rnd.Int64N(1 << 62)),
		life: time.Duration(rnd.IntN(3)) * time.Minute, keyLife: 24 * time.Hour,
	}
	if rnd.IntN(5) == 0 {
		k.cut = 9
	}
	switch rnd.IntN(6) {
	case 0:
		k.chosen, k.renames = true, false
	case 1:
		k.keyed = true
	case 2:
		k.token = true
	}
	if k.snapshot = rnd.IntN(3) == 0; k.snapshot {
		k.every, k.delay = time.Duration(1+rnd.IntN(24))*time.Hour, time.Duration(rnd.IntN(3))*time.Hour
		k.seesDeletes, k.getter = false, rnd.IntN(3) > 0
		k.finder = k.getter
	} else if rnd.IntN(2) == 0 {
		k.lag = time.Duration(1+rnd.IntN(120)) * time.Second
	}
	if k.tells {
		k.skew = time.Duration(rnd.IntN(1200)-600) * time.Second
	}
	if !k.getter {
		k.versions, k.token, k.keyed, k.after = false, false, false, 0
	}
	return k
}

// state is what a row held from a moment on.
type state struct {
	at     time.Time
	seq    int // numbers the changes of the system
	id     string
	status instep.Status
	fields instep.Fields
	into   *row // the one it was merged into
}

// origin says who put a value where it is.
type origin struct {
	user    bool
	made    bool // with the record
	n       int  // number of the user's doing
	carried bool // the other side has had it too, or did when the user made it
	known   bool // a run has dealt with it
	left    bool // a person has decided to leave it as it is
	bent    bool // the system made something else of what the engine wrote
}

// row is a record of a system over time.
type row struct {
	uid       string
	entity    int   // the real thing it stands for
	former    []int // what it stood for before its key was edited while a create was in doubt
	engine    bool
	shown     bool      // a list has held it
	cut       time.Time // the view that a list which did not hold it was of
	known     string    // the id under which the engine first learnt what it is
	born      int       // number of the round it appeared in
	token     string
	hist      []state
	from      []origin         // by rule
	sent      [][]instep.Value // by rule, what the engine put there since a user last did anything
	confirmed []int            // by rule, the state of hist that the engine knows to have made
	told      map[*row]bool    // a person said that they belong together
	decided   []bool           // by rule, a person let it be as it differed from its counterpart
	forced    bool             // a person said that it is none of those that have its key
	remade    bool             // a person wants it made anew
	given     *instep.Fields   // what it held as a person let its counterpart's deletion stand
	stands    bool             // a person lets it stand against its counterpart, to which nothing was written since
	clash     bool             // a user edited it while a write to it was in doubt, or the first one did not come to be
	equal     bool             // a user gave it what another one gave its counterpart
	edits     []time.Time      // by users
	wroteIn   int              // number of the round of the engine's last update of it
	heard     bool             // its reply came
	unread    bool             // and what came of it may not be written down
	astray    bool             // nor was it as the row got another id
	with      map[*row]bool    // what it was ever linked with
	last      *row             // what it was last linked with
}

// edited reports whether a user edited the row at or after t.
func (r *row) edited(t time.Time) bool {
	return len(r.edits) > 0 && !r.edits[len(r.edits)-1].Before(t)
}

func (r *row) cur() *state { return &r.hist[len(r.hist)-1] }

func (r *row) live() bool {
	s := r.cur().status
	return s == instep.Live || s == instep.Inactive
}

// at returns what the row held at t, nil if it was not there yet.
func (r *row) at(t time.Time) *state {
	for i := len(r.hist) - 1; i >= 0; i-- {
		if !r.hist[i].at.After(t) {
			return &r.hist[i]
		}
	}
	return nil
}

// vendor is the system of one side.
type vendor struct {
	kind
	w         *world
	side      instep.Side
	name      string
	rows      []*row
	seq       int
	next      int
	seen      time.Time // what its lists show is never older than what they showed
	goesBy    time.Time // the view of the list by which the run under way decides
	whole     time.Time // when the run began that has read a whole list
	keys      map[string]*row
	keyAt     map[string]time.Time
	tried     map[string]bool // idempotency keys that were sent
	late      []*lateOp
	writtenAt time.Time // when the engine last wrote
	fields    []string
	rights    rights
	requests  map[string]*request // by idempotency key
	odd       odd
}

func newVendor(w *world, s instep.Side, k kind) *vendor {
	return &vendor{
		kind: k, w: w, side: s, name: [2]string{"stock", "books"}[s], keys: map[string]*row{}, keyAt: map[string]time.Time{},
		tried: map[string]bool{}, requests: map[string]*request{},
		fields: [2][]string{{"number", "name", "price", "tax"}, {"code", "title", "net", "vat"}}[s],
	}
}

// clock is the time by the system's own clock.
func (v *vendor) clock() time.Time { return v.w.clk.now.Add(v.skew) }

// change gives a row a new state.
func (v *vendor) change(r *row, f func(s *state)) {
	var s state
	if len(r.hist) > 0 {
		s = *r.cur()
	}
	v.seq++
	s.at, s.seq = v.w.clk.now, v.seq
	f(&s)
	r.hist = append(r.hist, s)
}

// add makes a row.
func (v *vendor) add(id string, entity int, fields instep.Fields) *row {
	v.next++
	if id == "" {
		id = fmt.Sprintf("%s%d", v.name[:1], v.next)
	}
	r := &row{
		uid: fmt.Sprintf("%s-uid-%d", v.name, v.next), entity: entity, born: v.w.round,
		from: make([]origin, len(v.fields)), decided: make([]bool, len(v.fields)), sent: make([][]instep.Value, len(v.fields)),
		confirmed: make([]int, len(v.fields)), with: map[*row]bool{}, told: map[*row]bool{},
	}
	v.rows = append(v.rows, r)
	v.change(r, func(s *state) { s.id, s.fields = id, fields })
	return r
}

// find returns the row that has an id now, the one that is there before those
// that are gone, of these the last.
func (v *vendor) find(id string) *row {
	var found *row
	for _, r := range v.rows {
		if r.cur().id == id && (found == nil || r.cur().status != instep.Deleted || found.cur().status == instep.Deleted) {
			found = r
		}
	}
	return found
}

func (v *vendor) key(r *row) string { return r.cur().fields.Get(v.fields[0]).String() }

// holds returns the rows that are there with a key.
func (v *vendor) holds(key string) []*row {
	var out []*row
	for _, r := range v.rows {
		if r.live() && v.key(r) == key {
			out = append(out, r)
		}
	}
	return out
}

func (v *vendor) ref(id string) instep.Ref {
	return instep.Ref{System: v.name, Entity: "product", ID: id}
}

// record is what the system answers of a row in a state.
func (v *vendor) record(r *row, s *state) instep.Record {
	rec := instep.Record{Ref: v.ref(s.id), Status: s.status}
	if v.renames {
		rec.Identity = r.uid
	}
	if s.status == instep.Hidden {
		return rec
	}
	if s.status == instep.Deleted {
		if s.into != nil {
			rec.MergedInto = s.into.cur().id
		}
		return rec
	}
	rec.Fields = s.fields
	for _, name := range v.fields {
		if rec.Fields.Get(name).IsAbsent() {
			rec.Fields = rec.Fields.With(name, instep.Null())
		}
	}
	if v.versions {
		rec.Version = fmt.Sprintf("v%d", s.seq)
	}
	rec.Modified = v.modified(s)
	if memo := v.odd.memo[r]; memo != "" {
		rec.Fields = rec.Fields.With("memo", instep.String(memo))
	}
	return rec
}

// see notes that the engine sees what a row is.
func (v *vendor) see(r *row, s *state) instep.Record {
	if !v.w.woken {
		v.w.sighted = append(v.w.sighted, sighting{r, s.id})
	}
	return v.record(r, s)
}

// sighting is a row that was seen under an id.
type sighting struct {
	r  *row
	id string
}

// learn notes what the engine knows of who is who when a run is over: what it
// has written down, and after a run that came to its end whatever it saw. One
// that died may have had no time to write it down.
func (w *world) learn(ended bool) {
	for _, link := range w.store.links() {
		for s := range link.Sides {
			if x := w.side[s].find(link.Sides[s].ID); x != nil && link.Sides[s].Identity != 0 && x.known == "" {
				x.known = link.Sides[s].ID
			}
		}
	}
	for _, seen := range w.sighted {
		if ended && seen.r.known == "" {
			seen.r.known = seen.id
		}
	}
	w.sighted = w.sighted[:0]
}

// inOrder sorts what is to be listed in the order of the system.
func (v *vendor) inOrder(rows []*row) {
	if v.order%3 == 0 {
		return
	}
	own := rand.New(rand.NewPCG(v.order, 7))
	own.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
}

// view is the moment whose state the lists show now.
func (v *vendor) view() time.Time {
	if v.w.woken && !v.seen.IsZero() {
		return v.seen
	}
	t := v.w.clk.now
	if v.lag > 0 && !v.w.calm {
		t = t.Add(-time.Duration(v.w.rnd.Int64N(int64(v.lag))))
	} else if v.lag > 0 {
		t = t.Add(-v.lag)
	}
	if v.snapshot {
		t = t.Add(-v.delay).Truncate(v.every)
	}
	if t.Before(v.seen) {
		return v.seen
	}
	v.seen = t
	return t
}

// liveRows returns the rows that are there.
func (v *vendor) liveRows() []*row {
	return slices.DeleteFunc(slices.Clone(v.rows), func(r *row) bool { return !r.live() })
}
