package instep

import "time"

// Verdict is what a person decided about records once and for all.
type Verdict uint8

// The verdicts. New ones are only added at the end.
const (
	NeverLink Verdict = iota // the two records are not the same
	KeepAlone                // the record is to have no counterpart made for it
	Erased                   // all that was known of the record was erased; it is passed over
)

var verdictNames = [...]string{"never link", "keep alone", "erased"}

// String returns the verdict in words.
func (v Verdict) String() string {
	if int(v) < len(verdictNames) {
		return verdictNames[v]
	}
	return "unknown"
}

// MarshalText returns the verdict in words.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads the form of String.
func (v *Verdict) UnmarshalText(text []byte) error {
	return enumText(text, verdictNames[:], v, "verdict")
}

// DecisionID names a decision: there is one for the same records and verdict.
type DecisionID struct {
	// Left and Right are ids of records, as in Ref.ID. KeepAlone and Erased
	// are about one record: the other id is empty. For Erased it is not the
	// id itself but its keyed hash, as 16 hexadecimal digits.
	Left, Right string
	Verdict     Verdict
}

// Decision is an answer that is remembered, so that nobody is asked again.
type Decision struct {
	DecisionID

	// Evidence is, by Side, a hash of the match keys on which it was decided.
	// When the keys differ, the decision counts no more. 0: it does not
	// depend on that side.
	Evidence [2]uint64
	By       string // who decided
	At       time.Time
}

// Fence keeps what the engine wrote to a record from being undone by a view
// of the record that is older than the write: a daily file, a list that lags.
type Fence struct {
	Link   LinkID
	Side   Side
	Map    uint32 // number of the mapping whose rules are meant
	Fields []FencedField
}

// FencedField is one field of a [Fence].
type FencedField struct {
	Rule uint16    `json:"rule"`
	At   time.Time `json:"at"`   // when it was written, by the vendor's clock or ours, whichever is later
	Hash uint32    `json:"hash"` // of what was written
	Was  uint32    `json:"was"`  // of what stood there before
	// Pending says that the vendor has not shown the written value yet.
	Pending bool `json:"pending,omitzero"`

	Back uint8 `json:"back"` // how often it was given a value it had held shortly before
}
