// Package sqlite keeps the engine's state in a folder, in one SQLite file: the
// store for programs that run as one process. It needs neither cgo nor a
// server, and works on Linux, macOS and Windows.
//
//	store, err := sqlite.Open(ctx, "state", nil)
//	if err != nil {
//		return err
//	}
//	defer store.Close()
//
// # What the folder holds
//
//   - state.db, with state.db-wal beside it while the store is open
//   - hash.key, the secret of the hashes in state.db, made at the first open
//     unless the caller brings a key. Who has both files can find out by
//     guessing what a hash stands for; who has state.db alone cannot. It
//     belongs in the backup: without it the state is of no use.
//   - state.db.v1-backup and the like: the file as it was before this package
//     brought it to a newer version. Delete it when all is well.
//
// The folder is made with permissions for its owner only. Copy it as a whole,
// and only while no store has it open. It must lie on a local disk: network
// file systems are known not to keep the locks that SQLite relies on.
//
// # One process at a time
//
// Open takes an exclusive lock and keeps it until Close; a second Open, in
// this process or another, fails at once with kind Busy. The lock belongs to
// the process and not to a file in the folder, so that a killed process leaves
// nothing to clean up. Within the process the store is safe for concurrent
// use; calls take turns on one connection.
//
// # Durability
//
// A commit is on disk when Commit returns: a crash of the process or of the
// machine loses no commit and leaves no half of one. What is deleted is
// overwritten with zeros in state.db, and is gone from state.db-wal at Close.
//
// # Limits
//
// A store holds up to 2^22 pairs, and a pair up to 2^40 links and units. Times
// are kept to the microsecond. Match keys of new links are entered into their
// index by the first call of Keys that follows, in one sorted go: a first load
// of a million links would otherwise spend half of its time there. That call
// then takes some seconds.
package sqlite
