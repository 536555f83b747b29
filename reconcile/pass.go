package reconcile

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/instep-go/instep"
)

// pass is one pass over one pair, from reading to settling.
type pass struct {
	engine *Engine
	pair   *pair
	run    string
	now    time.Time
	sel    Select
	budget int // writes that may still be chosen; below 0: any number

	state     instep.PairState
	inUse     uint32 // a number under which the mapping in use is known; 0: not looked up yet
	marks     map[instep.MarkID]instep.Mark
	open      map[instep.LinkID]bool    // links that have a mark
	touched   [2]map[instep.LinkID]bool // those of them that were observed
	units     []instep.Unit
	fences    map[instep.MarkID]instep.Fence
	landed    [2]map[instep.LinkID][]uint16 // rules of which a record has shown what we wrote and could not read back
	decisions map[instep.DecisionID]instep.Decision
	decided   []instep.Decision              // those that hold under a new id
	revoked   []instep.DecisionID            // and their old ids
	anyErased bool                           // whether one of them is that a record was erased
	links     map[instep.LinkID]*instep.Link // those that this pass is about
	infos     [2][]instep.FieldInfo          // aligned with the pair's rules
	lists     [2]map[string]map[string]bool  // entries of the code lists, by name
	blank     [2][]uint32
	obs       [2]observations
	streams   [2]stream
	absorbed  map[instep.LinkID]instep.LinkID // half links of records that others were merged into, with the links of those
	renamed   [2]map[instep.LinkID]bool       // links whose record came under another id
	freed     map[instep.LinkID]bool          // links that gave an id up to another in this pass
	remade    [2]map[string]bool              // ids that were seen, and that records were made under in this pass
	contested map[instep.LinkID]bool          // links whose id another record is to be made under
	keysGiven [2]map[instep.Value]string      // records that updates of this pass give a key to
	mixed     bool                            // what is being sent is not new records alone
	fresh     bool                            // there was no link before
	given     [2]sieve                        // ids that records got in a fresh pass
	untaken   map[instep.LinkID]bool          // links whose record can be made under its id by now, though it was taken
	scratch   [2]scratch
	trial     trial
	reviewed  map[uint64][]instep.LinkID // links that wait for a person, by match key; nil: not looked up yet
	refLock   sync.Mutex
	refs      map[instep.Wait]string // ids of counterparts of records referred to; "": none yet
	works     []work
	joined    []joined           // see there
	creations [2][]creation      // by the side that is written; see there
	kept      []*work            // those of them that came to something else
	created   int                // and how many were just carried out
	isNew     [2]*instep.Message // why they are made

	bytes      slab[byte]
	traceSlab  slab[instep.Trace]
	noTraces   []instep.Trace // of a side without record, not to be changed
	keyScratch []instep.KeyHash
	keySlab    slab[instep.KeyHash]
	bases      [2]vector // of the link at hand; see advance
	names      []string  // of rules, which are those of nameRules
	nameRules  []uint16

	adopted []work // writes of an earlier run that turned out to have been carried out

	shown  map[instep.Ref]*instep.Record // records that were read to show them; see Plan.Complete
	cut    [2]bool                       // the side's list was cut short in this run
	guards []Guard
	meters *[2]instep.Meter // requests of this run, by side

	refused [2]error // what a side's system does not let us do, by side

	rooms     rooms    // of calls that are over
	crew      *crew    // while several writes are under way at once
	unsettled *outcome // of the call before; nil whenever the lock of the crew is given up

	spent  *spent  // shared by the rounds of a run
	tenure *tenure // as is this; nil: what a person answers is carried out

	begun      bool  // something was or could have been written
	onlyMarked bool  // a further round: only what is open is looked at
	retry      bool  // something was left open that may be taken up at once
	latest     *pass // the last of its further rounds; nil: there was none
	reread     map[instep.LinkID]bool
	fault      error                  // what is wrong with a side, though the run went on to its end
	unsent     int                    // writes that came back unsent
	postponed  map[instep.LinkID]bool // of links that leave a write to the next round
	resumed    map[instep.LinkID]bool // those of the round before
	skipped    int                    // writes that Select leaves for a later run
	total      int                    // writes of this pass
	writes     int                    // finished so far
	done       PairSummary
}

// plan does everything up to the decision.
func (ps *pass) plan(ctx context.Context) error {
	if err := ps.begin(ctx); err != nil {
		return err
	}
	if err := ps.recover(ctx); err != nil {
		return err
	}
	if ps.onlyMarked {
		for s := range ps.obs {
			ps.obs[s] = observations{rules: len(ps.pair.rules)}
		}
	} else if err := ps.readBoth(ctx); err != nil {
		return err
	}
	if err := ps.askDisputed(ctx); err != nil {
		return err
	}
	if err := ps.readMarked(ctx); err != nil {
		return err
	}
	if err := ps.askReturned(ctx); err != nil {
		return err
	}
	if err := ps.rejoinFormer(ctx); err != nil {
		return err
	}
	if err := ps.lookTaken(ctx); err != nil {
		return err
	}
	return ps.judge(ctx)
}

// begin loads the state of the pair and checks that it belongs to these two
// installations and that the mapping fits them.
func (ps *pass) begin(ctx context.Context) error {
	ps.done.Name = ps.pair.Name
	for _, s := range sides {
		if err := ps.describe(ctx, s); err != nil {
			return err
		}
	}
	if err := ps.load(ctx); err != nil {
		return err
	}
	for _, s := range sides {
		if err := ps.identify(ctx, s); err != nil {
			return err
		}
	}
	ps.blank = [2][]uint32{ps.hashAll(instep.Null()), ps.hashAll(instep.String(""))}
	return ps.loadLists(ctx)
}

// load reads the state and what is open in it.
func (ps *pass) load(ctx context.Context) (err error) {
	if ps.state, err = ps.engine.store.Pair(ctx, ps.pair.Name); err != nil {
		return err
	}
	if err := ps.tenure.goOn(&ps.state); err != nil {
		return err
	}
	ps.fresh = ps.state.LastLink == 0
	ps.marks = map[instep.MarkID]instep.Mark{}
	ps.open, ps.touched = map[instep.LinkID]bool{}, [2]map[instep.LinkID]bool{{}, {}}
	ps.links = map[instep.LinkID]*instep.Link{}
	ps.fences, ps.decisions = map[instep.MarkID]instep.Fence{}, map[instep.DecisionID]instep.Decision{}
	ps.renamed = [2]map[instep.LinkID]bool{{}, {}}
	ps.refs = map[instep.Wait]string{}
	ps.units, ps.absorbed = nil, map[instep.LinkID]instep.LinkID{}
	ps.reread, ps.freed = map[instep.LinkID]bool{}, map[instep.LinkID]bool{}
	ps.contested, ps.untaken, ps.postponed = map[instep.LinkID]bool{}, map[instep.LinkID]bool{}, map[instep.LinkID]bool{}
	for w, err := range ps.engine.store.Open(ctx, ps.pair.Name) {
		switch {
		case err != nil:
			return err
		case w.Unit != nil:
			ps.units = append(ps.units, *w.Unit)
		case w.Mark != nil:
			ps.marks[instep.MarkID{Link: w.Mark.Link, Side: w.Mark.Side}] = *w.Mark
			ps.open[w.Mark.Link] = true
		case w.Fence != nil:
			ps.fences[instep.MarkID{Link: w.Fence.Link, Side: w.Fence.Side}] = *w.Fence
		case w.Decision != nil:
			ps.decisions[w.Decision.DecisionID] = *w.Decision
			ps.anyErased = ps.anyErased || w.Decision.Verdict == instep.Erased
		}
	}
	return nil
}

func (ps *pass) describe(ctx context.Context, s instep.Side) error {
	p := &ps.pair.side[s]
	ps.infos[s] = make([]instep.FieldInfo, len(ps.pair.rules))
	if p.describe == nil {
		return nil
	}
	infos, err := call(ctx, ps, s, p.describe.Describe)
	if err != nil {
		return err
	}
	known := [2][]instep.FieldInfo{}
	known[s] = infos
	if err := ps.pair.Mapping.Check(known[instep.Left], known[instep.Right], ps.engine.opt.Transforms); err != nil {
		return err
	}
	mapped := map[string]bool{}
	for i := range ps.pair.rules {
		r := &ps.pair.rules[i]
		for _, info := range infos {
			if info.Name == r.End(s).Field {
				ps.infos[s][i] = info
				mapped[info.Name] = r.Direction.Allows(s)
			}
		}
	}
	return ps.checkRequired(s, infos, mapped)
}

// checkRequired refuses a mapping with which no record could be created.
func (ps *pass) checkRequired(s instep.Side, infos []instep.FieldInfo, mapped map[string]bool) error {
	if !ps.pair.creates[s] && ps.pair.First == s {
		return nil
	}
	for _, info := range infos {
		if info.Required && !mapped[info.Name] {
			return configError("mapping", fmt.Sprintf("%s needs %q to create a %s, but no rule gives it a value",
				ps.pair.side[s].traits.System, info.Name, ps.pair.side[s].traits.Entity), "add a rule for it, or let the connector give new records one")
		}
	}
	return nil
}

// identify asks a side who it is, and refuses one that is another than the
// state knows.
func (ps *pass) identify(ctx context.Context, s instep.Side) error {
	p := &ps.pair.side[s]
	identity := p.traits.System
	if p.prober != nil {
		report, err := call(ctx, ps, s, p.prober.Probe)
		if err != nil {
			return err
		}
		ps.engine.emit(Probed{ps.pair.Name, s, report})
		if err := failed(report); err != nil {
			ps.refused[s] = err
			return err
		}
		identity = report.Installation
	}
	switch known := ps.state.Installations[s]; known {
	case "", identity:
		ps.state.Installations[s] = identity
		return nil
	default:
		return &instep.Error{
			Kind: instep.Mismatch, Op: "open state",
			Err:    fmt.Errorf("it was made with %s installation %s, but this is %s", p.traits.System, known, identity),
			Remedy: "use the credentials of that installation, or another state folder for this one",
		}
	}
}

func failed(r instep.Report) error {
	for _, c := range r.Checks {
		if !c.OK {
			e := &instep.Error{Kind: instep.Config, Op: r.System + ": " + c.Name, Answer: c.Detail, Remedy: c.Remedy}
			if before, ok := strings.CutSuffix(c.Detail, c.Remedy); ok { // it is an error's text that says so already
				e.Answer = strings.TrimSuffix(before, "; ")
			}
			return e
		}
	}
	return nil
}

func (ps *pass) hashAll(v instep.Value) []uint32 {
	out := make([]uint32, len(ps.pair.rules))
	for i := range ps.pair.rules {
		h, _ := ps.engine.hash.field(nil, ps.pair.rules[i].Name, v)
		out[i] = fold(h)
	}
	return out
}

// loadLists reads the code lists that values must be in.
func (ps *pass) loadLists(ctx context.Context) error {
	for _, s := range sides {
		p := &ps.pair.side[s]
		ps.lists[s] = map[string]map[string]bool{}
		if p.lister == nil || !ps.pair.mayWrite(s) {
			continue
		}
		for _, info := range ps.infos[s] {
			if info.List == "" || info.Open || ps.lists[s][info.List] != nil {
				continue
			}
			items, err := call(ctx, ps, s, func(ctx context.Context) ([]instep.Item, error) {
				return p.lister.List(ctx, info.List)
			})
			if err != nil {
				return err
			}
			names := make(map[string]bool, len(items))
			for _, item := range items {
				names[item.Name] = true
			}
			ps.lists[s][info.List] = names
		}
	}
	return nil
}

// readBoth reads the two sides at the same time, then what was left open.
func (ps *pass) readBoth(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	for _, s := range sides {
		wg.Go(func() {
			if err := ps.readSide(ctx, s); err != nil {
				cancel(err)
			}
		})
		if ps.engine.opt.Serial {
			wg.Wait()
		}
	}
	wg.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	for s := range ps.cut {
		st := &ps.streams[s]
		ps.cut[s] = st.swept && !st.complete && !ps.pair.side[s].traits.Partial
	}
	ps.done.Read = [2]int{ps.streams[instep.Left].read, ps.streams[instep.Right].read}
	return nil
}

// manyRecords are worth a collection of their own.
const manyRecords = 100_000

// collect is for the two moments of a run at which much of what is held is let
// go of, and little has been allocated since: the collector does not know.
func collect() {
	runtime.GC() //revive:disable-line:call-to-gc
}

// judge turns observations into work.
func (ps *pass) judge(ctx context.Context) error {
	for _, s := range sides {
		if err := ps.recognize(ctx, s); err != nil {
			return err
		}
	}
	if err := ps.readMeeting(ctx); err != nil {
		return err
	}
	if err := ps.findGone(ctx); err != nil {
		return err
	}
	for _, s := range sides {
		if err := ps.searchRenamed(ctx, s); err != nil {
			return err
		}
		if err := ps.followMerged(ctx, s); err != nil { // of those that only a sweep has missed
			return err
		}
		if err := ps.noteHalves(ctx, s); err != nil {
			return err
		}
	}
	if err := ps.confirmBuried(ctx); err != nil {
		return err
	}
	many := ps.obs[0].len()+ps.obs[1].len() > manyRecords
	if many {
		collect() // the graph can have the room of what was read
	}
	g, err := ps.match(ctx)
	if err != nil {
		return err
	}
	ps.decideAll(g)
	if many {
		for _, s := range sides {
			ps.obs[s.Other()].forget(ps.creations[s])
		}
		collect() // or else the heap would grow to twice of what it was with the graph
	}
	ps.sortWorks()
	ps.choose()
	ps.guard()
	return nil
}

// recognize finds out which of the records that are known were observed, under
// whatever id.
func (ps *pass) recognize(ctx context.Context, s instep.Side) error {
	if err := ps.loadObserved(ctx, s); err != nil {
		return err
	}
	reused := ps.findReused(s)
	if err := ps.findExchanged(ctx, s, reused); err != nil {
		return err
	}
	if err := ps.followRenames(ctx, s); err != nil {
		return err
	}
	if err := ps.followOrigins(ctx, s); err != nil {
		return err
	}
	ps.keepReused(s, reused)
	ps.findRetaken(s)
	if err := ps.followMerged(ctx, s); err != nil {
		return err
	}
	return ps.noteHalves(ctx, s)
}

// loadObserved loads the links of what was observed.
func (ps *pass) loadObserved(ctx context.Context, s instep.Side) error {
	o := &ps.obs[s]
	var ids []instep.LinkID
	for i := range o.len() {
		if ob := o.ob(i); ob.link != 0 && !ob.dropped {
			ids = append(ids, ob.link)
		}
	}
	return ps.loadLinks(ctx, ids)
}

// findReused takes the link from records whose id is known, but whose
// immutable identity is not the one the id had: the id was given to another
// record. It returns the links taken, by observation.
func (ps *pass) findReused(s instep.Side) map[int32]instep.LinkID {
	o := &ps.obs[s]
	reused := map[int32]instep.LinkID{}
	for i := range o.len() {
		ob := o.ob(i)
		if ob.link == 0 || ob.dropped || ob.identity() == 0 {
			continue
		}
		if another(ps.links[ob.link].Sides[s].Identity, ob.identity()) {
			reused[i] = ob.link
			ob.link = 0
		}
	}
	return reused
}

// keepReused gives such a record its link back where the record that had the
// id before was not seen under another one: then a person must say what
// became of it.
func (ps *pass) keepReused(s instep.Side, reused map[int32]instep.LinkID) {
	for i, link := range reused {
		if ob := ps.obs[s].ob(i); ob.link == 0 && !ps.renamed[s][link] {
			ob.link, ob.own().reused = link, true
		}
	}
}

// findRetaken notes records that were gone and are there again with another first
// key, where ids are chosen for new records and nothing else tells them apart: it
// may be another one that got the id. So may one that has got a key of a create of
// which a person is asked what came of it, or one that was or may have been gone and has such a
// key, whether it had it before or not. It stays so until a person has said which it is.
func (ps *pass) findRetaken(s instep.Side) {
	rule := ps.firstKey()
	if rule == nil || !ps.pair.side[s].traits.ChosenID || len(ps.marks) == 0 {
		return
	}
	held := ps.keysHeldInDoubt(s.Other())
	for i := range ps.obs[s].len() {
		ob := ps.obs[s].ob(i)
		link := ps.links[ob.link]
		if link == nil || ob.dropped || ob.is != there || ob.identity() != 0 {
			continue
		}
		mark, gone := ps.marks[instep.MarkID{Link: link.ID, Side: s}], ps.knownGone(link, s)
		asked, maybe := mark.Message.Code == "reused", mark.Outcome == instep.Frozen && ps.pair.side[s].traits.HidesMissing
		if (asked || gone || maybe) && isFull(link) && hasAny(held, ob.hashes()) {
			ob.own().reused = true
			continue
		}
		if !asked && !gone && !(isFull(link) && hasGot(held, ob.hashes(), link.Keys, s)) {
			continue
		}
		was, now := ps.baseOf(&link.Sides[s], link.Map).at(rule.index), ps.obs[s].vec(i).at(rule.index)
		if was != 0 && now != 0 && was != now {
			ob.own().reused = true
		}
	}
}

func hasAny(set map[uint64]bool, hashes []uint64) bool {
	return slices.ContainsFunc(hashes, func(h uint64) bool { return set[h] })
}

// hasGot reports whether one of the keys of a record of side s is in a set, and its
// link does not know it yet.
func hasGot(set map[uint64]bool, hashes []uint64, known []instep.KeyHash, s instep.Side) bool {
	return slices.ContainsFunc(hashes, func(h uint64) bool {
		return set[h] && !slices.ContainsFunc(known, func(k instep.KeyHash) bool { return k.Hash == h && k.Sides&(1<<s) != 0 })
	})
}

// keysHeldInDoubt are the keys of the records of side s of which a person is asked
// what came of a create: a linked record of the other side that has one may be
// that.
func (ps *pass) keysHeldInDoubt(s instep.Side) map[uint64]bool {
	keys := map[uint64]bool{}
	for id := range ps.marks {
		from := ps.links[id.Link]
		if id.Side != s || from == nil || isFull(from) || ps.heldInDoubt(&node{side: s, link: from}) == nil {
			continue
		}
		for _, k := range from.Keys {
			if k.Sides&(1<<s) != 0 {
				keys[k.Hash] = true
			}
		}
	}
	return keys
}

// noteHalves notes of what was observed which has no counterpart. What was read again
// may have another link by now: then another process has been at work.
func (ps *pass) noteHalves(ctx context.Context, s instep.Side) error {
	if err := ps.loadObserved(ctx, s); err != nil {
		return err
	}
	o := &ps.obs[s]
	for i := range o.len() {
		if ob := o.ob(i); ob.link != 0 && !ob.dropped {
			_, ob.half = ps.links[ob.link].Half()
		}
	}
	return nil
}

func (ps *pass) mappingChanged() bool {
	made := ps.made(ps.state.Mapping)
	return ps.state.Mapping != 0 && (made == nil || !equalPrints(made.Prints, ps.pair.prints))
}

// made returns the print of an earlier mapping; nil if it is the one in use,
// in the same order.
func (ps *pass) made(id uint32) *instep.MappingPrint {
	for i := range ps.state.Mappings {
		if ps.state.Mappings[i].ID == id {
			return &ps.state.Mappings[i]
		}
	}
	return nil
}

func equalPrints(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func (ps *pass) counts() Counts {
	var c Counts
	for w := range ps.acted() {
		if !w.skipped && w.outcome != instep.InStep && !w.retired() {
			if w.buried {
				c.add(instep.Gone, 1)
				continue
			}
			c.add(w.outcome, 1)
		}
	}
	c.add(instep.Linked, len(ps.joined))
	c.add(instep.Created, len(ps.creations[0])+len(ps.creations[1])+ps.created)
	for i := range ps.adopted {
		c.add(ps.adopted[i].outcome, 1)
	}
	return c
}
