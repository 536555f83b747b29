// Package memory keeps the engine's state in memory: for tests, for trying
// out, and as the smallest readable form of what a store has to do. What it
// holds is gone with the process, so that a next run meets two registers it
// knows nothing of; programs that write to real systems use store/sqlite. It
// finds no older state, as there is none: PairState.Rewound is what the last
// state said that was committed.
package memory
