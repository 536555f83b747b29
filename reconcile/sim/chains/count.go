package chains

// Shape is how the systems of a world are joined.
type Shape uint8

// The shapes.
const (
	Chain3    Shape = iota // shop–crm–books
	Chain4                 // shop–crm–books–depot
	Star4                  // crm in the middle of the three others
	Ring3                  // shop–crm–books–shop
	Ring4                  // shop–crm–books–depot–shop
	NumShapes              // how many shapes there are
)

var shapeNames = [...]string{"chain of 3", "chain of 4", "star of 4", "ring of 3", "ring of 4"}

// String returns the shape in words.
func (s Shape) String() string { return nameOf(shapeNames[:], int(s)) }

// Ring reports whether there are two ways from one system to another.
func (s Shape) Ring() bool { return s == Ring3 || s == Ring4 }

// joins says which systems a shape joins, by their numbers.
var joins = [NumShapes][][2]int{
	Chain3: {{0, 1}, {1, 2}},
	Chain4: {{0, 1}, {1, 2}, {2, 3}},
	Star4:  {{1, 0}, {1, 2}, {1, 3}},
	Ring3:  {{0, 1}, {1, 2}, {2, 0}},
	Ring4:  {{0, 1}, {1, 2}, {2, 3}, {3, 0}},
}

// Style is what sort of system one is.
type Style uint8

// The styles.
const (
	Delta     Style = iota // lists what changed, from an index that may lag
	EventLog               // lists every change as an event, deletions too
	File                   // delivers a file of everything now and then, late
	Whole                  // has no change filter: lists everything, as it is now
	Serial                 // lists what changed, and takes one request at a time
	NumStyles              // how many styles there are
)

var styleNames = [...]string{"delta", "event log", "file", "whole", "serial"}

// String returns the style in words.
func (s Style) String() string { return nameOf(styleNames[:], int(s)) }

// Fault is a kind of misfortune, or of an awkward moment.
type Fault uint8

// The faults. One counts when it has come about, not when it was drawn.
const (
	LostBefore       Fault = iota // a reply got lost, and so had the request
	LostAfter                     // a reply got lost after the write was carried out
	LateCommit                    // a write was carried out after its reply was given up on
	StaleView                     // a list was read that is older than a write of an engine
	KillBeforeCommit              // a process died before a commit
	KillAfterCommit               // a process died after a commit
	KillBeforeSend                // a process died before a write was sent
	KillAfterSend                 // a process died after a write was carried out
	Throttled                     // a system answered that there were too many requests
	Unreachable                   // a system could not be reached
	Occupied                      // a serial system was asked while it served another engine
	Together                      // two engines ran at the same time
	Twin                          // a record was made by hand in two systems at once
	EditSame                      // one field of a record was edited in two systems
	EditApart                     // two fields of a record were edited in two systems
	EditEqual                     // one field was edited to the same value in two systems
	EditSoon                      // a record was edited one second after an engine wrote it
	DeletedRecord                 // a record was deleted
	DeletedEdited                 // a record was deleted in one system and edited in another
	HiddenRecord                  // a record was withdrawn from us
	ShownRecord                   // a withdrawn record was released again
	Answered                      // a person answered a question
	NumFaults                     // how many faults there are
)

var faultNames = [...]string{
	"lost before", "lost after", "late commit", "stale view", "kill before commit", "kill after commit",
	"kill before send", "kill after send", "throttled", "unreachable", "occupied", "two engines at once", "twin",
	"edit same", "edit apart", "edit equal", "edit soon", "deleted", "deleted and edited", "hidden", "shown", "answered",
}

// String returns the fault in words.
func (f Fault) String() string { return nameOf(faultNames[:], int(f)) }

func nameOf(names []string, i int) string {
	if i < len(names) {
		return names[i]
	}
	return "unknown"
}

// Result is what came of a seed.
type Result struct {
	Seed      uint64
	Violation string // empty if every promise was kept
	Shape     Shape
	Apart     bool // each pair has an engine and a state of its own
	Lossy     bool // some system changes what it is given
	Styles    [NumStyles]int
	Faults    [NumFaults]int
	Round     bool // in a ring: values went round, or did not come to where they should
	Restless  bool // in a ring: it was still written after all was quiet
	Events    int  // what users did, faults, writes and runs
	Agreed    int  // linked records found in step in the end
	Excused   int  // records left out of that because nobody could have known better
	Probed    int  // whether the one edit in calm times could be followed through
	Removed   int  // whether the one deletion in calm times could be
}
