// Package sqltable makes a table of the user's own database a source and a
// sink: for many companies the other system is a table. It speaks to
// PostgreSQL and SQLite through database/sql and brings no driver.
//
//	customers, err := sqltable.New(ctx, db, sqltable.Config{
//		Dialect: sqltable.PostgreSQL,
//		Table:   "customers",
//		System:  "shop",
//		Entity:  "customer",
//		Key:     sqltable.Key{Column: "id"},
//		Columns: []sqltable.Column{{Name: "code"}, {Name: "name"}, {Name: "vat", Field: "vat_number"}},
//		Change:  &sqltable.Change{Column: "updated_at"},
//		Version: &sqltable.Version{Column: "version", Bump: true},
//		Deleted: &sqltable.Flag{Column: "deleted_at"},
//	})
//
// Types, lengths, decimals, defaults and what may be null are taken from the
// database's own catalog, and what is declared is checked against it.
// [NewReader] gives a source alone, also of a view.
//
// # How changes are seen
//
// There are three ways, and none loses a change that was committed late:
//
//   - Config.Change names a column that grows with every change: a time, or a
//     number of one sequence. Rows are read in the order of the column and the
//     key. A transaction that began before a walk and ends after it carries
//     an older value than what the walk has seen. So the mark only moves over
//     a value when all transactions that were open at that moment have ended;
//     until then the rows since the older mark are read again, which costs
//     reading and changes nothing. In PostgreSQL these are the virtual
//     transactions in pg_locks, also those that have written nothing yet, and
//     prepared ones; SQLite has one writer, and the mark is taken under its
//     lock. A standby does not know the transactions of its primary and is
//     refused. A time is moreover read with a Lookback, for the clocks of
//     those who write it. Rows that are deleted are not seen, nor those whose
//     column is null: the sweep finds them.
//   - Config.Log names a table that triggers write every change to, deletions
//     included. [Reader.InstallLog] installs them, [Reader.LogStatements] shows
//     beforehand how. The same rule of open transactions holds for it.
//   - Neither: every run reads everything.
//
// A change column must be set by whoever writes, best by a trigger or by the
// database's own ON UPDATE; a sequence must hand out ascending numbers (CACHE
// 1, the default). Where the program sets the time, Change.Stamp makes this
// package do so too.
//
// # Keys
//
// The key is one column with a unique index: a whole number, a text or a UUID.
// It must never change. A table with a key of several columns needs a column of
// its own for this, such as an identity; New says so. A row whose key is null
// or the empty text is no record.
//
// # Values
//
// Values go through the database as text, never as floating-point numbers.
//
//   - numeric is exact. What does not fit the declared digits is refused as
//     Invalid, and nothing is rounded.
//   - real and double precision, REAL in SQLite: the shortest decimal number
//     that is read as the same float. SQLite keeps a NUMERIC or DECIMAL column
//     as a float too, whatever its declaration says: what has more than 15
//     digits is refused there. Declare money as TEXT, or in whole cents.
//   - A time with a zone is an instant. One without, and all of SQLite's, is
//     a clock on the wall in Config.Zone, UTC unless told otherwise; elsewhere
//     the hour that comes twice a year cannot be told apart. PostgreSQL keeps
//     microseconds, and SQLite's texts are written with up to nine digits; what
//     is finer than the column is cut.
//   - null and the empty text are two things, and are kept apart.
//   - What a Value cannot hold as the declared type ("infinity", NaN, a text
//     in SQLite's INTEGER column) is given as the text it is.
//
// # Writes
//
// The operations of one Write are one transaction: the rows to change are
// locked in the order of their keys, looked at, written, read back as they will
// be committed, and committed. If the database refuses one of them, nothing was
// done, and each is carried out in a transaction of its own, so that only what
// is wrong fails. A deadlock or a failed serialization is tried again twice and
// is then Unavailable. Whatever fails before the COMMIT was surely not done;
// when the answer to the COMMIT is missing, all of the transaction is Lost. A
// context that ends before the COMMIT rolls back: Canceled.
//
// # Errors
//
// The text of an error holds the database's code (SQLSTATE, or SQLite's
// extended code), and the names of constraints and columns that the catalog
// knows, but nothing else of what the database said, because that quotes
// values. The driver's own error is what it wraps. Codes are found by the
// methods SQLState() string, which the errors of pgx and lib/pq have, and Code()
// int, which those of modernc.org/sqlite have; for others there is Config.Code.
//
// # Installation
//
// For PostgreSQL it is the system identifier of the cluster, the number of the
// database and the schema. A copy of the data directory has the same. SQLite
// files have no identity, so that Config.Installation must say which it is; it
// replaces the one of PostgreSQL too, after a move by dump and restore say.
package sqltable
