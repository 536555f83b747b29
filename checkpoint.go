package instep

import (
	"context"
	"iter"
	"time"
)

// Checkpoint is the engine's durable state for any number of pairs: which
// records are linked, what was last known to stand on each side, what is
// open, and how far each stream was read. It holds ids and keyed hashes, no
// values.
//
// Reads come by the page, because a store answers a thousand questions at
// once far faster than one by one. Commit is the only write; it takes plain
// data and is atomic, so that a cursor can never be saved apart from what it
// covers. One Checkpoint is used by one process at a time and says so with an
// error of kind [Busy]; within the process it is safe for concurrent use.
type Checkpoint interface {
	// Pair returns what is known of the pair, or a zero PairState with its
	// name if it was never committed.
	Pair(ctx context.Context, pair string) (PairState, error)

	// Lookup sets out[i] to what is known of the record ids[i] of side s, or
	// to the zero Known. It panics if the lengths differ.
	Lookup(ctx context.Context, pair string, s Side, ids []string, out []Known) error

	// Links returns the links with the given ids, in the same order. An
	// unknown id is an error of kind NotFound.
	Links(ctx context.Context, pair string, ids []LinkID) ([]Link, error)

	// Scan returns up to limit links with ids above after, in ascending
	// order.
	Scan(ctx context.Context, pair string, after LinkID, limit int) ([]Link, error)

	// Keys returns, for each given match key hash, the links that hold it on
	// either side, in the order of the given hashes and then of link ids.
	Keys(ctx context.Context, pair string, hashes []uint64) ([]KeyHit, error)

	// Open yields what is not finished or holds until further notice: first
	// all units, then all marks, then all fences, both in the order of link
	// ids and sides, then all decisions in the order of their left ids, right
	// ids and verdicts.
	Open(ctx context.Context, pair string) iter.Seq2[OpenWork, error]

	// Commit writes the batch as a whole or not at all. It fails with kind
	// Conflict, and writes nothing, if a Gen of a state or link in the batch is
	// not one above the stored one, if the batch's own is not the stored one,
	// if a record would then be in two links of its pair, if a link is in the
	// batch twice, or if the link of a mark or a fence is not there. Within a
	// batch old ids go before new ones come, so ids may change hands; dropped
	// links take their marks and fences along, Erased counts as dropped, and
	// what takes away is done before what adds: Cleared before Marks, Unfenced
	// before Fences, Settled before Units, Revoked before Decisions. The store
	// sets N and Pair of activity rows, keeps times to the microsecond, and
	// ignores LastLink and LastUnit of a state it is given. A context that has
	// ended gives kind Canceled.
	Commit(ctx context.Context, b *Batch) error
}

// HashKeyer is a store that keeps the secret key of the hashes it is given,
// apart from the hashes. The key is 16 bytes and never changes.
type HashKeyer interface {
	HashKey() [16]byte
}

// Journal is a store that can read back the activity it was given.
type Journal interface {
	// Activity returns up to limit rows with numbers above after, in
	// ascending order; of all pairs if pair is empty.
	Activity(ctx context.Context, pair string, after uint64, limit int) ([]Activity, error)
}

// Historian is a store that can tell what happened to one link.
type Historian interface {
	// History returns the newest rows of activity of the link, at most limit,
	// in descending order of their numbers. Rows that tell of many links at
	// once are not among them.
	History(ctx context.Context, pair string, link LinkID, limit int) ([]Activity, error)
}

// PairState is what a Checkpoint keeps once for each pair.
type PairState struct {
	Name          string
	Gen           uint64    // raised by one with each commit that carries the state
	Installations [2]string // identities of the two installations, by Side
	Streams       [2]Stream // by Side
	Mapping       uint32    // number of the mapping in use; 0: none yet
	Mappings      []MappingPrint
	LastLink      LinkID // the highest link id given out; the store fills it
	LastUnit      UnitID // the highest unit id given out; the store fills it

	// Rewound says that the state is older than what was once committed: a
	// copy was put back, or the state was lost. What was written since is not
	// known any more, so nothing is created without approval. The store sets
	// it, also for pairs it does not know any more; it stays until a state is
	// committed in which it is not set.
	Rewound bool
}

// Stream is how far one side was read.
type Stream struct {
	Cursor  Cursor
	SweptAt time.Time // when the last complete walk was committed; zero: never
	Still   int       // how many runs in a row gave changes while the cursor stood still
}

// MappingPrint is one mapping under which bases were made: the names of its
// rules in the order of their hashes, and their fingerprints.
type MappingPrint struct {
	ID     uint32   `json:"id"`
	Rules  []string `json:"rules"`
	Prints []string `json:"prints"`
}

// LinkID numbers the links of a pair: 1, 2, 3 … and never used again.
type LinkID uint64

// UnitID numbers the write calls of a pair.
type UnitID uint64

// Known is what a store says of a record's id.
type Known struct {
	Link LinkID // 0: the id is not known
	Sum  uint64 // the sum of the record's hashes when it was last in step
}

// Link is the remembered pair: this record there is that record here. A link
// with only one side is a record that has no counterpart, or none yet.
type Link struct {
	ID    LinkID
	Gen   uint64      // raised by one with each commit
	Sides [2]LinkSide // by Side
	Map   uint32      // number of the mapping under which the bases were made
	Rule  string      // what joined the two: a rule, "created left" or "created right" (made from the other side's), "person"; "" for one side
	Keys  []KeyHash   // the match keys of both sides
	Drift []uint16    // rules whose field was edited on the side that does not own it

	// Meeting says that the two have met but not all that follows from it is
	// written yet: until then the values of the pair's first side stand.
	Meeting bool
}

// Half reports whether only one side is there, and which.
func (l *Link) Half() (s Side, half bool) {
	switch {
	case l.Sides[Right].ID == "":
		return Left, true
	case l.Sides[Left].ID == "":
		return Right, true
	default:
		return 0, false
	}
}

// LinkSide is what a link knows of one side.
type LinkSide struct {
	ID       string // Ref.ID; "" if there is no record on this side
	Identity uint64 // keyed hash of Record.Identity; 0 if it has none
	Version  string // only where the vendor checks versions
	Sum      uint64 // sum of the record's 64-bit rule hashes
	Base     []byte // 4 bytes a rule, little-endian; 0 where nothing is known
	Former   string // id of the record that was here and is gone, as long as another is to be made for it; else ""
}

// KeyHash is a match key as a keyed hash. The rank is part of what is hashed.
type KeyHash struct {
	Hash  uint64
	Sides uint8 // bit 0: the left record has the key; bit 1: the right one; bits 2 and 3: only if a write in doubt gave it to it
}

// KeyHit is a link that holds a key.
type KeyHit struct {
	Hash  uint64
	Link  LinkID
	Sides uint8 // as in KeyHash
}

// Outcome is what became of a record, or stands for it.
type Outcome uint8

// The outcomes. New ones are only added at the end.
const (
	InStep      Outcome = iota // nothing to do
	Linked                     // joined with a record that was there, and equal to it
	Created                    // a record was made on the other side
	Updated                    // fields were written
	Drifted                    // edited on the side that does not own the field; left alone
	Unmatched                  // has no counterpart and none is to be made
	Unfit                      // breaks a rule of the other side; the message has the remedy
	Blocked                    // refers to what is not there yet on the other side; the message has the list
	Review                     // needs a person
	Failed                     // the vendor refused, or could not be reached; tried again
	Unknown                    // a write whose outcome is not known yet
	Gone                       // a linked record that is no longer there; nothing was done about it
	Frozen                     // its counterpart is hidden from us; nothing flows until it shows again
	Deactivated                // its counterpart is gone, and it was set out of use
	Removed                    // its counterpart is gone, and it was deleted
	Unlinked                   // its counterpart is gone, and the two are no longer a pair
	Pending                    // taken up in the next round
)

var outcomeNames = [...]string{
	"in step", "linked", "created", "updated", "drifted", "unmatched", "unfit", "blocked",
	"review", "failed", "unknown", "gone", "frozen", "deactivated", "removed", "unlinked", "pending",
}

// String returns the outcome in words.
func (o Outcome) String() string {
	if int(o) < len(outcomeNames) {
		return outcomeNames[o]
	}
	return "unknown"
}

// MarshalText returns the outcome in words.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads the form of String.
func (o *Outcome) UnmarshalText(text []byte) error {
	return enumText(text, outcomeNames[:], o, "outcome")
}

// Message is something to tell a person: a code that never changes its
// meaning, and parameters that hold names and ids but no values of fields.
type Message struct {
	Code string `json:"code"`
	Args []Arg  `json:"args,omitempty"`
}

// Arg is a parameter of a [Message].
type Arg struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Arg returns the value of the named parameter, or "".
func (m Message) Arg(name string) string {
	for _, a := range m.Args {
		if a.Name == name {
			return a.Value
		}
	}
	return ""
}

// Mark says that a link is not finished with.
type Mark struct {
	Link    LinkID
	Side    Side      // whose record is to be looked at
	Outcome Outcome   // why: Unfit, Blocked, Review, Failed, Gone …
	Due     time.Time // when to look again; zero: when something changes
	Tries   int
	Message Message
	Create  bool // once it is resolved, a record is to be made on the other side

	// Evidence is the sum of the record it was decided on: what was refused
	// is not sent again, and what a person said stands, until it differs.
	Evidence uint64

	// Waits names the records, by pair and side, that a Blocked one refers to
	// and that have no counterpart yet.
	Waits []Wait
}

// Wait is a reference that cannot be resolved yet.
type Wait struct {
	Pair string `json:"pair"` // the pair whose links resolve it
	Side Side   `json:"side"`
	ID   string `json:"id"`
}

// Unit is one write call, recorded before it is sent.
type Unit struct {
	ID      UnitID
	Side    Side // the side that is written
	Sent    time.Time
	Intents []Intent
}

// Intent is one operation of a unit. It holds no values: these are read again.
type Intent struct {
	Link   LinkID
	Action Action
	Target string   // id of the record to write; "" for a create whose id the vendor gives
	Key    uint64   // hash of the first match key of the record it is made from
	Rules  []uint16 // the rules written
	Hashes []uint32 // of what is written, aligned with Rules
	Before []uint32 // of what stood there before, aligned with Rules; 0 or missing where nothing is known
	Token  string   // Op.Key and Op.Token of a create; "" where the vendor knows neither

	// Wipe says that an update empties fields because the counterpart is hidden.
	Wipe bool

	// First is when a create with a token was first sent, where its unit was
	// sent later: that is when the life of the token began. Zero: with the unit.
	First time.Time
}

// OpenWork is a unit, a mark, a fence or a decision; the others are nil.
type OpenWork struct {
	Unit     *Unit
	Mark     *Mark
	Fence    *Fence
	Decision *Decision
}

// MarkID names a mark.
type MarkID struct {
	Link LinkID
	Side Side
}

// Batch is what a Commit writes. Slices may be empty. Links replace stored
// links with the same id as a whole; where the ids of a link's sides or its
// keys changed, the store forgets the old ones.
type Batch struct {
	Pair     string
	State    *PairState // nil: unchanged
	Gen      uint64     // without State, the generation that the stored one must have: that of the run whose batch it is; 0: any
	Links    []Link
	Dropped  []LinkID // links that cease to be, because their record joined another
	Marks    []Mark   // replace marks of the same link and side
	Cleared  []MarkID
	Units    []Unit // replace those with the same id
	Settled  []UnitID
	Activity []Activity

	Fences    []Fence // replace fences of the same link and side
	Unfenced  []MarkID
	Decisions []Decision // replace those with the same id
	Revoked   []DecisionID

	// Erased links cease to be and leave nothing: not their marks, fences and
	// keys, not their intents in units, and not the activity rows that tell
	// of them, nor the bytes of all that where the store can help it. They may
	// have been dropped before. Activity and units of the same batch stay, and
	// so do ids in what is not tied to the link: decisions, and the marks of
	// others.
	Erased []LinkID
}

// Activity is one row of the log that tells people what happened and why. It
// is written in the same commit as what it tells of.
type Activity struct {
	N       uint64    `json:"n"` // ascending; given by the store
	At      time.Time `json:"at"`
	Run     string    `json:"run"`
	Pair    string    `json:"pair"`
	Link    LinkID    `json:"link"`
	Entity  string    `json:"entity"`
	LeftID  string    `json:"left_id,omitempty"`
	RightID string    `json:"right_id,omitempty"`
	Actor   string    `json:"actor"`  // "engine" or who decided
	Cause   string    `json:"cause"`  // what set it off: "left changed", "first load", "recovery"
	Action  string    `json:"action"` // "create right", "update left", "link", "none"
	Outcome Outcome   `json:"outcome"`
	Fields  []string  `json:"fields,omitempty"` // names of rules
	Before  []Trace   `json:"before,omitempty"` // aligned with Fields
	After   []Trace   `json:"after,omitempty"`  // aligned with Fields
	Message Message   `json:"message"`
}

// Trace is what a field held, as a keyed hash or, where the caller gave a key
// for it, sealed.
type Trace struct {
	Hash   uint32 `json:"hash,omitempty"`
	Sealed []byte `json:"sealed,omitempty"`
}
