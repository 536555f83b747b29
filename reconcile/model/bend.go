package model

import (
	"math/bits"
	"strings"
)

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
	// gone or hidden, and the other is back, fields that were edited since count
	// each against its own base.
	yields

	// heldFlows: a pair whose key waits, because another record holds it, has
	// fields written to the other side all the same.
	heldFlows

	// crowdFree: of records that wait because of a create in doubt, those of which
	// people were given another reason are looked at anew.
	crowdFree

	// barsAgain: a record that was set out of use, and was itself hidden or gone
	// since, is set out of use again when it shows.
	barsAgain

	// cautious: what has a key that a record was seen with while it waits because
	// of a create in doubt waits as well, though that record has another by now.
	cautious

	// placeGiven: the place of a record that is gone is given up also where one
	// that only waits because of a create in doubt has its key.
	placeGiven

	// placeKept: the place is not given up.
	placeKept

	// asksMet: where two were never in step, and one was set out of use or emptied
	// meanwhile, a person is asked about what differs when the other is back.
	asksMet

	bends // how many sets there are
)

// mostBent is how many rules one run may bend.
const mostBent = 2

// bendings are the sets of rules that a run may bend, few before many.
var bendings = func() []bend {
	var all []bend
	for n := range mostBent + 1 {
		for b := range bends {
			if bits.OnesCount16(uint16(b)) == n {
				all = append(all, b)
			}
		}
	}
	return all
}()

// String names the rules that are bent.
func (b bend) String() string {
	var names []string
	for i, name := range []string{
		"held key stays", "buried late", "back yields", "held pair flows", "crowd set free", "barred again", "more waits",
		"place given up", "place kept", "asked on return",
	} {
		if b&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, " and ")
}
