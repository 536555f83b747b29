package matching

import (
	"fmt"
	"hash/maphash"
	"math"

	"github.com/instep-go/instep"
)

// Join takes the two registers, and then finds out how they match.
type Join struct {
	sides [2]*Register
}

// New returns a join of two registers that are empty so far.
func New() *Join {
	seed := maphash.MakeSeed()
	return &Join{sides: [2]*Register{
		{side: instep.Left, seed: seed, ordered: true},
		{side: instep.Right, seed: seed, ordered: true},
	}}
}

// Side returns the register of one side. The two may be filled at the same
// time, each by one goroutine.
func (j *Join) Side(s instep.Side) *Register { return j.sides[s&1] }

// Resolve finds out how the registers match. It is called once, when both are
// filled. An error is of kind Malformed and says what a register could not
// take: an id of more than 4096 bytes, or more than 2 to the power of 30 records.
// A second call is an error of kind Config.
func (j *Join) Resolve() (*Result, error) {
	for _, r := range j.sides {
		if r.err != nil {
			return nil, r.err
		}
	}
	return resolve(j.sides), nil
}

// Flags of a key, beside its rank.
const (
	strong = 1 << iota
	propose
	weak
	flagBits = 3
)

// Register is one side of a [Join]: the ids of its records and the hashes of
// their keys. It must not be used concurrently.
type Register struct {
	side instep.Side
	seed maphash.Seed
	err  error

	ids    names
	first  column[uint32] // number of each record's first key
	hashes column[uint64] // of the keys of all records, one record after the other
	kinds  column[uint16] // rank and flags of each

	ordered bool      // each id so far was greater than the one before
	ranks   [256]rank // what is known of the keys of each rank

	away       []int32        // views that say that the record is not there
	identities column[uint64] // by record, if any has one
}

// rank is what is known of the keys of one rank of one side.
type rank struct {
	keys   int
	last   int32    // record that had the last key, counted from 1
	many   bool     // a record has several of them
	any    uint8    // flags that at least one has
	all    uint8    // flags that each has
	spread []uint32 // how many hashes begin with each of the numbers that partBits bits can say
}

// Add takes a record over: its id and its keys, as an [instep.Matcher] gives
// them. Keys without a value count as absent. If an id comes again, the later
// record counts. What cannot be taken is told by Resolve.
func (r *Register) Add(id string, keys ...instep.MatchKey) {
	begin(r, id)
	for i := range keys {
		k := &keys[i]
		if k.Value != "" {
			r.key(k, maphash.String(r.seed, k.Value))
		}
	}
}

// Begin is Add for programs that have text as bytes: it takes over a record
// with the id, to which Key then gives its keys. The id is copied.
func (r *Register) Begin(id []byte) { begin(r, id) }

// Key adds a key to the record that Begin began. Rank and flags are those of
// kind, whose own Value does not count. An empty value counts as absent. The
// value is not kept.
func (r *Register) Key(kind instep.MatchKey, value []byte) {
	if len(value) > 0 && r.first.n > 0 {
		r.key(&kind, maphash.Bytes(r.seed, value))
	}
}

// Remove says that a record added before is not there after all. One added
// later under the same id counts again.
func (r *Register) Remove(id string) {
	begin(r, id)
	r.away = append(r.away, int32(r.first.n-1))
}

// Len returns how many records were added, those included that were replaced
// or removed later.
func (r *Register) Len() int { return r.first.n }

func begin[T string | []byte](r *Register, id T) {
	switch {
	case len(id) > maxID:
		r.refuse(fmt.Errorf("the id of record %d has %d bytes, more than %d", r.first.n, len(id), maxID))
		id = id[:0]
	case r.first.n >= 1<<30-1 || r.ids.full() || uint64(r.hashes.n) > math.MaxUint32-math.MaxUint16:
		r.refuse(fmt.Errorf("more than the %d records that can be held", r.first.n))
		r.ids, r.first = names{}, column[uint32]{}
		r.hashes, r.kinds = column[uint64]{}, column[uint16]{}
	}
	if r.ordered && r.first.n > 0 {
		r.ordered = r.ids.at(r.first.n-1) < string(id)
	}
	appendName(&r.ids, id)
	r.first.append(uint32(r.hashes.n))
}

// refuse notes the first thing that could not be taken.
func (r *Register) refuse(err error) {
	if r.err == nil {
		r.err = &instep.Error{Kind: instep.Malformed, Op: "match the " + r.side.String() + " side", Err: err}
	}
}

func (r *Register) key(k *instep.MatchKey, hash uint64) {
	flags := flagsOf(k)
	rk := &r.ranks[k.Rank]
	if rk.keys == 0 {
		rk.all, rk.spread = flags, make([]uint32, maxParts)
	}
	rk.spread[hash>>(64-partBits)]++
	rk.keys++
	rk.any |= flags
	rk.all &= flags
	rk.many = rk.many || rk.last == int32(r.first.n)
	rk.last = int32(r.first.n)
	r.hashes.append(hash)
	r.kinds.append(uint16(k.Rank)<<flagBits | uint16(flags))
}

func flagsOf(k *instep.MatchKey) uint8 {
	var f uint8
	if k.Strong {
		f |= strong
	}
	if k.Propose {
		f |= propose
	}
	if k.Weak {
		f |= weak
	}
	return f
}

// identify notes the immutable identity of the record added last.
func (r *Register) identify(identity string) {
	for r.identities.n < r.first.n-1 {
		r.identities.append(0)
	}
	r.identities.append(maphash.String(r.seed, identity))
}

// keysOf returns the numbers of a record's first key and of the one behind its
// last.
func (r *Register) keysOf(i int32) (from, to uint32) {
	from, to = r.first.at(uint32(i)), uint32(r.hashes.n)
	if int(i)+1 < r.first.n {
		to = r.first.at(uint32(i) + 1)
	}
	return from, to
}
