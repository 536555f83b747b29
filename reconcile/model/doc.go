// Package model plays every short history of two tiny systems with the engine
// between them, and compares each run with a planner that was written from the
// rules of docs/design.md alone.
//
// A system holds up to two records of a key and a value. It tells its changes
// at once, shows deletions, finds by key and is written one record a call. A
// step is one thing that people do (create, edit, re-key, bar, hide, show,
// delete, bring back, replace, or let one record take the key of a deleted
// one; edits also on both sides) and one run of the engine; the first step is
// what the two hold at the beginning, with the first run. One run of a history
// may go wrong: the process is killed after any of its commits and sends, a
// reply is lost before, after or a while before the write is carried out, or a
// list is cut.
//
// What is compared is what was written, which records are linked and which
// wait for a person. After a kill the reference keeps all that may be known by
// then, and each later run leaves of that what agrees with it.
//
// States are the same if what the systems hold, what the reference remembers
// and the outline of the engine's marks are, up to the names of ids, keys and
// values; nothing is played twice from the same state. Where a policy is its
// own mirror image the sides may be swapped as well. A policy and its mirror
// image count as one: which of two is played makes no difference.
//
// # What the rules leave open
//
// The reference takes these readings:
//
//   - A create leaves out what is empty.
//
//   - An edit that keeps a deletion from going over is one of a field that the
//     side owns.
//
//   - Records of one key on one side are ambiguous also where the other side
//     has none, and linked and hidden ones count.
//
//   - The number of a linked record that is gone is that of the record which is
//     still there. Where only the gone one had it, a person is asked.
//
//   - Where the place of a record that is gone is next to a hidden one, the new
//     record waits until that shows again.
//
//   - A key that another record holds keeps its pair from flowing as a whole.
//
//   - A record left unmatched is looked at again when its fields change, or
//     when another record that is looked at has its key.
//
//   - A record that comes back finds its counterpart made anew, also if people
//     deleted that themselves in an earlier run; but not if another record has
//     the key: then a person is asked.
//
//   - Where one of two records is gone before they were ever in step, a person
//     is asked, whatever the policy says of edits.
//
//   - A create in doubt whose record has another key by now, or is not there,
//     is a review: the key that was sent is not known any more.
//
//   - What has the key of a create in doubt waits with it. Once a person is
//     asked, that record waits for the answer, whatever becomes of it; while the
//     record that the create was made from is hidden, nobody is asked, and a copy
//     that gets another key meanwhile counts as new: it cannot be told.
//
//   - Where a third value stands in a field whose write is in doubt, that field
//     waits for a person; the others flow, and what follows from a hidden or
//     deleted record is done.
//
//   - Where a place could be taken by a record that may have to do with a create
//     in doubt, the place is given up, and a person is asked about all of them.
//
//   - Where a run makes something anew, a deletion of the same run, or a write of
//     another key, frees the key for all that looks for a counterpart; else it
//     does in the next run.
//
//   - What is made anew takes the place of a record that is gone as a new one
//     would, unless that place's other record is deleted in the same run.
//
//   - What is made anew, or once more after it was lost, and finds a record of its
//     key that cannot be joined with it as it is, is not joined with that: a person
//     is asked, and both wait for the answer, whatever becomes of them. A question
//     about anything else ends its being made anew.
//
//   - Lost replies are found out within the run, as far as waiting tells.
//
//   - Of the values of a record that is back those stand that its side owns, of
//     the others the counterpart's, unless they differ by an edit that was told as
//     drift. Where the two were never in step, the first side's do.
//
//   - All that people were asked about because of a create in doubt waits for the
//     answer, and so does what has the key of one of these.
//
//   - The place of a record that is gone is given up together with its key.
//
//   - Where a record is gone and the run that gave its place away was killed,
//     its counterpart stays on its own unless something takes the place.
//
// # How far it goes
//
// How deep a history goes is counted in what happens: what the two hold, a run,
// what people do, a run, and so on, so two for each step. The tests play to
// depth 6 with one record a side and to depth 4 with two, with every fault.
// docs/testing.md says how far they were played besides.
//
// Where the engine is known not to keep to the letter of a rule, the constants
// of the type bend say how. Runs that agree only so are counted apart; a
// disagreement is what is left. Two of them are faults, see there.
package model
