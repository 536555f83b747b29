package sim

// What is known to go wrong, and is held out of the histories until it does
// not: each under a constant, so that setting it to false shows it.
const (
	// A create that is sent again under its idempotency key is answered with
	// the id of what the first one made. If that record is withdrawn or merged
	// by then, the id is forgotten: the log has no row for it, and the record
	// is made once more.
	knownKeyedAway = true
)
