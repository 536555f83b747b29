// Package crashtest kills the real thing: a process with the engine and its
// state in SQLite, between two systems that live on in the process of the test
// and are reached over HTTP. It holds tests only.
//
// What is done to the process, or to what it leaves behind:
//
//   - SIGKILL at every boundary of a run, counted in an undisturbed one first:
//     before and after each commit, at each row that a commit changes and
//     before SQLite makes them last, before and after each write call, and
//     while a call is on its way that is carried out only later
//   - SIGKILL where the disk takes only half a page of the write-ahead log, and
//     at random times
//   - a log that is torn, emptied at its end or damaged, and a torn state.db
//   - a full disk and a largest size of files
//   - a folder or file that may be read only
//   - clocks that jump, between runs, within one and over a crash
//
// After each death the state is looked through by SQLite's own integrity check
// and compared with a model that got the same batches: it must hold all those
// that the process knew to be committed, and none by halves. The next runs must
// then bring both systems to where an undisturbed run brings them, without a
// record twice or missing, and end with nothing left to write.
//
// The environment variable INSTEP_CRASHES says how many times a process is
// killed at random. A kill shows nothing of a sync that is missing: what a
// process wrote is kept by the system that it ran on. Only a power cut, which
// is not tried here, tells.
package crashtest
