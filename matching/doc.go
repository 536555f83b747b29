// Package matching tells how two whole registers would match, before anything
// is linked: which records belong together and by which key, which have no
// counterpart, and which a person must look at, and why.
//
// The rules are those of the engine, see [github.com/instep-go/instep/reconcile],
// for registers of which no state is kept yet:
//
//   - Keys are tried rank by rank. Two records that alone have a key in common
//     belong together; what a key has settled, later ranks leave as it is.
//   - Everything is one to one and independent of the order of arrival. Where
//     several records have the same key, all of them are in doubt, never the
//     later ones only.
//   - Two records whose strong keys of one rank differ are not joined, whichever
//     key they have in common. A weak key joins only together with another,
//     and forbids a link where it is that of a third record.
//   - A key to propose joins nothing: it makes a question.
//   - Where a record has several keys of one rank and they lead to different
//     records, all of these are in doubt.
//
// Records of which an id is given twice count as seen last, and so do those
// with the same immutable identity.
//
// There are two ways in. [Records] takes an [instep.Matcher] and two sequences
// of records, such as [Walk] gives of any source. [New] is for everything else:
// rows of files, answers of databases, with keys that the caller makes.
//
// # Memory and time
//
// A register takes about 10 bytes a record, its id, and 10 bytes a key; finding
// out takes another 8 bytes a record and 12 bytes for each key of the rank with
// the most. A result keeps the ids and those 8 bytes. Nothing refers to the
// caller's memory. Time grows with the number of keys alone, also where all of
// them are equal.
//
// Keys are compared by 64-bit hashes under a secret that is drawn anew for each
// join, so that nobody can choose keys which collide. That two of two million
// different keys of a rank have the same hash by chance is less likely than
// 1.2e-7; whoever cannot accept that compares the keys of the rank that decided,
// which [Finding] names. Ids are compared byte by byte.
package matching
