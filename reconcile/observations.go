package reconcile

import (
	"encoding/binary"
	"hash/maphash"
	"math"
	"slices"
	"time"

	"github.com/instep-go/instep"
)

// seenRecord is a record that is new, or differs from what was last known of
// it. A first load has one for each record of both sides: what is long, or what
// few have, lies in the columns of the observations.
type seenRecord struct {
	sum      uint64
	link     instep.LinkID // 0: not known yet
	idAt     place
	keyStart uint32
	held     place // of its values; nowhere: they are read again
	is       presence
	dropped  bool // a later view of the record replaced it
	half     bool // link has no other side
	odd      bool // it is among the rare ones
}

// rare is what few observations have.
type rare struct {
	merged  bool            // into a record that is linked with another
	into    string          // the id it was merged into, where it is gone
	unfit   *instep.Message // it cannot even be read into the shared form
	version string
	due     time.Time // see view
	reused  bool      // its id is linked, but belonged to another record then
	direct  bool      // it was read by its id
	changed time.Time // when that was last changed, by the vendor's clock
}

var nothingRare rare

// observation is one of the observations.
type observation struct {
	*seenRecord
	of *observations
	i  int32
}

// id returns the record's id.
func (ob observation) id() string {
	r := packedReader{ob.of.ids.from(ob.idAt)}
	return r.text()
}

// identity returns the hash of what the record keeps when its id changes.
func (ob observation) identity() uint64 {
	block := ob.of.identities[uint32(ob.i)/blockSize]
	if block == nil {
		return 0
	}
	return block[uint32(ob.i)%blockSize]
}

// hashes returns those of the record's match keys.
func (ob observation) hashes() []uint64 {
	end := uint32(len(ob.of.hashes))
	if next := ob.i + 1; next < ob.of.n {
		end = ob.of.ob(next).keyStart
	}
	return ob.of.hashes[ob.keyStart:end:end]
}

// behind reports whether some of a linked record was older than our own write
// to it, or than what was read by its id, and was left out.
func (ob observation) behind() bool { return ob.is == there && ob.sum == 0 && ob.link != 0 }

// rare returns what is rare of the observation, not to be changed.
func (ob observation) rare() *rare {
	if !ob.odd {
		return &nothingRare
	}
	return ob.of.rare[ob.i]
}

// own returns what is rare of the observation, to be changed.
func (ob observation) own() *rare {
	if !ob.odd {
		if ob.of.rare == nil {
			ob.of.rare = map[int32]*rare{}
		}
		ob.seenRecord.odd = true
		ob.of.rare[ob.i] = &rare{}
	}
	return ob.of.rare[ob.i]
}

// observations are those of one side in one pass, in blocks, so that little is
// moved when they grow: only the first block grows with what is in it.
type observations struct {
	n          int32
	list       [][]seenRecord // blockSize of them in a block, and so of vecs and identities
	vecs       [][]uint32     // len(rules) for each
	identities [][]uint64     // nil where no record of the block has any
	rare       map[int32]*rare
	ids        arena      // each with its length before it
	hashes     []uint64   // of keys
	kinds      []uint8    // of keys: positions in kind
	kind       []key      // without hashes; there are as many as keys differ in more than their values
	values     packed     // of the first Hold of them
	index      []int32    // numbers of observations by hashes of ids, plus one; a power of two long
	tags       []uint8    // aligned with index: the upper bits of the hashes
	again      []recalled // vectors of those that are let go of
	rules      int
	buf        []byte
}

const blockSize = 4096

// idSeed is what ids are hashed with in memory.
var idSeed = maphash.MakeSeed()

func (o *observations) len() int32 { return o.n }

// ob returns an observation by its number.
func (o *observations) ob(i int32) observation {
	return observation{&o.list[uint32(i)/blockSize][uint32(i)%blockSize], o, i}
}

// at returns the last observation of the record with the id.
func (o *observations) at(id string) (int32, bool) {
	if len(o.index) == 0 {
		return 0, false
	}
	slot, _ := o.slot(id)
	if o.index[slot] == 0 {
		return 0, false
	}
	return o.index[slot] - 1, true
}

// slot returns where in the index the id is, or is to be, with its tag. That
// tells most other ids apart, which lie somewhere else in memory.
func (o *observations) slot(id string) (slot uint64, tag uint8) {
	hash, mask := maphash.String(idSeed, id), uint64(len(o.index)-1)
	slot, tag = hash&mask, uint8(hash>>56)
	for o.index[slot] != 0 && (o.tags[slot] != tag || o.ob(o.index[slot]-1).id() != id) {
		slot = (slot + 1) & mask
	}
	return slot, tag
}

// enter makes the index lead from an id to an observation, and returns the one
// that it led to before; -1 if there is none.
func (o *observations) enter(id string, i int32) (old int32) {
	slot, tag := o.slot(id)
	old = o.index[slot] - 1
	o.index[slot], o.tags[slot] = i+1, tag
	return old
}

// full reports whether there is no room for n more observations.
func (o *observations) full(n int) bool {
	return int(o.n)+n > math.MaxInt32/2 || len(o.hashes) > math.MaxUint32/2 || o.ids.full(n)
}

// add appends an observation with its hashes and keys, which replaces an earlier
// one of the same record. It keeps a copy of the id, which may be a part of a
// whole reply.
func (o *observations) add(id string, identity uint64, ob seenRecord, v view) observation {
	if 3*int(o.n) >= 2*len(o.index) {
		o.grow()
	}
	o.buf = append(binary.AppendUvarint(o.buf[:0], uint64(len(id))), id...)
	ob.idAt, ob.keyStart = o.ids.add(o.buf), uint32(len(o.hashes))
	if o.n%blockSize == 0 {
		o.addBlock()
	}
	last := len(o.list) - 1
	o.list[last], o.vecs[last] = append(o.list[last], ob), append(o.vecs[last], v.vec...)
	if identity != 0 {
		if o.identities[last] == nil {
			o.identities[last] = make([]uint64, blockSize)
		}
		o.identities[last][o.n%blockSize] = identity
	}
	for _, k := range v.keys {
		o.hashes, o.kinds = append(o.hashes, k.hash), append(o.kinds, o.kindOf(k))
	}
	o.n++
	if old := o.enter(id, o.n-1); old >= 0 {
		o.ob(old).dropped = true
	}
	return o.ob(o.n - 1)
}

// addBlock makes room for more observations; the first block grows as needed.
func (o *observations) addBlock() {
	size := blockSize
	if o.n == 0 {
		size = 0
	}
	o.list, o.vecs = append(o.list, make([]seenRecord, 0, size)), append(o.vecs, make([]uint32, 0, size*o.rules))
	o.identities = append(o.identities, nil)
}

func (o *observations) grow() {
	o.index, o.tags = make([]int32, max(64, 2*len(o.index))), make([]uint8, max(64, 2*len(o.index)))
	for i := range o.n {
		o.enter(o.ob(i).id(), i)
	}
}

// kindOf returns the position of a key without its hash.
func (o *observations) kindOf(k key) uint8 {
	k.hash = 0
	i := slices.Index(o.kind, k)
	if i < 0 {
		i = len(o.kind)
		o.kind = append(o.kind, k)
	}
	return uint8(i)
}

// key is a match key of an observation.
type key struct {
	hash    uint64
	rank    uint8
	strong  bool
	propose bool
	weak    bool
}

// forget lets go of the vectors of those blocks whose observations are all
// among the given ones, where they can be read from a file.
func (o *observations) forget(list []creation) {
	if o.values.spill == nil {
		return
	}
	inBlock := make([]int, len(o.list))
	for _, c := range list {
		if o.holds(int32(c)) {
			inBlock[uint32(c)/blockSize]++
		}
	}
	for b, n := range inBlock {
		if n == len(o.list[b]) {
			o.vecs[b] = nil
		}
	}
}

func (o *observations) vec(i int32) vector {
	if o.vecs[uint32(i)/blockSize] == nil {
		return o.vecAgain(i)
	}
	block, at := o.vecs[uint32(i)/blockSize], int(uint32(i)%blockSize)
	return vector(block[at*o.rules : (at+1)*o.rules : (at+1)*o.rules])
}

// vecAgain returns a vector that was let go of. The latest ones stay at hand:
// what is written is looked at several times.
func (o *observations) vecAgain(i int32) vector {
	const most = 2048
	if o.again == nil {
		o.again = make([]recalled, most)
	}
	at := &o.again[uint32(i)%most]
	if at.vec == nil || at.i != i {
		*at = recalled{i, o.values.vec(o.ob(i).held)}
	}
	return at.vec
}

// recalled is a vector that was read from a file.
type recalled struct {
	i   int32
	vec vector
}

// keysOf returns the match keys of an observation, for the caller to change.
func (o *observations) keysOf(i int32) []key {
	return o.appendKeys(nil, i)
}

func (o *observations) appendKeys(keys []key, i int32) []key {
	ob := o.ob(i)
	for at, hash := range ob.hashes() {
		k := o.kind[o.kinds[int(ob.keyStart)+at]]
		k.hash = hash
		keys = append(keys, k)
	}
	return keys
}

// holds reports whether the values of an observation are in hand.
func (o *observations) holds(i int32) bool { return o.ob(i).held != nowhere }

// appendFields appends the values of an observation, if they are in hand.
func (o *observations) appendFields(fields []instep.Field, i int32) (all []instep.Field, ok bool) {
	if !o.holds(i) {
		return fields, false
	}
	return o.values.appendTo(fields, o.ob(i).held)
}
