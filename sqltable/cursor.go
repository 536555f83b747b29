package sqltable

import (
	"encoding/json"
	"errors"
	"strconv"

	"github.com/instep-go/instep"
)

// cursor is what the text of an instep.Cursor holds.
type cursor struct {
	Version int    `json:"v"`
	Way     string `json:"way"` // how changes are seen; another way cannot go on from it

	Walk walk `json:"walk,omitzero"`

	// From is where the next walk begins, and Key and At how far the one
	// under way has come: in the order of keys, or of changes and then keys.
	Key  raw   `json:"key,omitzero"`
	At   raw   `json:"at,omitzero"`
	Next *mark `json:"next,omitzero"`
}

// walk is what is being read.
type walk string

// The walks. Between two of them there is none.
const (
	walkAll     walk = "all"     // everything: it ends with a sweep
	walkChanges walk = "changes" // what changed
)

// mark is how far changes are known.
type mark struct {
	// From is where the next walk begins; empty: at the very first change.
	From raw `json:"from,omitzero"`

	// Then is what From becomes when the transactions in Open have ended;
	// empty: nothing waits.
	Then raw      `json:"then,omitzero"`
	Open []string `json:"open,omitzero"`

	// Last is the newest moment looked at. It moves also while From waits.
	Last raw `json:"last,omitzero"`
}

const (
	cursorVersion = 1
	maxCursor     = 1 << 20 // an id for each open transaction
)

// parseCursor reads a cursor. One of another way is an error of kind Expired.
func parseCursor(text instep.Cursor, way string) (cursor, error) {
	if text == "" {
		return cursor{Version: cursorVersion, Way: way}, nil
	}
	var c cursor
	if len(text) > maxCursor || json.Unmarshal([]byte(text), &c) != nil || c.Version != cursorVersion || !c.sound() {
		return c, &instep.Error{
			Kind: instep.Malformed, Op: "sqltable: read", Err: errors.New("the cursor is not one of this package"),
			Remedy: "read everything again, from the empty cursor",
		}
	}
	if c.Way != way {
		return c, expired("it was made with another table, key or way to see changes")
	}
	return c, nil
}

// expired says that what changed since a cursor cannot be told any more.
func expired(why string) error {
	return &instep.Error{
		Kind: instep.Expired, Op: "sqltable: read changes", Err: errors.New(why),
		Remedy: "read everything again, from the empty cursor",
	}
}

// sound reports whether the parts of a cursor are what this package writes.
func (c *cursor) sound() bool {
	marks := []raw{c.Key, c.At}
	if c.Next != nil {
		marks = append(marks, c.Next.From, c.Next.Then, c.Next.Last)
	}
	for _, r := range marks {
		if r != "" && r[0] != 's' && !r.isInt() {
			return false
		}
	}
	switch c.Walk {
	case "", walkAll, walkChanges:
		return true
	default:
		return false
	}
}

func (c cursor) text() instep.Cursor {
	body, err := json.Marshal(c)
	if err != nil { // it has no part that JSON cannot hold
		panic(err)
	}
	return instep.Cursor(body)
}

// rawOf is a value that was read, as it can be asked for again.
func rawOf(v any) raw {
	switch v := v.(type) {
	case int64:
		return raw("i" + strconv.FormatInt(v, 10))
	case string:
		return raw("s" + v)
	default:
		return ""
	}
}

func (r raw) isInt() bool {
	if r == "" || r[0] != 'i' {
		return false
	}
	_, err := strconv.ParseInt(string(r[1:]), 10, 64)
	return err == nil
}

// int is a whole number; 0 if it is none.
func (r raw) int() int64 {
	if r == "" {
		return 0
	}
	n, err := strconv.ParseInt(string(r[1:]), 10, 64)
	if err != nil {
		return 0
	}
	return n
}
