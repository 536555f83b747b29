package reconcile

import (
	"hash/maphash"
	"slices"
	"strings"
	"time"

	"github.com/instep-go/instep"
)

// observation is a record that is new, or differs from what was last known
// of it. Its hashes and keys lie in the columns of its observations: a first
// load has one for each record of both sides.
type observation struct {
	id       string
	identity uint64
	sum      uint64
	link     instep.LinkID // 0: not known yet
	*rare
	keyStart uint32
	held     place // of its values; nowhere: they are read again
	keyCount uint8
	is       presence
	dropped  bool // a later view of the record replaced it
	half     bool // link has no other side
	reused   bool // its id is linked, but belonged to another record then
	direct   bool // it was read by its id
}

// rare is what few observations have. It is shared unless own was called.
type rare struct {
	merged  bool            // into a record that is linked with another
	into    string          // the id it was merged into, where it is gone
	unfit   *instep.Message // it cannot even be read into the shared form
	version string
	due     time.Time // see view
}

var nothingRare rare

// own returns what is rare of the observation, to be changed.
func (ob *observation) own() *rare {
	if ob.rare == &nothingRare {
		ob.rare = &rare{}
	}
	return ob.rare
}

// observations are those of one side in one pass, in blocks, so that little is
// moved when they grow: only the first block grows with what is in it.
type observations struct {
	n      int32
	list   [][]observation // blockSize of them in a block, and so of vecs
	vecs   [][]uint32      // len(rules) for each
	hashes []uint64        // of keys
	kinds  []uint8         // of keys: positions in kind
	kind   []key           // without hashes; there are as many as keys differ in more than their values
	values packed          // of the first Hold of them
	index  []int32         // numbers of observations by hashes of ids, plus one; a power of two long
	ids    strings.Builder // where ids are, some hundred at a time
	rules  int
}

const blockSize = 4096

// idSeed is what ids are hashed with in memory.
var idSeed = maphash.MakeSeed()

func (o *observations) len() int32 { return o.n }

// ob returns an observation by its number.
func (o *observations) ob(i int32) *observation {
	return &o.list[uint32(i)/blockSize][uint32(i)%blockSize]
}

// at returns the last observation of the record with the id.
func (o *observations) at(id string) (int32, bool) {
	if len(o.index) == 0 {
		return 0, false
	}
	slot := o.slot(id)
	if o.index[slot] == 0 {
		return 0, false
	}
	return o.index[slot] - 1, true
}

// slot returns where in the index the id is, or is to be.
func (o *observations) slot(id string) uint64 {
	mask := uint64(len(o.index) - 1)
	slot := maphash.String(idSeed, id) & mask
	for o.index[slot] != 0 && o.ob(o.index[slot]-1).id != id {
		slot = (slot + 1) & mask
	}
	return slot
}

// add appends an observation with its hashes and keys. It keeps a copy of the
// id, which may be a part of a whole reply.
func (o *observations) add(ob observation, v view) {
	if 3*int(o.n) >= 2*len(o.index) {
		o.grow()
	}
	ob.id = o.keep(ob.id)
	ob.keyStart, ob.keyCount = uint32(len(o.hashes)), uint8(len(v.keys))
	if o.n%blockSize == 0 {
		o.addBlock()
	}
	last := len(o.list) - 1
	o.list[last], o.vecs[last] = append(o.list[last], ob), append(o.vecs[last], v.vec...)
	for _, k := range v.keys {
		o.hashes, o.kinds = append(o.hashes, k.hash), append(o.kinds, o.kindOf(k))
	}
	slot := o.slot(ob.id)
	o.n++
	o.index[slot] = o.n
}

// addBlock makes room for more observations; the first block grows as needed.
func (o *observations) addBlock() {
	size := blockSize
	if o.n == 0 {
		size = 0
	}
	o.list, o.vecs = append(o.list, make([]observation, 0, size)), append(o.vecs, make([]uint32, 0, size*o.rules))
}

// keep copies an id to where ids are.
func (o *observations) keep(id string) string {
	const room = 1 << 12
	if o.ids.Cap()-o.ids.Len() < len(id) {
		o.ids = strings.Builder{}
		o.ids.Grow(max(room, len(id)))
	}
	from := o.ids.Len()
	o.ids.WriteString(id)
	return o.ids.String()[from:]
}

func (o *observations) grow() {
	o.index = make([]int32, max(64, 2*len(o.index)))
	for i := range o.n {
		o.index[o.slot(o.ob(i).id)] = i + 1
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

func (o *observations) vec(i int32) vector {
	block, at := o.vecs[uint32(i)/blockSize], int(uint32(i)%blockSize)
	return vector(block[at*o.rules : (at+1)*o.rules : (at+1)*o.rules])
}

// keysOf returns the match keys of an observation, for the caller to change.
func (o *observations) keysOf(i int32) []key {
	return o.appendKeys(nil, i)
}

func (o *observations) appendKeys(keys []key, i int32) []key {
	ob := o.ob(i)
	for at := ob.keyStart; at < ob.keyStart+uint32(ob.keyCount); at++ {
		k := o.kind[o.kinds[at]]
		k.hash = o.hashes[at]
		keys = append(keys, k)
	}
	return keys
}

// holds reports whether the values of an observation are in hand.
func (o *observations) holds(i int32) bool { return o.ob(i).held != nowhere }

// appendFields appends the values of an observation that are in hand.
func (o *observations) appendFields(fields []instep.Field, i int32) []instep.Field {
	return o.values.appendTo(fields, o.ob(i).held)
}
