// Package reconcile is the engine: it reads two systems, finds out which
// records belong together and which fields differ from what was last known,
// and writes what is missing, so that a crash, a lost reply or a second run
// never makes a duplicate and never loses an edit.
//
// One pass over a [Pair] goes one way:
//
//	recover → read → match → decide → [Plan] → send → settle
//
// Everything up to the [Plan] only reads. Apply carries the plan out: what is
// about to be sent is committed first, then sent with no transaction open,
// then settled, so that after a crash the next pass knows which writes are in
// doubt and finds out what became of them before it does anything else.
//
// Decisions are made by pure functions (match.go, decide.go) over keyed
// hashes: state holds no values, and values are taken from the record in hand
// or read again.
package reconcile
