package reconcile

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/dchest/siphash"

	"github.com/instep-go/instep"
)

// hasher gives keyed hashes: without the key, which is not in the state, a
// hash tells nobody whether a guessed value is right.
type hasher struct{ k0, k1 uint64 }

func newHasher(key [16]byte) hasher {
	return hasher{binary.LittleEndian.Uint64(key[:8]), binary.LittleEndian.Uint64(key[8:])}
}

// What is hashed begins with one byte that keeps the kinds apart.
const (
	hashField    = 'f'
	hashKey      = 'k'
	hashIdentity = 'i'
	hashOrigin   = 'o'
	hashContent  = 'c'
	hashToken    = 't'
	hashErased   = 'e'
)

// field hashes the value of a rule; the rule's name is part of it, so that
// equal values of two fields have different hashes.
func (h hasher) field(buf []byte, name string, v instep.Value) (uint64, []byte) {
	return h.fieldOf(append(buf[:0], fieldPrefix(name)...), v)
}

// fieldPrefix is what is hashed of a field before its value.
func fieldPrefix(name string) string { return string(rune(hashField)) + name + "\x00" }

// fieldOf is field for a buffer that holds the field's prefix.
func (h hasher) fieldOf(buf []byte, v instep.Value) (uint64, []byte) {
	buf = v.AppendCanonical(buf)
	return siphash.Hash(h.k0, h.k1, buf), buf
}

// key hashes a match key; the same key has the same hash on both sides.
func (h hasher) key(buf []byte, k *instep.MatchKey) (uint64, []byte) {
	buf = append(append(buf[:0], hashKey, k.Rank), k.Value...)
	return siphash.Hash(h.k0, h.k1, buf), buf
}

// identity hashes what a record keeps when its id changes: its immutable id,
// else its origin, else 0. It is kept among the match keys, but is never the
// same for both sides. The lowest bit tells an origin from an id.
func (h hasher) identity(s instep.Side, rec *instep.Record) uint64 {
	switch {
	case rec.Identity != "":
		return max(siphash.Hash(h.k0, h.k1, append([]byte{hashIdentity, byte(s)}, rec.Identity...))&^1, 2)
	case rec.Origin != "":
		origin := siphash.Hash(h.k0, h.k1, append([]byte{hashOrigin, byte(s)}, rec.Origin...))
		content := siphash.Hash(h.k0, h.k1, append([]byte{hashContent, byte(s)}, rec.Content...))
		return origin&^originContent | content&originContent | 1
	default:
		return 0
	}
}

// originContent are the bits of an origin's hash that are of the content.
const originContent = 1<<32 - 1

// isOrigin reports whether a hash of identity is that of an origin, which
// several records may share.
func isOrigin(identity uint64) bool { return identity&1 == 1 }

// another reports whether two hashes of identity are of two records, whatever
// they say: immutable ids differ, or origins do.
func another(a, b uint64) bool {
	switch {
	case a == 0 || b == 0 || isOrigin(a) != isOrigin(b):
		return false
	case isOrigin(a):
		return a&^originContent != b&^originContent
	default:
		return a != b
	}
}

// hidden is an id as a hash, for what must be recognised but not kept.
func (h hasher) hidden(s instep.Side, id string) string {
	return hexOf(siphash.Hash(h.k0, h.k1, append([]byte{hashErased, byte(s)}, id...)))
}

func hexOf(h uint64) string { return fmt.Sprintf("%016x", h) }

// token names a create, so that it can be found again. The record it is made
// from is part of it: after an older state was put back, numbers of links are
// given out a second time.
func (h hasher) token(pair string, link instep.LinkID, gen uint64, source string) string {
	buf := append([]byte{hashToken}, pair...)
	buf = binary.LittleEndian.AppendUint64(append(buf, 0), uint64(link))
	a, b := siphash.Hash128(h.k0, h.k1, append(binary.LittleEndian.AppendUint64(buf, gen), source...))
	return fmt.Sprintf("%016x%016x", a, b)
}

// vector holds 4 bytes a rule. 0 means that nothing is known of the field.
type vector []uint32

func fold(h uint64) uint32 {
	if v := uint32(h); v != 0 {
		return v
	}
	return 1
}

// at returns v[i], or 0 where nothing is known at all.
func (v vector) at(i int) uint32 {
	if v == nil {
		return 0
	}
	return v[i]
}

func (v vector) bytes() []byte {
	if v == nil {
		return nil
	}
	return v.appendTo(make([]byte, 0, 4*len(v)))
}

func (v vector) appendTo(b []byte) []byte {
	for _, h := range v {
		b = binary.LittleEndian.AppendUint32(b, h)
	}
	return b
}

func vectorOf(b []byte) vector {
	if len(b) == 0 {
		return nil
	}
	return appendVector(make(vector, 0, len(b)/4), b)
}

func appendVector(v vector, b []byte) vector {
	for ; len(b) >= 4; b = b[4:] {
		v = append(v, binary.LittleEndian.Uint32(b))
	}
	return v
}

// indexValues returns which fingerprint of a rule says that its values have the
// form that another one says; -1 if none does.
func indexValues(prints []string, of string) int {
	values, _, _ := strings.Cut(of, ".")
	return slices.IndexFunc(prints, func(p string) bool {
		other, _, _ := strings.Cut(p, ".")
		return other == values
	})
}

// base returns the vector of a stored base in the order of the pair's rules
// now. Where the mapping changed since, rules that are new or differ are 0:
// nothing is known of them.
func (p *pair) base(b []byte, made *instep.MappingPrint) vector {
	if len(b) == 0 {
		return nil // there is no record on that side
	}
	old := vectorOf(b)
	if made == nil {
		return old
	}
	v := make(vector, len(p.rules))
	for i := range p.rules {
		j := indexValues(made.Prints, p.prints[i])
		if j >= 0 && j < len(old) {
			v[i] = old[j]
		}
	}
	return v
}
