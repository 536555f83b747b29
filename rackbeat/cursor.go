package rackbeat

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/instep-go/instep"
)

// walkKind is what a cursor is in the middle of.
type walkKind string

const (
	resting  walkKind = ""       // no walk: the next one reads what changed since Mark
	sweeping walkKind = "all"    // reading everything
	changes  walkKind = "change" // reading newest first down to Mark
)

// cursor is how far the records of one kind were read.
type cursor struct {
	// Mark is the newest updated_at that is read for sure, as the vendor wrote
	// it. Empty: none yet, so that everything counts as changed.
	Mark string `json:"mark,omitempty"`

	// Unsorted says that the vendor was seen not to order by updated_at.
	// Walks then go to the end of the list.
	Unsorted bool `json:"unsorted,omitempty"`

	Walk walkKind `json:"walk,omitempty"`

	// Coming is the Mark after this walk: it holds only once the walk ends.
	Coming string `json:"coming,omitempty"`

	// Short says that the walk over changes met a page that lacked some: the
	// Mark then stays, so that the next walk sees them.
	Short bool `json:"short,omitempty"`

	Page  int `json:"page,omitempty"`  // to read next
	Size  int `json:"size,omitempty"`  // rows a page, the same for the whole walk
	Total int `json:"total,omitempty"` // by the page before; -1: not known

	// Top is the greatest updated_at that a sweep saw.
	Top string `json:"top,omitempty"`
}

// cursorPrefix is what cursors begin with: the name of what they are cursors
// of, and the version of their form.
func cursorPrefix(entity string) string { return system + "/" + entity + "/1 " }

// maxCursor bounds what is read as a cursor.
const maxCursor = 1024

// next returns the cursor as the engine keeps it, and parseCursor reads it.
func (c cursor) next(entity string) instep.Cursor {
	data, err := json.Marshal(c)
	if err != nil { // texts and numbers only
		panic(err)
	}
	return instep.Cursor(cursorPrefix(entity) + string(data))
}

// parseCursor reads a cursor of a kind of record, other than the empty one. An
// error is of kind Config.
func parseCursor(entity string, from instep.Cursor) (cursor, error) {
	fault := func(what string) (cursor, error) {
		return cursor{}, &instep.Error{
			Kind: instep.Config, Op: "rackbeat: read " + entity + "s", Field: "cursor", Err: errors.New(what),
			Remedy: "use the state of this pair, or begin anew with a full read",
		}
	}
	text, ok := strings.CutPrefix(string(from), cursorPrefix(entity))
	switch {
	case !ok:
		return fault("is that of another source, or of another version")
	case len(text) > maxCursor:
		return fault("is too long")
	}
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.DisallowUnknownFields()
	var c cursor
	if err := d.Decode(&c); err != nil {
		return fault("cannot be read")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fault("has something after its end")
	}
	if !c.valid() {
		return fault("holds values that no walk has")
	}
	return c, nil
}

// valid reports whether a walk could have left the cursor.
func (c *cursor) valid() bool {
	for _, text := range []string{c.Mark, c.Coming, c.Top} {
		if _, ok := parseMoment(text); !ok && text != "" {
			return false
		}
	}
	switch c.Walk {
	case resting:
		return *c == cursor{Mark: c.Mark, Unsorted: c.Unsorted}
	case sweeping, changes:
		return c.Page >= 1 && c.Size >= 1 && c.Size <= DefaultPageSize && c.Total >= -1
	default:
		return false
	}
}
