package reconcile

import (
	"cmp"
	"context"
	"slices"

	"github.com/instep-go/instep"
)

// verdict is what matching says of an observation without counterpart.
type verdict uint8

const (
	alone   verdict = iota // nothing on the other side has its keys
	matched                // joined with partner
	doubted                // needs a person
)

// finding is the result of matching for one observation.
type finding struct {
	verdict verdict
	partner node
	rule    uint8 // rank that decided
	message *instep.Message
	rivals  []instep.LinkID
}

// node is a record in the match graph: an observation of this pass, or a
// half link of the state whose record was not seen in this pass.
type node struct {
	side instep.Side
	obs  int32        // -1: not observed
	link *instep.Link // its half link; nil: none yet
	full bool         // already linked: it can only make others doubtful
}

// entry is one key of one node.
type entry struct {
	hash    uint64
	node    int32
	rank    uint8
	strong  bool
	propose bool
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
}

// knownNode names a node that comes from the state.
type knownNode struct {
	link instep.LinkID
	side instep.Side
}

func (g *graph) add(n node, keys []key) {
	id := int32(len(g.nodes))
	g.nodes = append(g.nodes, n)
	for _, k := range keys {
		g.entries = append(g.entries, entry{k.hash, id, k.rank, k.strong, k.propose})
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
	slices.SortFunc(g.entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.hash, b.hash), cmp.Compare(a.node, b.node))
	})
	strong := g.strongKeys()
	for start := 0; start < len(g.entries); {
		end := start + 1
		for end < len(g.entries) && g.entries[end].hash == g.entries[start].hash && g.entries[end].rank == g.entries[start].rank {
			end++
		}
		g.judge(g.entries[start:end], strong)
		start = end
	}
}

// judge decides about one group of nodes that share a key.
func (g *graph) judge(group []entry, strong map[int32][]entry) {
	var open [2][]int32
	full, propose := false, false
	for i, e := range group {
		if i > 0 && group[i-1].node == e.node {
			continue
		}
		n := &g.nodes[e.node]
		switch {
		case n.full:
			full = true
		case g.found[e.node].verdict == alone:
			open[n.side] = append(open[n.side], e.node)
		}
		propose = propose || e.propose
	}
	l, r := open[instep.Left], open[instep.Right]
	rule := arg("rule", g.names(group[0].rank))
	switch {
	case len(l)+len(r) == 0:
	case full:
		g.doubt(message("linked_elsewhere", rule), l, r)
	case len(l) == 1 && len(r) == 1:
		g.meet(l[0], r[0], group[0].rank, propose, strong)
	case len(l) > 0 && len(r) > 0:
		g.doubt(message("ambiguous", rule), l, r)
	case len(l)+len(r) > 1 && (group[0].rank == 1 || group[0].strong):
		side := instep.Left
		if len(r) > 0 {
			side = instep.Right
		}
		g.doubt(message("same_key", rule, arg("side", side.String())), l, r)
	}
}

func (g *graph) meet(l, r int32, rank uint8, propose bool, strong map[int32][]entry) {
	rule := arg("rule", g.names(rank))
	if against, ok := contradiction(strong[l], strong[r]); ok {
		g.doubt(message("contradiction", rule, arg("against", g.names(against))), []int32{l}, []int32{r})
		return
	}
	if propose {
		g.doubt(message("proposed", rule), []int32{l}, []int32{r})
		return
	}
	g.found[l] = finding{verdict: matched, partner: g.nodes[r], rule: rank}
	g.found[r] = finding{verdict: matched, partner: g.nodes[l], rule: rank}
}

// contradiction reports whether two records have strong keys of one rank and
// none of them is the same.
func contradiction(l, r []entry) (rank uint8, yes bool) {
	for _, a := range l {
		same, both := false, false
		for _, b := range r {
			if a.rank == b.rank {
				both = true
				same = same || a.hash == b.hash
			}
		}
		if both && !same {
			return a.rank, true
		}
	}
	return 0, false
}

func (g *graph) doubt(m *instep.Message, groups ...[]int32) {
	var rivals []instep.LinkID
	for _, nodes := range groups {
		for _, n := range nodes {
			if link := g.nodes[n].link; link != nil {
				rivals = append(rivals, link.ID)
			}
		}
	}
	for _, nodes := range groups {
		for _, n := range nodes {
			g.found[n] = finding{verdict: doubted, message: m, rivals: rivals}
		}
	}
}

func (g *graph) strongKeys() map[int32][]entry {
	m := map[int32][]entry{}
	for _, e := range g.entries {
		if e.strong {
			m[e.node] = append(m[e.node], e)
		}
	}
	return m
}

// match builds the graph of all records of this pass that have no
// counterpart, with what the state knows under the same keys.
func (ps *pass) match(ctx context.Context) (*graph, error) {
	g := &graph{names: ps.keyName, known: map[knownNode]int32{}}
	for _, s := range sides {
		o := &ps.obs[s]
		for i := range o.list {
			ob := &o.list[i]
			if ob.gone && !ob.dropped { // what it was sent as, if in doubt, is not anybody else's
				n := node{side: s, obs: -1, link: ps.links[ob.link], full: true}
				g.add(n, ps.keysInDoubt(&n))
			}
			if ob.dropped || ob.gone {
				continue
			}
			full := ob.link != 0 && !ob.half
			n := node{side: s, obs: int32(i), link: ps.links[ob.link], full: full}
			g.add(n, append(slices.Clip(o.keysOf(int32(i))), ps.keysInDoubt(&n)...))
		}
	}
	if ps.state.LastLink == 0 {
		g.resolve()
		return g, nil
	}
	if err := ps.addKnown(ctx, g); err != nil {
		return nil, err
	}
	more, err := ps.readKnown(ctx, g)
	if err != nil {
		return nil, err
	}
	if more {
		return ps.match(ctx)
	}
	g.resolve()
	return g, nil
}

// readKnown reads again the records without counterpart that only the state
// knows of and that have a key of a record of this pass: they may have
// changed since, or be gone. It reports whether it could read any.
func (ps *pass) readKnown(ctx context.Context, g *graph) (more bool, err error) {
	for _, s := range sides {
		var refs []instep.Ref
		for i := range g.nodes {
			if n := &g.nodes[i]; n.side == s && n.obs < 0 && !n.full && ps.pair.side[s].getter != nil && !ps.reread[n.link.ID] {
				ps.reread[n.link.ID] = true
				refs = append(refs, ps.pair.side[s].ref(n.link.Sides[s].ID))
			}
		}
		if len(refs) == 0 {
			continue
		}
		more = true
		if err := ps.observeAgain(ctx, s, refs); err != nil {
			return false, err
		}
		ps.noteHalves(s)
	}
	return more, nil
}

// keysInDoubt returns the keys with which a record was sent whose create is in
// doubt, where it has others by now.
func (ps *pass) keysInDoubt(n *node) []key {
	if ps.heldInDoubt(n) == nil {
		return nil
	}
	var keys []key
	for _, k := range n.link.Keys {
		if k.Hash != n.link.Sides[n.side].Identity {
			keys = append(keys, key{hash: k.Hash, rank: 1})
		}
	}
	return keys
}

// addKnown adds what the state holds under the keys of the graph, except for
// records that this pass has seen itself.
func (ps *pass) addKnown(ctx context.Context, g *graph) error {
	ranks := map[uint64]entry{}
	for _, e := range g.entries {
		if !g.nodes[e.node].full {
			ranks[e.hash] = e
		}
	}
	hashes := make([]uint64, 0, len(ranks))
	for h := range ranks {
		hashes = append(hashes, h)
	}
	slices.Sort(hashes)
	const page = 1000
	for chunk := range slices.Chunk(hashes, page) {
		hits, err := ps.engine.store.Keys(ctx, ps.pair.Name, chunk)
		if err != nil {
			return err
		}
		if err := ps.addHits(ctx, g, hits, ranks); err != nil {
			return err
		}
	}
	return nil
}

func (ps *pass) addHits(ctx context.Context, g *graph, hits []instep.KeyHit, ranks map[uint64]entry) error {
	if err := ps.loadLinks(ctx, hitLinks(hits)); err != nil {
		return err
	}
	for _, hit := range hits {
		link := ps.links[hit.Link]
		half, isHalf := link.Half()
		for _, s := range sides {
			if hit.Sides&(1<<s) == 0 || ps.observedNow(s, link) {
				continue
			}
			if !isHalf || s == half {
				g.addKnown(node{side: s, obs: -1, link: link, full: !isHalf}, ranks[hit.Hash])
			}
		}
	}
	return nil
}

func hitLinks(hits []instep.KeyHit) []instep.LinkID {
	ids := make([]instep.LinkID, len(hits))
	for i, h := range hits {
		ids[i] = h.Link
	}
	return ids
}

// observedNow reports whether this pass has seen the link's record of side s.
func (ps *pass) observedNow(s instep.Side, link *instep.Link) bool {
	if ps.renamed[s][link.ID] {
		return true
	}
	i, ok := ps.obs[s].byID[link.Sides[s].ID]
	return ok && !ps.obs[s].list[i].dropped && ps.obs[s].list[i].link == link.ID
}

// loadLinks brings the links into ps.links.
func (ps *pass) loadLinks(ctx context.Context, ids []instep.LinkID) error {
	ids = slices.DeleteFunc(ids, func(id instep.LinkID) bool { return ps.links[id] != nil || id == 0 })
	slices.Sort(ids)
	ids = slices.Compact(ids)
	const page = 1000
	for chunk := range slices.Chunk(ids, page) {
		links, err := ps.engine.store.Links(ctx, ps.pair.Name, chunk)
		if err != nil {
			return err
		}
		for i := range links {
			ps.links[links[i].ID] = &links[i]
		}
	}
	return nil
}

// keyName says how people call the key of a rank: the name of its rule.
func (ps *pass) keyName(rank uint8) string {
	for i := range ps.pair.rules {
		if m := ps.pair.rules[i].Match; m != nil && m.Rank == rank {
			return ps.pair.rules[i].Name
		}
	}
	return "key " + string('0'+rank%10)
}

// yields reports whether nothing stands against giving a link's record a new
// id. An earlier view of it under the old id counts no more.
func (ps *pass) yields(s instep.Side, link *instep.Link, identity uint64) bool {
	if !ps.observedNow(s, link) {
		return true
	}
	i, ok := ps.obs[s].byID[link.Sides[s].ID]
	if !ok || ps.renamed[s][link.ID] {
		return false
	}
	ob := &ps.obs[s].list[i]
	if !ob.gone && ob.identity != identity {
		return false
	}
	ob.dropped = true
	return true
}

// followRenames gives an observation with an unknown id the link of the
// record that has the same immutable identity: its id changed.
func (ps *pass) followRenames(ctx context.Context, s instep.Side) error {
	o := &ps.obs[s]
	byIdentity := map[uint64]int32{}
	var hashes []uint64
	for i := range o.list {
		if ob := &o.list[i]; ob.link == 0 && ob.identity != 0 && !ob.dropped && !ob.gone {
			if earlier, twice := byIdentity[ob.identity]; twice { // renamed while it was listed
				o.list[earlier].dropped = true
			}
			byIdentity[ob.identity] = int32(i)
			hashes = append(hashes, ob.identity)
		}
	}
	if ps.state.LastLink == 0 || len(hashes) == 0 {
		return nil
	}
	slices.Sort(hashes)
	const page = 1000
	for chunk := range slices.Chunk(hashes, page) {
		hits, err := ps.engine.store.Keys(ctx, ps.pair.Name, chunk)
		if err != nil {
			return err
		}
		if err := ps.loadLinks(ctx, hitLinks(hits)); err != nil {
			return err
		}
		for _, hit := range hits {
			link := ps.links[hit.Link]
			if link.Sides[s].Identity == hit.Hash && ps.yields(s, link, hit.Hash) {
				o.list[byIdentity[hit.Hash]].link = link.ID
				ps.renamed[s][link.ID] = true
				ps.streams[s].seen.set(link.ID)
			}
		}
	}
	return nil
}
