package model

import (
	"cmp"
	"slices"

	"github.com/instep-go/instep"
)

// field is one of the two fields.
type field uint8

const (
	theKey field = iota
	theVal
)

var bothFields = [...]field{theKey, theVal}

func (f fields) get(x field) int8 {
	if x == theKey {
		return f.key
	}
	return f.val
}

func (f *fields) set(x field, v int8) {
	if x == theKey {
		f.key = v
	} else {
		f.val = v
	}
}

// deed is what was done to a record because its counterpart was gone or hidden.
type deed uint8

const (
	nothing deed = iota
	putAside
	emptied
	removed
)

// doubt is a write of which it is not known whether it was carried out.
type doubt struct {
	open   bool
	asked  bool // a person was asked, and decides
	action instep.Action
	erase  bool   // an update that empties the record
	set    fields // what was sent
	before fields // what stood there before
}

// stuck is what a record was like when its key could not be carried over.
type stuck struct {
	on   bool
	side instep.Side
	was  fields
}

// tie is what the rules remember of records that belong together, or of one
// record that waits for a counterpart (the other id is 0 then).
type tie struct {
	ids       [2]int
	base      [2]fields // what was last known to stand on each side; unset until the two were in step
	drift     [2]bool   // by field: the sides differ, as one was edited that does not own it
	missed    [2]bool   // by side: an earlier run found the record gone
	veiled    [2]bool   // by side: an earlier run found it hidden
	back      bool      // another is to be made for it: it is there again, was edited, or the first one was lost
	keys      [2]int8   // the key that each side was last seen with
	held      stuck     // a key that was not written, because another record holds it
	fresh     bool      // nothing was known of it when the run began
	did       [2]deed   // by the side it was done on
	away      [2]bool   // by side: the record was put aside, and not seen since
	doubt     [2]doubt  // by the side that was written
	wiped     bool      // fields were emptied before the two were in step, which counts as that
	made      int8      // 1 + the side whose record was made by the engine
	buried    bool      // both were found gone
	alone     bool      // a record that was taken out of its pair and stays so
	unmatched bool      // nothing was to be made for it, so it is looked at again when it changes
	lone      bool      // its counterpart was deleted and is not made again
	loneAs    int8      // with lone: the key that the record had then
	judged    bool      // it has to do with a create in doubt, and a person decides
	crowded   bool      // with judged: it is not the only one that it can be
	create    bool      // a counterpart is to be made, whatever the flow is by now
	had       keySet    // the keys it was seen with while it waits because of a create in doubt
}

// keySet is a set of keys.
type keySet uint8

func (k keySet) has(key int8) bool { return key > 0 && k>>key&1 != 0 }

func (k keySet) with(key int8) keySet {
	if key > 0 {
		k |= 1 << key
	}
	return k
}

// half reports whether there is only one record, and on which side.
func (t *tie) half() (instep.Side, bool) {
	switch {
	case t.ids[0] == 0:
		return instep.Right, true
	case t.ids[1] == 0:
		return instep.Left, true
	}
	return 0, false
}

// doubtful reports whether a write is in doubt.
func (t *tie) doubtful() bool { return t.doubt[0].open || t.doubt[1].open }

// unsure reports whether a write of the field is in doubt.
func (t *tie) unsure(f field) bool {
	return slices.ContainsFunc(t.doubt[:], func(d doubt) bool { return d.open && d.set.get(f) != unset })
}

// notes are all that the rules let the engine know when a run begins.
type notes struct {
	ties   []tie
	loaded bool   // the first load is over
	read   [2]int // how far the changes of a side were read
}

func (m *notes) clone() *notes {
	c := *m
	c.ties = slices.Clone(m.ties)
	return &c
}

// of returns the place of the tie that a record is in, or -1.
func (m *notes) of(r recordID) int {
	return slices.IndexFunc(m.ties, func(t tie) bool { return t.ids[r.side] == r.id })
}

// met reports whether the two were in step once in every field, or one was
// emptied, which counts as that.
func (t *tie) met() bool {
	for _, b := range t.base {
		if (b.key == unset || b.val == unset) && !t.wiped {
			return false
		}
	}
	return true
}

func compareIDs(a, b recordID) int {
	return cmp.Or(cmp.Compare(a.side, b.side), cmp.Compare(a.id, b.id))
}
