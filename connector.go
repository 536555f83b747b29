package instep

import (
	"context"
	"time"
)

// Cursor is how far a stream was read. It is made by a Source, kept by the
// engine and understood by nobody else. The empty Cursor is the beginning.
type Cursor string

// Page is one answer of a [Source].
type Page struct {
	Records []Record

	// Next resumes exactly after this page, also in another process, and
	// also when More is false: then it is where the next run begins.
	Next Cursor

	// More reports whether there is a further page now.
	More bool

	// AsOf is the time, by the vendor's clock, for which the page is valid.
	// Zero if the vendor does not say.
	AsOf time.Time

	// Sweep is set on the last page of a walk that began at the empty
	// cursor.
	Sweep Sweep
}

// Sweep says what a walk over everything saw.
type Sweep struct {
	// Complete reports that the walk saw every record there is, so that a
	// record it did not show is not there. It stays false where the listing
	// shifted, was cut, or is partial by nature.
	Complete bool

	// Total is how many records the vendor says there are; -1 if it does not
	// say.
	Total int
}

// Source reads the records of one entity of one installation, a page at a
// time.
//
// Read returns the records after from. The engine calls it again with
// Page.Next while Page.More is true, and never concurrently for one Source. It
// may do so while it works on the page before, whose slices are its own.
// From the empty cursor it reads everything there is; from a later one, what
// changed since, or everything again where Traits.Snapshot is set. A record
// may come twice in one walk; the later one counts. Records arrive in any
// order unless Traits.Ordered is set. An error means that nothing of this
// page may be used; the same cursor can be read again. One of kind [Expired] says
// that what changed since from is not told any more, because the system keeps
// that for some time only, say: then the engine begins at the empty cursor.
type Source interface {
	Read(ctx context.Context, from Cursor) (Page, error)
}

// SourceFunc is a function that is a [Source].
type SourceFunc func(ctx context.Context, from Cursor) (Page, error)

// Read calls f.
func (f SourceFunc) Read(ctx context.Context, from Cursor) (Page, error) { return f(ctx, from) }

// Action is what an operation does to a record.
type Action uint8

// The actions.
const (
	Create Action = iota
	Update
	Delete
	Deactivate // set out of use, but keep
)

var actionNames = [...]string{"create", "update", "delete", "deactivate"}

// String returns the lower-case name of the action.
func (a Action) String() string {
	if int(a) < len(actionNames) {
		return actionNames[a]
	}
	return "unknown"
}

// MarshalText returns the name of the action.
func (a Action) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads the name of an action.
func (a *Action) UnmarshalText(text []byte) error { return enumText(text, actionNames[:], a, "action") }

// Op is one write.
type Op struct {
	Action Action

	// Ref is the record to write. For a create its ID is empty, or the id to
	// give the record where Traits.ChosenID is set.
	Ref Ref

	// Fields is exactly what to set: a null value clears the field, and what
	// is not in Fields stays as it is.
	Fields Fields

	// Current is the record as read just before. It is nil for a create and
	// never nil for an update where Traits.Replace is set.
	Current *Record

	// Expect is the version the record must still have; empty for any. The
	// write fails with kind Conflict if it has another.
	Expect string

	// Key is an idempotency key, where Traits.IdempotencyKey is set: a second
	// create with the same key is answered like the first and makes nothing.
	Key string

	// Token is a text of up to 32 letters and digits to be written into the
	// field that Traits.TokenField names, so that a create whose reply was
	// lost can be found again. Empty where there is no such field.
	Token string
}

// Result is what became of one [Op].
type Result struct {
	Ref     Ref       // the record written; for a create with its new id
	Version string    // its new version; empty where the vendor has none
	After   *Record   // the record as the vendor now holds it, where the reply says
	At      time.Time // when, by the vendor's clock; zero if it does not say
	Err     error     // nil if done; see Sink for what its kind means
}

// Sink writes the records of one entity of one installation.
//
// Write carries out ops and returns one result for each, in the same order.
// It returns an error of its own only if nothing can be said about any op, or
// if the vendor takes all ops of a call or none: then [Invalid], [Duplicate],
// [Conflict] or [NotFound] says that it took none because of some, and the
// engine sends them again in halves until these are found. The kind of a Result.Err decides what the engine does: [Lost] means that
// the write may have happened or may still happen, so that the engine finds
// out before it tries again; [Canceled], [RateLimited] and [Unavailable]
// mean that it surely did not happen; [Invalid] and [Duplicate] park the
// record until something changes; [NotFound] of a delete means that it is
// done. A Sink never repeats a create whose reply
// was lost. When ctx ends, Write finishes the request it has under way,
// starts no further one, and marks the rest [Canceled].
type Sink interface {
	Write(ctx context.Context, ops []Op) ([]Result, error)
}

// SinkFunc is a function that is a [Sink].
type SinkFunc func(ctx context.Context, ops []Op) ([]Result, error)

// Write calls f.
func (f SinkFunc) Write(ctx context.Context, ops []Op) ([]Result, error) { return f(ctx, ops) }
