package reconcile

import (
	"cmp"
	"maps"
	"slices"

	"github.com/instep-go/instep"
)

// linkFor returns the link that a work leads to, with the ids and keys of
// what was observed, but with the bases as they were.
func (ps *pass) linkFor(w *work) instep.Link {
	var link instep.Link
	if w.link != nil {
		link = *w.link
		link.Gen++
		if made := ps.outdated(link.Map); made != nil {
			link.Drift = ps.driftNow(link.Drift, made)
			for s := range link.Sides {
				link.Sides[s].Base = ps.pair.base(link.Sides[s].Base, made).bytes()
			}
		}
	} else {
		ps.state.LastLink++
		link = instep.Link{ID: ps.state.LastLink, Gen: 1}
	}
	link.Map = ps.state.Mapping
	if w.drop != nil {
		s, _ := w.drop.Half()
		link.Sides[s] = w.drop.Sides[s]
		link.Sides[s].Base = ps.pair.base(w.drop.Sides[s].Base, ps.outdated(w.drop.Map)).bytes()
		link.Keys = append(slices.Clone(link.Keys), w.drop.Keys...)
	}
	if w.how != "" {
		link.Rule = w.how
	}
	for _, s := range sides {
		if i := w.obs[s]; i >= 0 && !w.written[s] && ps.obs[s].ob(i).is == there && (w.meeting || w.link == nil || link.Sides[s].ID != "") {
			ps.identifySide(&link, s, i)
		}
	}
	link.Keys = ps.linkKeys(&link, w)
	return link
}

// driftNow brings the numbers of drifted rules into terms of the mapping in
// use. Rules that are no longer there fall out.
func (ps *pass) driftNow(drift []uint16, made *instep.MappingPrint) []uint16 {
	if made == nil || len(drift) == 0 {
		return drift
	}
	var now []uint16
	for _, d := range drift {
		if int(d) >= len(made.Prints) {
			continue
		}
		if i := slices.Index(ps.pair.prints, made.Prints[d]); i >= 0 {
			now = append(now, uint16(i))
		}
	}
	slices.Sort(now)
	return now
}

func (ps *pass) identifySide(link *instep.Link, s instep.Side, i int32) {
	ob := ps.obs[s].ob(i)
	side := &link.Sides[s]
	leaveFormer(link, s)
	if !isOrigin(ob.identity()) || side.ID != ob.id() || side.Identity == 0 || isOrigin(side.Identity) { // not every view has the id
		side.Identity = ob.identity()
	}
	side.ID, side.Version = ob.id(), ob.rare().version
	if len(side.Base) == 0 {
		side.Base = make([]byte, 4*len(ps.pair.rules))
	}
}

// linkKeys returns the keys of both sides: those observed now, and of a side
// not observed those it had.
func (ps *pass) linkKeys(link *instep.Link, w *work) []instep.KeyHash {
	all := ps.keyScratch[:0]
	for _, s := range sides {
		bit := uint8(1) << s
		i := w.obs[s]
		if link.Sides[s].ID == "" {
			continue
		}
		if i < 0 || w.written[s] || ps.obs[s].ob(i).is != there {
			for _, k := range link.Keys {
				all = addKeyHash(all, k.Hash, k.Sides&aboutSide(s))
			}
			continue
		}
		for _, h := range ps.obs[s].ob(i).hashes() {
			all = addKeyHash(all, h, bit)
		}
		if w.link != nil && !w.meeting {
			for _, k := range ps.keysInDoubt(&node{side: s, link: w.link}) {
				all = addInDoubt(all, k.hash, s)
			}
		}
		all = addKeyHash(all, link.Sides[s].Identity, bit)
	}
	ps.keyScratch = all
	return ps.sortedKeyHashes(all)
}

// addKeyHash adds a key to those of a link, once for both sides. A hash of 0
// is none, and no side has a key that neither has.
func addKeyHash(keys []instep.KeyHash, hash uint64, sides uint8) []instep.KeyHash {
	if hash == 0 || sides == 0 {
		return keys
	}
	for i := range keys {
		if keys[i].Hash == hash {
			keys[i].Sides |= sides
			return keys
		}
	}
	return append(keys, instep.KeyHash{Hash: hash, Sides: sides})
}

// aboutSide are the bits of KeyHash.Sides that are about one side.
func aboutSide(s instep.Side) uint8 { return 1<<s | inDoubtBit(s) }

// inDoubtBit says of a key that the record of a side has it only if a write in
// doubt was carried out.
func inDoubtBit(s instep.Side) uint8 { return 4 << s }

// addInDoubt adds a key that a record has if a write in doubt was carried out,
// unless it has it anyway.
func addInDoubt(keys []instep.KeyHash, hash uint64, s instep.Side) []instep.KeyHash {
	if i := slices.IndexFunc(keys, func(k instep.KeyHash) bool { return k.Hash == hash }); i >= 0 && keys[i].Sides&(1<<s) != 0 {
		return keys
	}
	return addKeyHash(keys, hash, aboutSide(s))
}

// sortedKeyHashes returns a copy of keys in the order of their hashes.
func (ps *pass) sortedKeyHashes(keys []instep.KeyHash) []instep.KeyHash {
	if len(keys) == 0 {
		return nil
	}
	slices.SortFunc(keys, func(a, b instep.KeyHash) int { return cmp.Compare(a.Hash, b.Hash) })
	sorted := ps.keySlab.take(len(keys), 1<<10)
	copy(sorted, keys)
	return sorted
}

// madeOn is the rule of a link whose record of side s was made from the other.
func madeOn(s instep.Side) string { return [...]string{"created left", "created right"}[s] }

// written is what a side holds after a write, as hashes.
type written struct {
	side instep.Side
	vec  vector
	sum  uint64
	keys []key
}

// advance moves the bases of a link to what is now known: for a field that
// was compared and left, to what stands on both sides; for one that was
// written, to what the written side was read back as. Fields that are still
// to be written, or wait for a person, keep their bases, so that they are
// seen as different again.
func (ps *pass) advance(link *instep.Link, w *work, after *written) {
	if awaitsFormer(link) {
		return // what was known when the two were last in step counts if they find together again
	}
	now := [2]vector{}
	var base [2]vector
	for _, s := range sides {
		ps.bases[s] = appendVector(ps.bases[s][:0], link.Sides[s].Base)
		if len(ps.bases[s]) > 0 {
			base[s] = ps.bases[s]
		}
		if i := w.obs[s]; i >= 0 {
			now[s] = ps.obs[s].vec(i)
		}
	}
	open := false
	for i := range ps.pair.rules {
		open = !ps.advanceRule(link, w, after, i, now, base) || open
	}
	link.Meeting = open && (w.meeting || link.Meeting)
	for _, s := range sides {
		ps.closeSide(link, w, after, s, now[s], base[s])
	}
}

// advanceRule reports whether nothing is left to write.
func (ps *pass) advanceRule(link *instep.Link, w *work, after *written, i int, now, base [2]vector) bool {
	a := adopt
	if w.acts != nil {
		a = w.acts[i]
	}
	target, writes := a.target()
	switch {
	case writes && after == nil && w.meeting:
		if i < len(base[target.Other()]) {
			base[target.Other()][i] = 0
		}
		if h := now[target].at(i); h != 0 && i < len(base[target]) {
			base[target][i] = h // so that an edit made before the write is settled is seen
		}
		return false
	case a == conflict:
		return false
	case writes && (after == nil || after.side != target):
		return base[0].at(i) != 0 && base[1].at(i) != 0 // it was written before
	case !w.meeting && link.Meeting && ps.unknown(w, base, i):
		return false
	case a == keep:
		return true
	}
	for _, s := range sides {
		if h := now[s].at(i); h != 0 && base[s] != nil {
			base[s][i] = h
		}
	}
	if writes && base[target] != nil {
		base[target][i] = after.vec.at(i)
	}
	_, drifted := a.drifted()
	if drifted || writes || base[0].at(i) == base[1].at(i) {
		link.Drift = withDrift(link.Drift, uint16(i), drifted)
	}
	return true
}

// unknown reports whether nothing is known of a field on a side that was not
// looked at, or was seen as it was before.
func (ps *pass) unknown(w *work, base [2]vector, i int) bool {
	for _, s := range sides {
		if o := w.obs[s]; base[s].at(i) == 0 && (o < 0 || ps.obs[s].ob(o).behind() && ps.obs[s].vec(o).at(i) == 0) {
			return true
		}
	}
	return false
}

// withDrift returns the drifted rules with or without rule i.
func withDrift(drift []uint16, i uint16, yes bool) []uint16 {
	if slices.Contains(drift, i) == yes {
		return drift
	}
	if yes {
		drift = append(slices.Clone(drift), i)
		slices.Sort(drift)
		return drift
	}
	return slices.DeleteFunc(slices.Clone(drift), func(d uint16) bool { return d == i })
}

// closeSide sets a side's base, and its sum if the base is all that stands
// there. A sum of 0 has the record looked at again when it is next read.
func (ps *pass) closeSide(link *instep.Link, w *work, after *written, s instep.Side, now, base vector) {
	side := &link.Sides[s]
	if base == nil {
		return
	}
	side.Base = base.appendTo(ps.bytes.take(4*len(base), 1<<16)[:0])
	switch {
	case after != nil && after.side == s:
		side.Sum = 0
		if slices.Equal(base, after.vec) {
			side.Sum = after.sum
		}
	case w.obs[s] >= 0:
		side.Sum = 0
		if slices.Equal(base, now) {
			side.Sum = ps.obs[s].ob(w.obs[s]).sum
		}
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
