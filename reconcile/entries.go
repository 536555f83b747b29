package reconcile

import (
	"cmp"
	"slices"
	"sync"
)

// few entries are sorted as they are.
const fewEntries = 4096

// sortEntries sorts entries by rank, hash and node. Hashes are spread evenly:
// many entries are first dealt out in place by the beginning of their hash, so
// that what is left to sort is small.
func sortEntries(list []entry) {
	if len(list) < fewEntries {
		slices.SortFunc(list, compareEntries)
		return
	}
	var ends [256]int // by rank
	deal(list, func(e *entry) uint8 { return e.rank }, &ends)
	var wg sync.WaitGroup
	from := 0
	for _, end := range ends {
		if part := list[from:end]; len(part) > 0 {
			wg.Go(func() { sortRank(part, 56) })
		}
		from = end
	}
	wg.Wait()
}

// sortRank sorts entries of one rank whose hashes agree above the given bits.
func sortRank(list []entry, bits int) {
	if len(list) < fewEntries || bits < 0 {
		slices.SortFunc(list, compareEntries)
		return
	}
	var ends [256]int
	deal(list, func(e *entry) uint8 { return uint8(e.hash >> bits) }, &ends)
	from := 0
	for _, end := range ends {
		sortRank(list[from:end], bits-8)
		from = end
	}
}

// deal brings entries into the order of a byte, and says where each byte's end.
func deal(list []entry, digit func(*entry) uint8, ends *[256]int) {
	var next [256]int
	for i := range list {
		ends[digit(&list[i])]++
	}
	at := 0
	for d := range ends {
		next[d] = at
		at += ends[d]
		ends[d] = at
	}
	for d := range ends {
		for next[d] < ends[d] {
			to := digit(&list[next[d]])
			if int(to) == d {
				next[d]++
				continue
			}
			list[next[d]], list[next[to]] = list[next[to]], list[next[d]]
			next[to]++
		}
	}
}

func compareEntries(a, b entry) int {
	switch {
	case a.rank != b.rank:
		return cmp.Compare(a.rank, b.rank)
	case a.hash != b.hash:
		return cmp.Compare(a.hash, b.hash)
	default:
		return cmp.Compare(a.node, b.node)
	}
}
