package netvisor

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"time"

	"github.com/instep-go/instep"
)

// cursorFormat names a stream and the version of its cursors: "netvisor
// products 1".
func cursorFormat(of string) string { return "netvisor " + of + " 1" }

// maxCursor bounds the text of a cursor in bytes.
const maxCursor = 400

// cursor is how far records were read that a list tells. Times are local times in the form
// of the change filter, as they are sent.
type cursor struct {
	Format string `json:"format"`

	// Since is the filter of the walk, "" for one over everything.
	Since string `json:"since,omitempty"`

	// Next is the filter of the walk after this one. It is "" until the list
	// of this walk has been read.
	Next string `json:"next,omitempty"`

	// After is the highest key given so far.
	After int64 `json:"after,omitempty"`

	// Seen is a sum over all listed keys up to After. It tells, when the list
	// is read again by another process, whether that part is the same.
	Seen uint64 `json:"seen,omitempty"`

	// Partial is set when the walk is known not to show everything.
	Partial bool `json:"partial,omitempty"`
}

// parseCursor reads what encode wrote. The empty cursor begins a walk over
// everything.
func parseCursor(text instep.Cursor, of string) (cursor, error) {
	if text == "" {
		return cursor{Format: cursorFormat(of)}, nil
	}
	var c cursor
	if !decodeCursor(text, &c) || c.Format != cursorFormat(of) || !c.valid() {
		return cursor{}, foreignCursor(of)
	}
	return c, nil
}

// foreignCursor is the error for a cursor that is not one of these records.
func foreignCursor(of string) error {
	return &instep.Error{
		Kind: instep.Config, Op: "netvisor: read " + of, Field: "cursor",
		Err:    errors.New("it is not a cursor of the " + of + " of Netvisor"),
		Remedy: "use the state of this source, or begin again without a cursor",
	}
}

// decodeCursor reads one JSON object into c, which must know all its members.
func decodeCursor(text instep.Cursor, c any) bool {
	if len(text) > maxCursor {
		return false
	}
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.DisallowUnknownFields()
	if err := d.Decode(c); err != nil {
		return false
	}
	_, err := d.Token()
	return errors.Is(err, io.EOF)
}

func (c *cursor) valid() bool {
	begun := c.After > 0 || c.Seen != 0 || c.Partial
	return isFilter(c.Since) && isFilter(c.Next) && c.After >= 0 && (c.Next != "" || !begun)
}

// isFilter reports whether the text is a change filter, or none.
func isFilter(s string) bool {
	t, err := time.Parse(listFilter, s)
	return s == "" || err == nil && t.Format(listFilter) == s
}

func (c cursor) encode() instep.Cursor { return encodeCursor(c) }

func encodeCursor(c any) instep.Cursor {
	text, err := json.Marshal(c)
	if err != nil { // it has no part that JSON cannot hold
		panic(err)
	}
	return instep.Cursor(text)
}

// sum adds a key to a sum over keys (FNV-1a of 64 bits over the bytes of the keys).
func sum(over uint64, key int64) uint64 {
	const offset, prime = 14695981039346656037, 1099511628211
	if over == 0 {
		over = offset
	}
	for shift := 0; shift < 64; shift += 8 {
		over = (over ^ uint64(key)>>shift&0xff) * prime
	}
	return over
}
