package main

import (
	"fmt"
	"strings"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// findings count by what the records of a register are found to be the same.
type findings struct {
	by     map[string]int // by the key that joined two, where that is a choice of several
	alone  map[string]int // of these, those that have no other key in common
	number int            // that wait for a person, because they have only the number in common
}

func (f *findings) add(it reconcile.Item) {
	if registerOf(it.Pair).matcher == nil {
		return
	}
	if it.Outcome == instep.Review && it.Reason.Code == "number_only" && it.Left.ID != "" { // each of the two is an item
		f.number++
	}
	if len(it.Matched) == 0 || held(it.Outcome) {
		return
	}
	if f.by == nil {
		f.by, f.alone = map[string]int{}, map[string]int{}
	}
	key := it.Matched[0]
	f.by[key]++
	if len(it.Matched) == 1 {
		f.alone[key]++
	}
}

// lines says so in plain words, with what can be chosen about it.
func (f *findings) lines(set *settings) string {
	var parts []string
	for _, key := range []string{"number", "business id", "name"} {
		if n := f.by[key]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s by %s%s", number(n), key, f.aside(key, set)))
		}
	}
	var text string
	if len(parts) > 0 {
		text = "Found on both sides: " + strings.Join(parts, ", ") + "."
	}
	if f.number > 0 {
		text = strings.TrimSpace(text + fmt.Sprintf(" Only the number is the same: %s (a person decides; -trust-numbers links them).", plural(f.number, "pair")))
	}
	return text
}

// aside says of a key that proves little how many it joined alone.
func (f *findings) aside(key string, set *settings) string {
	n := f.alone[key]
	switch {
	case n == 0:
		return ""
	case key == "name":
		return " (-names propose asks a person first)"
	case key == "number" && set.cascade.TrustNumbers:
		return fmt.Sprintf(" (%s by it alone)", number(n))
	default:
		return ""
	}
}
