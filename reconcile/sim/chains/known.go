package chains

// What the engine is known not to keep is left out of the worlds here and
// nowhere else, each under a constant that puts it back in.
const (
	// staleDeletes has a file show a record that was deleted since the file was
	// made. An engine that has heard of the deletion takes such a record for one
	// that came back, and makes its counterpart anew.
	staleDeletes = false

	// skewedFiles has the clock of a system that delivers files differ from
	// ours. The engine knows by its own clock when it read a record by its id,
	// and takes a file for newer that says so by the other clock.
	skewedFiles = false

	// returns has a field differ that holds in one system what it held before
	// something else. An engine that read the other value by the record's id, and
	// never in a list, takes the first one for an old view of it for ever.
	returns = false
)
