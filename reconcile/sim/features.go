package sim

import (
	"hash/fnv"
	"math/rand/v2"
)

// Feature is something that only a part of the histories have. It is drawn, and
// draws whatever it needs, from numbers of its own: a history that does not have
// it is the same as if there were no such thing.
type Feature uint8

// The features. A world counts one each time it has come about.
const (
	Stopped        Feature = iota // the caller stopped a run half-way
	LookedOnly                    // an engine that is not to write made a plan, and was told to carry it out
	OlderPlan                     // a plan was to be carried out after another run, or once more
	ShortReply                    // a system answered fewer writes than it was asked for
	Repeating                     // a system repeated in its refusal what it had been sent
	EditAtOnce                    // a record was edited between being written and being read back
	SavedApplied                  // a plan was saved, read again, and carried out
	StoppedHere                   // the caller stopped a run that only read changes
	LeftForLater                  // a run was told to leave writes for later
	Budgeted                      // a run came to the end of its requests
	Forgotten                     // a record was erased from the state
	Spilled                       // what was read was kept in a file
	StandsStill                   // a source gave changes and its cursor stood still
	Endless                       // a source gave the same page over and over
	ForeignState                  // a system was another installation than the state knows
	CanaryGone                    // the record that is always there was not
	Emptied                       // a register listed nothing
	AtTheLimit                    // as many records were gone as may be, and then one more
	StatePutBack                  // an older state was put back
	OtherKey                      // two states of the same records had different keys
	Swallowed                     // every create was lost
	SetBack                       // a user set back what was written where it could not be read
	Unmapped                      // a field that nothing maps was edited
	NewRule                       // the mapping got a rule, and two of its values were exchanged
	OnceOnly                      // a field was only for new records
	EmptyFirst                    // the side whose values stand held nothing in a field
	Proposed                      // a key was only to be proposed
	WeakKey                       // a key was alike by chance
	Quarrelled                    // a system turned back what was written, again and again
	MadeMeanwhile                 // the counterpart was made by hand after the plan
	FoundSeveral                  // several records might be what came of a lost create
	FoundLinked                   // a linked record looked like what came of a lost create
	ManyAfterOne                  // more than may be made waited for one record
	InPart                        // of a lost update one field showed what was sent, the other not
	ShownLate                     // a create was carried out late, and shown late
	Echo                          // a system made something else of what was written
	GivenAgain                    // the id of a renamed record was given to a new one
	DuringSweep                   // users edited while everything was read
	Unsent                        // a client gave writes up before sending them
	Idle                          // nothing had changed, or a few records had
	ExpiredCursor                 // a log of changes did not reach back far enough
	ShiftedPage                   // a page began with a record of the one before, as it was by then
	CoarseTimes                   // a record was edited within the same second, minute or day in which it was written
	ServerDefault                 // a system put a value where none was given
	ClockStep                     // a system's clock was set
	Overtaken                     // a process slept while another one ran, and woke up
	StateAway                     // a call to the state failed
	HidesInDoubt                  // a record hid while it was not known what became of its update
	ReturnLost                    // a record was back, and what was to be written then was lost
	FilledIn                      // a record was filled in again that was emptied, and nobody was told
	TurnedOn                      // a person said to go on with what was turned back and forth
	RekeyedInDoubt                // a record got another key, and nobody was told
	KeyTwice                      // two records got one key
	SeenAndBack                   // what could not be read back was edited, and set back
	Retaken                       // the id of a record that was gone was another's
	ReadByID                      // what could not be read back was read by its id, and set back
	numFeatures
)

var featureNames = [numFeatures]string{
	"stopped", "looked only", "older plan", "short reply", "repeating", "edit at once", "saved plan", "stopped in peace", "left for later",
	"budgeted", "forgotten", "spilled", "cursor stands still", "endless list", "foreign state", "canary gone", "emptied",
	"at the limit", "state put back", "other key", "swallowed", "set back", "unmapped", "new rule", "once only",
	"empty first", "proposed", "weak key", "quarrelled", "made meanwhile", "found several", "found linked",
	"many after one", "in part", "shown late", "echo",
	"id given again", "during a sweep", "unsent", "idle",
	"expired cursor", "shifted page", "coarse times", "server default", "clock step", "overtaken", "state away",
	"hides in doubt", "return lost", "filled in", "turned on", "rekeyed in doubt", "key twice", "seen and back", "retaken", "read by id",
}

// String returns the name of the feature.
func (f Feature) String() string { return nameOf(featureNames[:], int(f)) }

// often is in how many of a hundred histories a feature is drawn.
func (f Feature) often() int {
	switch {
	case f == EditAtOnce:
		return 40 // few systems are such that it can be told
	case f < SavedApplied, f >= ExpiredCursor && f <= StateAway:
		return 20 // it goes on beside the rest
	case f == Spilled:
		return 2 // it takes hundreds of records
	case f == ManyAfterOne, f == Proposed, f == NewRule:
		return 6 // few worlds are such that it can come about
	default:
		return 2 // it has runs of its own
	}
}

// Edition is which features a history can have. One that broke a promise is
// played again in the edition in which it did, since more of them would make it
// another history.
type Edition uint8

// The editions.
const (
	FirstEdition  Edition = iota // the features before ExpiredCursor
	SecondEdition                // all
	Newest        = SecondEdition
)

func (f Feature) edition() Edition {
	if f < ExpiredCursor {
		return FirstEdition
	}
	return SecondEdition
}

// drawFeatures chooses what the history of a seed has in an edition.
func (w *world) drawFeatures(e Edition) {
	for f := range numFeatures {
		if f.edition() > e {
			continue
		}
		name := fnv.New64a()
		_, _ = name.Write([]byte(f.String())) // never fails
		if own := rand.New(rand.NewPCG(w.res.Seed, name.Sum64())); own.IntN(100) < f.often() {
			w.own[f] = own
		}
	}
}

// chance draws for a feature whether something comes about, as in one of n
// cases. It never does in a history without the feature, nor in peace.
func (w *world) chance(f Feature, n int) bool {
	return w.own[f] != nil && !w.calm && w.own[f].IntN(n) == 0
}

// came counts a feature that has come about.
func (w *world) came(f Feature, format string, args ...any) {
	w.res.Features[f]++
	w.res.Events++
	w.log("+ %s: "+format, append([]any{f}, args...)...)
}
