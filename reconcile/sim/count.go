package sim

import (
	"strconv"

	"github.com/instep-go/instep/reconcile"
)

// Fault is a kind of misfortune.
type Fault uint8

// The faults. A world counts one when it has come about, not when it was drawn.
const (
	LostBefore       Fault = iota // a reply got lost, and so had the request
	LostAfter                     // a reply got lost after the write was carried out
	LateCommit                    // a write was carried out after its reply was given up on
	StaleView                     // a list or file was read that is older than a write of the engine
	KillBeforeCommit              // the process died before a commit
	KillAfterCommit               // the process died after a commit
	KillBeforeSend                // the process died before a write was sent
	KillAfterSend                 // the process died after a write was carried out
	Refused                       // a system refused what it was given
	Throttled                     // a system answered that there were too many requests
	Unreachable                   // a system could not be reached
	HiddenRecord                  // a record was withdrawn from us
	ShownRecord                   // a withdrawn record was released again
	Renamed                       // a record was given another id
	DeletedRecord                 // a record was deleted
	Undeleted                     // a deleted record came back under its id
	Stranger                      // a key went to somebody else between a lost create and the recovery
	EditAfterWrite                // a record was edited one second after the engine wrote it
	EditBetween                   // a record was edited between reading and writing it, where versions are checked
	CutSweep                      // a list did not hold everything
	BothSame                      // one field was edited on both sides
	BothDisjoint                  // different fields were edited on the two sides
	Merged                        // a record was merged into another one
	Answered                      // a person answered a question
	RightLost                     // a call was refused because a right was taken from us
	HeldBack                      // a plan went beyond a limit, and nobody approved it
	numFaults
)

var faultNames = [numFaults]string{
	"lost before", "lost after", "late commit", "stale view", "kill before commit", "kill after commit",
	"kill before send", "kill after send", "refused", "throttled", "unreachable", "hidden", "shown", "renamed",
	"deleted", "undeleted", "stranger", "edit after write", "edit between", "cut sweep", "both same", "both disjoint",
	"merged", "answered", "right lost", "held back",
}

// String returns the name of the fault.
func (f Fault) String() string { return nameOf(faultNames[:], int(f)) }

// Row is a row of the decision table, as it was met by a run.
type Row uint8

// The rows: first those of records that are not linked, then those of linked
// ones, the left side named first.
const (
	NewAlone     Row = iota // nothing has its keys: created
	NewOne                  // exactly one has its key: linked
	NewApart                // one has its key, but a strong key of both differs
	NewUnfit                // it has no key
	NewTaken                // the one with its key is linked already
	NewMany                 // several have its key
	NewBoth                 // both sides got it since the last run
	Same                    // neither was edited
	LeftEdited              // the left one was edited in a field it owns or shares
	RightEdited             // the right one was
	DriftEdited             // one was edited in a field of the other side
	EditedEqual             // both were edited to the same
	EditedApart             // both were edited in different fields
	EditedOwned             // both were edited in a field that one of them owns
	EditedShared            // both were edited in a field that both own
	GoneSame                // one was deleted
	GoneEdited              // one was deleted and the other one edited
	GoneBoth                // both were deleted
	HiddenOne               // one was withdrawn
	BackAgain               // one came back under the id it was deleted with
	MergedOne               // one was merged into another record
	RenamedOne              // one was given another id
	MadeAgain               // one was deleted and made again by hand under a new id
	numRows
)

var rowNames = [numRows]string{
	"new, alone", "new, one candidate", "new, strong keys differ", "new, unfit", "new, candidate taken", "new, several",
	"new on both sides", "same", "left edited", "right edited", "drift", "edited, equal", "edited, disjoint",
	"edited, owned", "edited, shared", "gone, same", "gone, edited", "gone, both", "hidden", "undeleted", "merged",
	"renamed", "made again",
}

// String returns the name of the row.
func (r Row) String() string { return nameOf(rowNames[:], int(r)) }

func nameOf(names []string, i int) string {
	if i < len(names) {
		return names[i]
	}
	return "unknown " + strconv.Itoa(i)
}

// Result is what came of a seed.
type Result struct {
	Seed      uint64
	Violation string // empty if every promise was kept
	Trace     []byte // every call of the engine and everything users did, in order
	Events    int    // what users did, faults, writes and runs
	Linked    int    // pairs linked in the end
	Settled   int    // those of them that wait for nobody
	Released  int    // products that waited for their group and then did not
	Faults    [numFaults]int
	Rows      [numRows]int
	Answers   [reconcile.AnswerDrop + 1]int // by verb
	Features  [numFeatures]int
}

// Add adds what came about in another history.
func (r *Result) Add(o *Result) {
	r.Events += o.Events
	r.Linked += o.Linked
	r.Settled += o.Settled
	r.Released += o.Released
	for i, n := range o.Faults {
		r.Faults[i] += n
	}
	for i, n := range o.Rows {
		r.Rows[i] += n
	}
	for i, n := range o.Answers {
		r.Answers[i] += n
	}
	for i, n := range o.Features {
		r.Features[i] += n
	}
}
