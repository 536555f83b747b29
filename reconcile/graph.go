package reconcile

import (
	"cmp"
	"slices"

	"github.com/instep-go/instep"
)

// verdict is what matching says of an observation without counterpart.
type verdict uint8

const (
	alone   verdict = iota // nothing on the other side has its keys
	matched                // joined with partner
	doubted                // needs a person
	awaits                 // takes the place of a record that is gone, in the next round
)

// finding is the result of matching for one observation.
type finding struct {
	message *instep.Message
	partner int32 // its node
	verdict verdict
	rule    uint8 // rank that decided
}

// node is a record in the match graph: an observation of this pass, or a
// half link of the state whose record was not seen in this pass.
type node struct {
	link *instep.Link // its half link; nil: none yet
	obs  int32        // -1: not observed
	side instep.Side
	full bool // already linked: it can only make others doubtful
	shut bool // not linked, but hidden from us: likewise
}

// entry is one key of one node.
type entry struct {
	hash    uint64
	node    int32
	rank    uint8
	strong  bool
	propose bool
	weak    bool
}

// graph finds out which nodes belong together. The outcome does not depend on
// the order in which nodes were added: only groups of equal keys are looked
// at, never the first of them.
type graph struct {
	nodes   []node
	entries []entry
	found   []finding // aligned with nodes
	known   map[knownNode]int32
	names   func(rank uint8) string
	never   func(l, r *node) bool         // whether a person said that they are two
	kept    func(n *node) bool            // whether a person said that nothing is made for it
	gone    func(n *node) bool            // whether a linked record is no longer there
	stays   func(n *node) bool            // whether a linked record is known to be there still
	meant   func(n *node) bool            // whether an earlier pass meant to make a counterpart for a record
	held    func(n *node) *instep.Message // why a record must not be joined with any until a person has looked

	ofNodes  []uint32               // positions of entries, node by node; nil unless there are strong or weak keys
	ends     []uint32               // where those of each node end
	scratch  [2][]entry             // keys of two nodes
	replaced map[instep.LinkID]bool // links whose record that is gone has a successor
}

// knownNode names a node that comes from the state.
type knownNode struct {
	link instep.LinkID
	side instep.Side
}

// reserve makes room for as many nodes and keys.
func (g *graph) reserve(nodes, keys int) {
	g.nodes, g.entries = make([]node, 0, nodes), make([]entry, 0, keys)
}

func (g *graph) add(n node, keys []key) {
	id := int32(len(g.nodes))
	g.nodes = append(g.nodes, n)
	for _, k := range keys {
		g.entries = append(g.entries, entry{k.hash, id, k.rank, k.strong, k.propose, k.weak})
	}
}

// addKnown adds one key of a record that only the state knows of.
func (g *graph) addKnown(n node, e entry) {
	id, ok := g.known[knownNode{n.link.ID, n.side}]
	if !ok {
		id = int32(len(g.nodes))
		g.nodes = append(g.nodes, n)
		g.known[knownNode{n.link.ID, n.side}] = id
	}
	e.node = id
	g.entries = append(g.entries, e)
}

// resolve judges all groups, rank by rank.
func (g *graph) resolve() {
	g.found = make([]finding, len(g.nodes))
	sortEntries(g.entries)
	g.orderByNode()
	for start := 0; start < len(g.entries); {
		end := start + 1
		for end < len(g.entries) && g.entries[end].hash == g.entries[start].hash && g.entries[end].rank == g.entries[start].rank {
			end++
		}
		g.judge(g.entries[start:end])
		start = end
	}
}

// group is what nodes with one key in common come to.
type group struct {
	open    [2][]int32 // without counterpart so far, by side
	taken   [2][]int32 // settled by a better key in this pass, by side
	full    []int32    // linked, or hidden from us
	rank    uint8
	rule    instep.Arg
	strong  bool
	propose bool
	weak    bool
}

func (g *graph) group(entries []entry) group {
	first := entries[0]
	gr := group{rank: first.rank, rule: arg("rule", g.names(first.rank)), strong: first.strong, weak: first.weak}
	for i, e := range entries {
		if i > 0 && entries[i-1].node == e.node {
			continue
		}
		n := &g.nodes[e.node]
		switch {
		case n.full:
			gr.full = append(gr.full, e.node)
		case g.found[e.node].verdict == alone:
			gr.open[n.side] = append(gr.open[n.side], e.node)
		default:
			gr.taken[n.side] = append(gr.taken[n.side], e.node)
		}
		gr.propose = gr.propose || e.propose
	}
	return gr
}

// judge decides about one group of nodes that share a key.
func (g *graph) judge(entries []entry) {
	if g.judgePlain(entries) {
		return
	}
	gr := g.group(entries)
	g.setFullAside(&gr)
	g.setTakenAside(&gr)
	g.setVetoedAside(&gr)
	l, r := gr.open[instep.Left], gr.open[instep.Right]
	switch {
	case len(l)+len(r) == 0:
	case len(l) == 1 && len(r) == 1:
		g.meet(l[0], r[0], &gr)
	case len(l) > 0 && len(r) > 0:
		g.doubt(g.ambiguity(&gr), l, r)
	case gr.rank == 1 || gr.strong:
		l, r = g.undecided(l), g.undecided(r)
		if len(l)+len(r) < 2 {
			return
		}
		side := instep.Left
		if len(r) > 0 {
			side = instep.Right
		}
		g.doubt(message("same_key", gr.rule, arg("side", side.String())), l, r)
	}
}

// judgePlain decides about the groups that are most by far, without making
// lists of them: of a single record, and of one of each side. It reports
// whether it did.
func (g *graph) judgePlain(entries []entry) bool {
	if len(entries) == 1 {
		return true // nobody else has the key
	}
	a, b := &entries[0], &entries[1]
	if len(entries) > 2 || a.node == b.node || g.nodes[a.node].full || g.nodes[b.node].full {
		return false
	}
	settled := [2]bool{g.found[a.node].verdict != alone, g.found[b.node].verdict != alone}
	switch l, r := &g.nodes[a.node], &g.nodes[b.node]; {
	case settled[0] && settled[1]:
		return true
	case settled[0] || settled[1] || l.side == r.side:
		return false
	case g.vetoed(l, r):
		return true
	case l.side == instep.Right:
		a, b = b, a
	}
	gr := group{
		rank: a.rank, rule: arg("rule", g.names(a.rank)), strong: entries[0].strong, weak: entries[0].weak, propose: a.propose || b.propose,
	}
	g.meet(a.node, b.node, &gr)
	return true
}

// setFullAside takes out of a group what is in doubt because a record with the
// same key is linked already, or hidden.
func (g *graph) setFullAside(gr *group) {
	if len(gr.full) == 0 {
		return
	}
	if g.succeeds(gr) {
		return
	}
	copies := [2]map[instep.LinkID]bool{g.copies(gr, instep.Left), g.copies(gr, instep.Right)}
	for _, s := range sides {
		var rest []int32
		for _, id := range gr.open[s] {
			if against := g.against(id, g.inTheWay(id, gr.full, copies[s])); against >= 0 {
				g.doubt(g.why(gr, s, against), []int32{id})
			} else {
				rest = append(rest, id)
			}
		}
		gr.open[s] = rest
	}
}

// copies returns the linked nodes of a group whose record on the other side of
// s was made by us, from a record of side s with the same key: by their links,
// with whether that record is known to be there still. Such a copy is nobody
// else's counterpart: that two records of side s share a key like a name was so
// before it was made, and both were to be created. Otherwise it would be for
// luck to say, where a run ends between the two. There are none if the other
// side has further records with the key.
func (g *graph) copies(gr *group, s instep.Side) map[instep.LinkID]bool {
	if gr.rank == 1 || gr.strong || len(gr.open[s.Other()])+len(gr.taken[s.Other()]) > 0 {
		return nil
	}
	var copies map[instep.LinkID]bool
	for _, id := range gr.full {
		if n := &g.nodes[id]; n.side == s && !n.shut && n.link.Rule == madeOn(s.Other()) {
			if copies == nil {
				copies = map[instep.LinkID]bool{}
			}
			copies[n.link.ID] = g.stays(n)
		}
	}
	return copies
}

// inTheWay leaves out of the linked nodes of a group the copies of namesakes of
// the open one. Where a namesake is not known to be there, the open one may be
// what became of it, unless an earlier pass meant to create it.
func (g *graph) inTheWay(open int32, full []int32, copies map[instep.LinkID]bool) []int32 {
	if len(copies) == 0 {
		return full
	}
	meant := g.meant(&g.nodes[open])
	return slices.DeleteFunc(slices.Clone(full), func(id int32) bool {
		stays, copied := copies[g.nodes[id].link.ID]
		return copied && (stays || meant)
	})
}

// why says what is in the way of joining a record of side s with the linked
// node's.
func (g *graph) why(gr *group, s instep.Side, full int32) *instep.Message {
	n := &g.nodes[full]
	m := g.held(n)
	switch {
	case m != nil:
		return m
	case n.shut && n.side == s:
		return message("same_key", gr.rule, arg("side", s.String()))
	case n.shut:
		return message("hidden_match", gr.rule)
	default:
		return message("linked_elsewhere", gr.rule)
	}
}

// setTakenAside takes out of a group what has the key of a record that a better
// key has settled already: it may be the same once more.
func (g *graph) setTakenAside(gr *group) {
	for _, s := range sides {
		var rest []int32
		for _, id := range gr.open[s] {
			if (gr.rank == 1 || gr.strong) && len(gr.taken[s]) > 0 {
				g.doubt(message("same_key", gr.rule, arg("side", s.String())), []int32{id})
				continue
			}
			at := slices.IndexFunc(gr.taken[s.Other()], func(other int32) bool { return !g.vetoed(&g.nodes[id], &g.nodes[other]) })
			switch {
			case at < 0:
				rest = append(rest, id)
			case g.found[gr.taken[s.Other()][at]].verdict == matched:
				g.doubt(message("linked_elsewhere", gr.rule), []int32{id})
			default:
				g.doubt(message("ambiguous", gr.rule), []int32{id})
			}
		}
		gr.open[s] = rest
	}
}

// against returns the first linked node that nobody has said to be another
// than the open one; -1 if there is none.
func (g *graph) against(open int32, full []int32) int32 {
	n := &g.nodes[open]
	for _, id := range full {
		f := g.nodes[id]
		if f.shut && f.side == n.side {
			if g.kept(n) {
				continue
			}
			return id
		}
		f.side, f.obs = n.side.Other(), -1 // the record it would be joined with
		if f.link.Sides[f.side].ID == "" || !g.vetoed(n, &f) {
			return id
		}
	}
	return -1
}

// succeeds reports whether the one open record of a group has taken the place
// of one that is gone: the key that people gave it now sits on it.
func (g *graph) succeeds(gr *group) bool {
	if gr.rank != 1 && !gr.strong || gr.propose || gr.weak || len(gr.open[0])+len(gr.open[1]) != 1 {
		return false
	}
	s := instep.Left
	if len(gr.open[instep.Right]) == 1 {
		s = instep.Right
	}
	id := gr.open[s][0]
	if g.held(&g.nodes[id]) != nil {
		return false // what was made of it may still come to light
	}
	var link *instep.Link
	for _, id := range gr.full {
		n := &g.nodes[id]
		if n.shut || link != nil && link.ID != n.link.ID {
			return false
		}
		link = n.link
	}
	if !slices.ContainsFunc(gr.full, func(id int32) bool { return g.nodes[id].side != s }) {
		return false // the one that is left has another key by now
	}
	stays := &node{side: s.Other(), obs: -1, link: link}
	if !g.gone(&node{side: s, obs: -1, link: link}) || g.gone(stays) || g.vetoed(&g.nodes[id], stays) {
		return false
	}
	g.replaced[link.ID] = true
	gr.open[s] = nil
	g.found[id] = finding{verdict: awaits, message: message("successor", gr.rule)}
	return true
}

// setVetoedAside takes out of a group the nodes of which a person said that
// they are none of the other side's.
func (g *graph) setVetoedAside(gr *group) {
	var rest [2][]int32
	for _, s := range sides {
		for _, id := range gr.open[s] {
			others := gr.open[s.Other()]
			vetoes := 0
			for _, other := range others {
				if g.vetoed(&g.nodes[id], &g.nodes[other]) {
					vetoes++
				}
			}
			if len(others) == 0 || vetoes < len(others) {
				rest[s] = append(rest[s], id)
			}
		}
	}
	gr.open = rest
}

// ambiguity says why several of a group cannot be joined. Where one of them has
// a create in doubt, any of the others may be what came of it, and remains so
// whatever becomes of its keys.
func (g *graph) ambiguity(gr *group) *instep.Message {
	var first *instep.Message // by its code: not by the order in which they came
	for _, nodes := range gr.open {
		for _, id := range nodes {
			if m := g.held(&g.nodes[id]); m != nil && (first == nil || m.Code < first.Code) {
				first = m
			}
		}
	}
	if first != nil {
		return first
	}
	return message("ambiguous", gr.rule)
}

// undecided leaves out records of which a person has said that nothing is made
// for them: they do not stand in the way of others with the same key.
func (g *graph) undecided(nodes []int32) []int32 {
	return slices.DeleteFunc(slices.Clone(nodes), func(id int32) bool { return g.kept(&g.nodes[id]) })
}

func (g *graph) vetoed(a, b *node) bool {
	if a.side == instep.Right {
		a, b = b, a
	}
	return g.never(a, b)
}

func (g *graph) meet(l, r int32, gr *group) {
	if m := g.objection(l, r, gr); m != nil {
		g.doubt(m, []int32{l}, []int32{r})
		return
	}
	g.found[l] = finding{verdict: matched, partner: r, rule: gr.rank}
	g.found[r] = finding{verdict: matched, partner: l, rule: gr.rank}
}

// objection says what speaks against joining two records that are alone in
// having a key in common; nil if nothing does.
func (g *graph) objection(l, r int32, gr *group) *instep.Message {
	for _, id := range []int32{l, r} {
		if m := g.held(&g.nodes[id]); m != nil {
			return m
		}
	}
	ls, rs := g.keysOf(l, 0), g.keysOf(r, 1)
	if against, ok := contradiction(ls, rs); ok {
		return message("contradiction", gr.rule, arg("against", g.names(against)))
	}
	if g.leadsAway(ls, rs, r, gr.rank, instep.Right) || g.leadsAway(rs, ls, l, gr.rank, instep.Left) {
		return message("ambiguous", gr.rule)
	}
	if against, ok := g.heldElsewhere(ls, rs, l, r); ok {
		return message("held_elsewhere", gr.rule, arg("against", g.names(against)))
	}
	if gr.weak && !supported(ls, rs, gr.rank) {
		return message("number_only", gr.rule)
	}
	if gr.propose {
		return message("proposed", gr.rule)
	}
	return nil
}

// leadsAway reports whether a node has a further key of the rank by which it is
// about to meet another, and that key is of a third one on the other side s: a
// business id that can be read in two ways, say. Which of the two it belongs
// with is not for the order of hashes to say.
func (g *graph) leadsAway(keys, others []entry, other int32, rank uint8, s instep.Side) bool {
	for _, k := range keys {
		if k.rank == rank && g.holder(k, s, other) && !slices.ContainsFunc(others, func(o entry) bool { return o.rank == rank && o.hash == k.hash }) {
			return true
		}
	}
	return false
}

// heldElsewhere reports whether the two have weak keys that differ, and one of
// these is that of another record of the other side.
func (g *graph) heldElsewhere(ls, rs []entry, l, r int32) (rank uint8, yes bool) {
	for _, a := range ls {
		for _, b := range rs {
			if a.weak && a.rank == b.rank && a.hash != b.hash && (g.holder(a, instep.Right, r) || g.holder(b, instep.Left, l)) {
				return a.rank, true
			}
		}
	}
	return 0, false
}

// holder reports whether a record of side s other than the node has the key.
func (g *graph) holder(e entry, s instep.Side, but int32) bool {
	at, _ := slices.BinarySearchFunc(g.entries, e, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.hash, b.hash))
	})
	for ; at < len(g.entries) && g.entries[at].rank == e.rank && g.entries[at].hash == e.hash; at++ {
		if n := g.entries[at].node; n != but && g.nodes[n].side == s {
			return true
		}
	}
	return false
}

// supported reports whether the two have a key of another rank in common.
func supported(ls, rs []entry, rank uint8) bool {
	for _, a := range ls {
		for _, b := range rs {
			if a.rank != rank && a.rank == b.rank && a.hash == b.hash {
				return true
			}
		}
	}
	return false
}

// shareNone reports whether both have strong keys of a rank, and none of them
// in common.
func shareNone(rank uint8, l, r []entry) bool {
	both := false
	for _, a := range l {
		for _, b := range r {
			if !a.strong || !b.strong || a.rank != rank || b.rank != rank {
				continue
			}
			if a.hash == b.hash {
				return false
			}
			both = true
		}
	}
	return both
}

// contradiction reports whether two records have strong keys of one rank and
// none of them is the same.
func contradiction(l, r []entry) (rank uint8, yes bool) {
	for _, a := range l {
		if a.strong && shareNone(a.rank, l, r) {
			return a.rank, true
		}
	}
	return 0, false
}

func (g *graph) doubt(m *instep.Message, groups ...[]int32) {
	for _, nodes := range groups {
		for _, n := range nodes {
			g.found[n] = finding{verdict: doubted, message: m}
		}
	}
}

// orderByNode makes the keys of each node known, if a strong or weak key asks
// for more than the group itself.
func (g *graph) orderByNode() {
	if !slices.ContainsFunc(g.entries, func(e entry) bool { return e.strong || e.weak }) {
		return
	}
	g.ends = make([]uint32, len(g.nodes)+1)
	for i := range g.entries {
		g.ends[g.entries[i].node+1]++
	}
	for i := range g.nodes {
		g.ends[i+1] += g.ends[i] // where those of node i+1 begin
	}
	g.ofNodes = make([]uint32, len(g.entries))
	for i := range g.entries {
		n := g.entries[i].node
		g.ofNodes[g.ends[n]] = uint32(i)
		g.ends[n]++
	}
}

// keysOf returns the keys of a node; none if orderByNode had no reason. They
// are good until they are asked for with the same number again.
func (g *graph) keysOf(node int32, number int) []entry {
	if g.ofNodes == nil {
		return nil
	}
	from := uint32(0)
	if node > 0 {
		from = g.ends[node-1]
	}
	keys := g.scratch[number][:0]
	for _, at := range g.ofNodes[from:g.ends[node]] {
		keys = append(keys, g.entries[at])
	}
	g.scratch[number] = keys
	return keys
}
