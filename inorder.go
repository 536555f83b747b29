package instep

// InOrder answers a [Getter.Get] for refs with the records that were found, in
// whatever order these are: the first of each id, and Missing for what is not
// among them. It copies no fields.
func InOrder(refs []Ref, found []Record) []Record {
	at := make(map[string]int, len(found))
	for i := range found {
		if _, twice := at[found[i].Ref.ID]; !twice {
			at[found[i].Ref.ID] = i
		}
	}
	out := make([]Record, len(refs))
	for i, ref := range refs {
		out[i] = Record{Ref: ref, Status: Missing}
		if k, ok := at[ref.ID]; ok {
			out[i] = found[k]
		}
	}
	return out
}
