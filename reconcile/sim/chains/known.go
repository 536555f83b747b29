package chains

// What the engine is known not to keep is left out of the worlds here and
// nowhere else, each under a constant that puts it back in.
const (
	// returns has a field differ that holds in one system what it held before
	// something else. An engine that wrote the other value, and never saw it in a
	// list, takes the first one for what the vendor did not take, tells so, and
	// leaves it.
	returns = false
)
