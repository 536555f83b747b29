package sim

// What is known to go wrong, and is held out of the histories until it does
// not: each under a constant, so that setting it to false shows it.
const (
	// An id that we chose for a new record, and that a file still shows for one
	// that is gone, ends a run with a conflict, before anything more is written.
	knownStillListed = true
)
