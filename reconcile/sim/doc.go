// Package sim plays random histories of two business systems with the engine
// between them, and looks whether it keeps its promises.
//
// A seed is a world: two systems of kinds that the seed chooses (one tells its
// changes and lags, one delivers a file, one forgets idempotency keys), a pair
// with policies of its own, users who edit both sides, and faults: replies
// that get lost, writes that are carried out late, files that are older than
// what was written, a process that dies at any commit or send. [Run] plays it
// on one goroutine and a clock of its own, so that a seed is always the same
// history, byte for byte.
//
// The world knows what the engine cannot know: which record stands for which
// real thing, what each field held at each moment, and who put it there. From
// that it judges every write as it is made, and where both systems have come
// to in the end.
//
// [Explore] is the small model: one record a side, every placement of presence,
// base, change and fault to a depth, each compared with a planner that sees
// values and nothing of the engine.
package sim
