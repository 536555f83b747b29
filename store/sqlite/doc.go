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
//     guessing what a hash stands for; who has state.db alone cannot. It is
//     never written again: without it the state is of no use.
//   - commits, the number of commits that the state has had; see below
//   - state.db.v1-backup and the like: the file as it was before this package
//     brought it to a newer version. Delete it when all is well.
//   - state.db.former-1 and the like: the file as it was before [Restore] put
//     another in its place. Delete it when all is well.
//   - names that end in .part: what a process that was killed has left of a
//     copy. The next one of that kind writes over it.
//
// The folder is made with permissions for its owner only. It must lie on a
// local disk: network file systems are known not to keep the locks that SQLite
// relies on.
//
// # Backups
//
// [Store.Backup] writes a copy of the state to a file while the store is open;
// [Restore] puts it in the place of the state of a folder that is closed. The
// hash key is not in it: keep hash.key too, elsewhere, for a backup without it
// is worthless.
//
// # Older states
//
// A state that is older than what was once committed knows nothing of what was
// created since, and would create it again. So PairState.Rewound is set for
// every pair, known or not, at the first Open after a Restore. It is also set
// if the number in the file commits is above that of the state: then an older
// state.db was put back by other means, or it is gone. A number below it means
// nothing, for it is written after the commit and may be lost with the process
// or the machine. A folder that is copied back as a whole, the file commits
// with it, cannot be told from one that was never changed: put back state.db
// alone, or better use Restore. Deleting the folder as a whole begins anew.
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
// machine loses no commit and leaves no half of one.
//
// SQLite keeps no checksums of what is in state.db. So Open looks through the
// file, as far as its structure goes, where there is reason to: after a process
// that did not close it, if it is an older state, and whenever it has at most
// 16 MiB. What is found is an error of kind Malformed, and nothing is changed.
// What reads like another valid page is not found.
//
// # Erasing
//
// What is deleted is overwritten with zeros in state.db, and is gone from
// state.db-wal at Close; but SQLite may have left a copy of it where it moved
// rows about. Links that a batch erases leave nothing: state.db is then built
// anew and the log emptied before Commit returns. That takes a few seconds for
// a million links, and for a moment room on the disk for two more of state.db.
// Where that room is not there the batch is carried out all the same, and
// building anew is left to the next such batch, to Close, which then says so if
// it fails again, and to the next Open. Backups, and the copies of older
// versions and former states in the folder, are not touched: delete them too.
//
// # Limits
//
// A store holds up to 2^22 pairs, and a pair up to 2^40 links and units. Times
// are kept to the microsecond. Match keys of new links are entered into their
// index in one sorted go, for a first load would otherwise spend most of its
// time there: by the first call of Keys that follows, or by the commit that
// ends a run where there are many. That call then takes some seconds for a
// million links.
//
// In memory a store holds where the segments of its indexes begin, about a
// megabyte for a million links, and of a pair that is read in no order at most
// 60 MiB of each index until the next commit.
package sqlite
