package sqlite

import "encoding/binary"

func appendBytes[T string | []byte](b []byte, t T) []byte {
	return append(binary.AppendUvarint(b, uint64(len(t))), t...)
}

// appendShared appends a text that is likely to begin as the one before it
// does: a byte, whose upper half says how many bytes the two share and whose
// lower half how many follow, and these. 15 stands for a varint after the byte.
func appendShared[A, B []byte | string](b []byte, last A, text B) []byte {
	shared := sharedBytes(last, text)
	rest := text[shared:]
	b = append(b, byte(min(shared, manyBytes))<<4|byte(min(len(rest), manyBytes)))
	for _, n := range [2]int{shared, len(rest)} {
		if n >= manyBytes {
			b = binary.AppendUvarint(b, uint64(n))
		}
	}
	return append(b, rest...)
}

// reader reads bytes; it turns bad where these end too early.
type reader struct {
	rest []byte
	bad  bool
}

// take returns the next n bytes, or zeros if there are less.
func (r *reader) take(n int) []byte {
	if n < 0 || n > len(r.rest) {
		r.rest, r.bad = nil, true
		return make([]byte, 8)
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

// number returns a length or small number, which is at most the number of
// bytes in the file's largest row.
func (r *reader) number() int {
	n, size := binary.Uvarint(r.rest)
	if size <= 0 || n > 1<<30 {
		r.rest, r.bad = nil, true
		return 0
	}
	r.rest = r.rest[size:]
	return int(n)
}

// whole returns a number of any size.
func (r *reader) whole() uint64 {
	n, size := binary.Uvarint(r.rest)
	if size <= 0 {
		r.rest, r.bad = nil, true
		return 0
	}
	r.rest = r.rest[size:]
	return n
}

// signed returns a number of either sign.
func (r *reader) signed() int64 {
	n, size := binary.Varint(r.rest)
	if size <= 0 {
		r.rest, r.bad = nil, true
		return 0
	}
	r.rest = r.rest[size:]
	return n
}

// appendShared appends to b what the function of that name has written.
func (r *reader) appendShared(b, last []byte) []byte {
	head := r.take(1)[0]
	shared, more := int(head>>4), int(head&manyBytes)
	for _, n := range [2]*int{&shared, &more} {
		if *n == manyBytes {
			*n = r.number()
		}
	}
	rest := r.take(more)
	if shared > len(last) || r.bad {
		r.rest, r.bad = nil, true
		return b
	}
	return append(append(b, last[:shared]...), rest...)
}
