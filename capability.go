package instep

import (
	"context"
	"time"
)

// As looks up a capability of v: v itself if it is a T, else what v wraps, as
// long as it has a method Unwrap() any. It is the only way in which this
// module looks for capabilities, so that a wrapper hides none.
func As[T any](v any) (T, bool) {
	for v != nil {
		if t, ok := v.(T); ok {
			return t, true
		}
		u, ok := v.(interface{ Unwrap() any })
		if !ok {
			break
		}
		v = u.Unwrap()
	}
	var zero T
	return zero, false
}

// Getter reads records by their ids. Every delta source must be one.
//
// Get returns one record for each ref, in the same order. A record that is
// not there has status Missing or Deleted and no fields; that is not an
// error. An error means that nothing can be said about any of them.
type Getter interface {
	Get(ctx context.Context, refs []Ref) ([]Record, error)
}

// Finder finds records by a field that identifies them, by a direct read and
// not by a search index that lags behind.
//
// Find returns, for each value and in the same order, all records whose field
// has exactly that value; an empty list if there is none.
type Finder interface {
	Find(ctx context.Context, field string, values []Value) ([][]Record, error)
}

// Lister reads the items of a code list: product groups, units.
//
// List returns all items of the named list. An unknown name is an error of
// kind Unsupported that says which lists there are.
type Lister interface {
	List(ctx context.Context, list string) ([]Item, error)
}

// Item is one entry of a code list.
type Item struct {
	Code string // the vendor's key of the entry
	Name string // what people see
}

// Prober looks at an installation: who it is, and whether everything that is
// needed is in place. An error means that this could not be found out.
type Prober interface {
	Probe(ctx context.Context) (Report, error)
}

// Report is the answer of a [Prober].
type Report struct {
	System       string  // "netvisor"
	Installation string  // identity of the company's instance, never reused for another
	Name         string  // how people call it; may be empty
	Checks       []Check // in the order in which they were made
}

// Check is one thing that was looked at.
type Check struct {
	Name   string // "credentials accepted"
	OK     bool
	Detail string // what was seen
	Remedy string // what to do if not OK
}

// Describer tells which fields the records of a source or sink have. A
// mapping is checked against it before a run.
type Describer interface {
	Describe(ctx context.Context) ([]FieldInfo, error)
}

// Access says what may be done with a field.
type Access uint8

// What may be done with a field. Access values combine with |.
const (
	CanRead Access = 1 << iota
	CanCreate
	CanUpdate

	// ReadOnly and ReadWrite are the two usual combinations.
	ReadOnly  = CanRead
	ReadWrite = CanRead | CanCreate | CanUpdate
)

// FieldInfo describes one field.
type FieldInfo struct {
	Name     string
	Type     Type
	Access   Access
	Required bool   // a create needs it, and an update may not clear it
	MaxLen   int    // longest text in runes; 0: no limit known
	Decimals int    // most digits after the point of a decimal; 0: no limit known
	List     string // the code list whose names the field holds; empty if free
	Open     bool   // with List: a name that is not in the list is added by the vendor
	Remedy   string // what a person does so that a record gets a fitting value

	// Default is what a new record gets if its create gives no value; absent
	// if that is not known. Without it, what stands in such a field after a
	// lost reply passes for somebody's edit.
	Default Value
}

// Traits are the facts about a source and sink that select a branch in the
// engine. The zero value is the careful assumption in every case.
type Traits struct {
	Entity string // "product"
	System string // "netvisor"

	Snapshot    bool // every read gives everything; there is no change filter
	Ordered     bool // a walk gives records in ascending order of Ref.ID
	SeesDeletes bool // deletions come as records with status Deleted
	Partial     bool // even a complete walk does not show every record there is
	CanRename   bool // people can change Ref.ID; Record.Identity then stays the same

	HidesMissing bool // a record that is asked for and not found may only be hidden from us
	CanDelete    bool // Delete is supported
	CanBar       bool // Deactivate is supported

	Replace        bool // writes replace the whole object: Op.Current is needed
	IfVersion      bool // Op.Expect is honoured
	Exact          bool // what was written is what is then read: no trimming, no rounding
	ChosenID       bool // a create takes its id from Op.Ref.ID
	IdempotencyKey bool // Op.Key is honoured

	// TokenField names a field that takes Op.Token and that a Finder can find
	// records by. Empty: there is none.
	TokenField string

	MaxBatch    int // most ops in one Write; 0 counts as 1
	MaxGet      int // most refs in one Get; 0 counts as 1
	MaxInFlight int // most concurrent Writes, with the Gets and Finds that belong to them; 0 counts as 1

	ReadLag     time.Duration // after a write, how long until every read shows it
	RequestLife time.Duration // how long a request without reply may still be carried out
	KeyLife     time.Duration // how long an idempotency key is remembered
	Granularity time.Duration // the step of Record.Modified
}

// Traiter tells the traits of a source and sink. They do not change.
type Traiter interface {
	Traits() Traits
}
