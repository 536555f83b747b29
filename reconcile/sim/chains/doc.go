// Package chains plays random histories of three or four business systems that
// are kept in step pair by pair: in a chain, in a star and in a ring.
//
// A seed is a world: how the systems are joined, what each of them is like (one
// tells its changes late, one keeps a log of events, one delivers a file, one
// lists everything, one takes a single request at a time), who owns which
// field, whether one engine has all pairs or each pair has an engine and a
// state of its own, and what goes wrong: replies that get lost, writes that
// are carried out late, processes that die at a commit or a send, runs of two
// engines at the same time. [Run] plays it on one goroutine and a clock of its
// own, so that a seed is always the same history, byte for byte.
//
// Every value that a user types has a number in it that survives whatever the
// systems do to texts and amounts. So the world can tell of any value who
// typed it, and of any two values whether the one was typed in sight of the
// other. From that, and from nothing the engine says, it judges every write as
// it is sent: no edit is overwritten by one that did not know of it, unless the
// policy of a pair or a person says so; what the engine wrote in one pair and
// finds again in the next goes on from there, but never round.
//
// Chains and stars must come into step. A ring need not: where there are two
// ways from one system to another, what a system makes of a value, or one of two
// edits, can come back by the other way and go round for ever. Leave one pair
// out, so that there is one way. What a ring is held to here is that it makes no
// record twice and deletes none that is not deleted elsewhere.
package chains
