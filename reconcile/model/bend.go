package model

import "strings"

// bend is a set of rules that the engine is known not to keep to the letter.
// A run that agrees only with some of them bent is counted, so that nobody
// takes it for one that agrees.
type bend uint16

const (
	// heldStays: a key that could not be carried over, because another record
	// holds it, is looked at again only when its own record differs, not when
	// the other gives the key up; nothing is emptied meanwhile.
	heldStays bend = 1 << iota

	// buriedLate: in the run that finds both records of a tie gone, their keys
	// still count.
	buriedLate

	// yields: where a record was set out of use or emptied because the other was
	// gone or hidden, and the other is back, each counts against its own base.
	yields

	// heldFlows: a pair whose key waits, because another record holds it, has
	// fields written to the other side all the same.
	heldFlows

	// crowdFree: of records that wait because of a create in doubt, those that
	// are ambiguous anyway are looked at anew once they are not.
	crowdFree

	// erasedMet: where a record was emptied because the other was hidden, the two
	// count as having been in step, if there was anything to empty.
	erasedMet

	// barsAgain: a record that was set out of use, and was itself hidden or gone
	// since, is set out of use again when it shows.
	barsAgain

	// keyEdits: where the values of a record that is back stand, an edit of the
	// other's key is carried over to it all the same.
	keyEdits

	bends // how many sets there are
)

// mostBent is how many rules one run may bend.
const mostBent = 2

// String names the rules that are bent.
func (b bend) String() string {
	var names []string
	for i, name := range []string{"held key stays", "buried late", "back yields", "held pair flows", "crowd set free", "emptied is met", "barred again", "edited key stands"} {
		if b&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, " and ")
}
