package model

import "slices"

// starts lists what the two systems can hold before the first run, up to the
// names of keys and values.
func starts(records int) []start {
	left := [][]fields{
		{}, {{1, 0}}, {{1, 1}},
		{{1, 1}, {2, 2}}, {{1, 1}, {1, 2}}, {{1, 1}, {1, 1}},
	}
	right := [][]fields{
		{}, {{1, 0}}, {{1, 1}}, {{1, 3}}, {{2, 1}},
		{{1, 1}, {2, 2}}, {{1, 3}, {2, 2}}, {{1, 1}, {1, 2}}, {{1, 3}, {1, 4}}, {{2, 1}, {2, 2}},
	}
	few := func(r []fields) bool { return len(r) > records }
	left, right = slices.DeleteFunc(left, few), slices.DeleteFunc(right, few)
	var out []start
	for _, l := range left {
		for _, r := range right {
			out = append(out, start{l, r})
		}
	}
	return out
}
