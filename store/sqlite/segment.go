package sqlite

import (
	"encoding/binary"
	"math"

	"github.com/instep-go/instep"
)

// The index of the records of a side and that of the match keys are kept in
// segments: sorted runs of entries in one row of the file each. A row for each
// entry would take three times the room and many times the time, for a
// statement of SQLite costs more than what an entry is worth.
//
// A body holds one entry after the other:
//
//	key     with what it shares with that of the entry before; see appendShared
//	sum     8 bytes, little-endian  } only of records
//	link    varint                  }
const (
	segmentFull = 2000 // bytes of a body beyond which it is split
	segmentFill = 1300 // bytes of a body that is new: three fit on a page
	manyBytes   = 15
)

// entry is what a segment holds of a key.
type entry struct {
	sum  uint64
	link instep.LinkID
}

// segReader reads the entries of a body. The key is overwritten by the next.
type segReader struct {
	rest []byte
	keys bool // there are no sums and links
	key  []byte
	entry
	bad bool
}

// next reads the next entry, if there is one.
func (r *segReader) next() bool {
	if len(r.rest) == 0 || r.bad {
		return false
	}
	head := r.rest[0]
	r.rest = r.rest[1:]
	shared, more := r.count(head>>4), r.count(head&manyBytes)
	if shared > len(r.key) || more > len(r.rest) {
		return r.fail()
	}
	r.key = append(r.key[:shared], r.rest[:more]...)
	r.rest = r.rest[more:]
	if r.keys {
		return !r.bad
	}
	if len(r.rest) < 9 {
		return r.fail()
	}
	r.sum = binary.LittleEndian.Uint64(r.rest)
	link, n := binary.Uvarint(r.rest[8:])
	if n <= 0 {
		return r.fail()
	}
	r.link, r.rest = instep.LinkID(link), r.rest[8+n:]
	return true
}

// find looks for the entry of one key. It puts no keys together: an entry that
// has more in common with the one before than that one has with the key is
// less than the key too, and one that has less is beyond it.
func (r *segReader) find(key string) (e entry, found bool) {
	for matched := 0; len(r.rest) > 0 && !r.bad; {
		head := r.rest[0]
		r.rest = r.rest[1:]
		shared, more := r.count(head>>4), r.count(head&manyBytes)
		if more+9 > len(r.rest) {
			r.bad = true
			break
		}
		if shared < matched {
			break
		}
		rest, size := r.rest[:more], 1
		for r.rest[more+7+size] >= 0x80 && more+8+size < len(r.rest) {
			size++
		}
		value := r.rest[more : more+8+size]
		r.rest = r.rest[more+8+size:]
		if shared > matched {
			continue
		}
		same := sharedBytes(rest, key[matched:])
		matched += same
		switch {
		case same == len(rest) && matched == len(key):
			link, _ := binary.Uvarint(value[8:])
			return entry{binary.LittleEndian.Uint64(value), instep.LinkID(link)}, true
		case same < len(rest) && (matched == len(key) || rest[same] > key[matched]):
			return entry{}, false
		}
	}
	return entry{}, false
}

func (r *segReader) fail() bool {
	r.bad = true
	return false
}

func (r *segReader) count(n byte) int {
	if n < manyBytes {
		return int(n)
	}
	many, size := binary.Uvarint(r.rest)
	if size <= 0 || many > math.MaxInt32 {
		r.bad = true
		return 0
	}
	r.rest = r.rest[size:]
	return int(many)
}

// err says whether the body could be read to its end.
func (r *segReader) err() error {
	if r.bad {
		return damaged("a segment of an index cannot be read")
	}
	return nil
}

// segWriter puts the entries of a segment together.
type segWriter struct {
	body []byte
	last []byte // key of the last entry
	keys bool
}

func (w *segWriter) reset() { w.body, w.last = w.body[:0], w.last[:0] }

func (w *segWriter) add(key []byte, e entry) {
	w.body = appendShared(w.body, w.last, key)
	if !w.keys {
		w.body = binary.LittleEndian.AppendUint64(w.body, e.sum)
		w.body = binary.AppendUvarint(w.body, uint64(e.link))
	}
	w.last = append(w.last[:0], key...)
}

func sharedBytes[A, B []byte | string](a A, b B) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}
