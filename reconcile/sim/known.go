package sim

// What is known to go wrong, and is held out of the histories until it does
// not: each under a constant, so that setting it to false shows it.
const (
	// A create that is sent again under its idempotency key is answered with
	// the id of what the first one made. If that record is withdrawn or merged
	// by then, the id is forgotten: the log has no row for it, and the record
	// is made once more.
	knownKeyedAway = true

	// What a run takes up once more after its plan is carried out, such as what
	// waited for a group that it has made, is held against no limit.
	knownRoundsUnguarded = true

	// An id that we chose for a new record, and that a file still shows for one
	// that is gone, ends a run with a conflict, before anything more is written.
	knownStillListed = true
)
