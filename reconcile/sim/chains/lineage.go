package chains

import (
	"slices"
	"strconv"
	"strings"

	"github.com/instep-go/instep"
)

// edit is one value that a user typed.
type edit struct {
	saw     []int // the edits it replaced, and those that a policy or a person put it above
	dropped bool  // the policy of a pair has turned it back: whatever comes over it, it is not lost
}

// newEdit takes down that a user types a value where the edit saw stands, and
// returns its number.
func (w *world) newEdit(saw int) int {
	w.edits = append(w.edits, edit{saw: []int{saw}})
	return len(w.edits) - 1
}

// above puts one edit above another.
func (w *world) above(x, y int) {
	if !w.knew(x, y) {
		w.edits[x].saw = append(w.edits[x].saw, y)
	}
}

// knew reports whether edit x is y, or was made in sight of y, or of something
// made in sight of it.
func (w *world) knew(x, y int) bool {
	if x == y || y == 0 {
		return true
	}
	visited := make([]bool, len(w.edits))
	open := []int{x}
	for len(open) > 0 {
		e := open[len(open)-1]
		open = open[:len(open)-1]
		if e == y {
			return true
		}
		for _, before := range w.edits[e].saw {
			if !visited[before] {
				visited[before] = true
				open = append(open, before)
			}
		}
	}
	return false
}

// text makes a text that tells its edit whatever a system does to it.
func (w *world) text(n int) instep.Value {
	pad := strings.Repeat(" ", max(w.rnd.IntN(5)-2, 0))
	words := ""
	if w.rnd.IntN(4) == 0 {
		words = " in many words"
	}
	return instep.String(pad + "n" + strconv.Itoa(n) + words + pad)
}

// amount makes a number that tells its edit, likewise.
func (w *world) amount(n int) instep.Value {
	tail := ".5"
	if w.rnd.IntN(3) == 0 {
		tail = ".125"
	}
	return instep.Number(instep.MustDecimal(strconv.Itoa(n) + tail))
}

// editOf returns the number of the edit that a value comes from, 0 for none.
func editOf(v instep.Value) int {
	text, ok := v.AsString()
	if d, number := v.AsDecimal(); number {
		text, ok = "n"+d.String(), true
	}
	at := strings.IndexAny(text, "nN")
	if !ok || at < 0 {
		return 0
	}
	digits := text[at+1:]
	if end := strings.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' }); end >= 0 {
		digits = digits[:end]
	}
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return n
}

// ever reports whether a row has ever held a value of an edit in a field.
func (r *row) ever(field string, n int) bool {
	return slices.ContainsFunc(r.hist, func(s state) bool { return editOf(s.fields.Get(field)) == n })
}
