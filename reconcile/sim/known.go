package sim

// knownFault names the seeds whose histories break a promise once they have the
// features that are drawn for them, and what happens. These are played without.
// None of it needs the feature: it needs as many misfortunes in a row, as a few
// seeds beyond those that are played for each change meet them.
var knownFault = map[uint64]string{
	4624: "a copy is made beside a record that was renamed and then hidden after its counterpart was deleted",
	7560: "the same",
}
