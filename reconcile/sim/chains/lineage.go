package chains

import (
	"slices"
	"strconv"
	"strings"

	"github.com/instep-go/instep"
)

// edit is a value that somebody typed, or what a system made of one.
type edit struct {
	saw     []int // the edits it replaced, and those that a policy or a person put it above
	of      int   // what the system was given, if it made something else of it; else 0
	unsure  bool  // the engine has not read what its write became
	twice   bool  // typed in two systems at once
	dropped bool  // the policy of a pair has turned it back: whatever comes over it, it is not lost
}

// passes reports whether what a system made of a value passes for an edit.
func (e *edit) passes() bool { return e.unsure && e.of > 0 }

// typed takes down a value that somebody typed in sight of another, and returns
// its number. Typed once more, it is the same edit in sight of both.
func (w *world) typed(x instep.Value, saw int) int {
	n, again := w.byValue[x]
	if !again {
		n = len(w.edits)
		w.edits, w.byValue[x] = append(w.edits, edit{}), n
	}
	w.above(n, saw)
	return n
}

// bent takes down what a system made of a value that it was given.
func (w *world) bent(given, kept instep.Value) int {
	from, before := w.editOf(given), len(w.edits)
	n := w.typed(kept, from)
	if n == before {
		w.edits[n].of = from
	}
	return n
}

// editOf returns the number of the edit that a value is, 0 for none.
func (w *world) editOf(x instep.Value) int { return w.byValue[x] }

// above puts one edit above another.
func (w *world) above(x, y int) {
	if !w.knew(x, y) {
		w.edits[x].saw = append(w.edits[x].saw, y)
	}
}

// over takes down that one edit has come over another one, and with it over all
// that this one knew of.
func (w *world) over(x, y int) {
	if y != 0 && x != y && !slices.Contains(w.edits[x].saw, y) {
		w.edits[x].saw = append(w.edits[x].saw, y)
	}
}

// knew reports whether edit x is y, or was made in sight of y, or of something
// made in sight of it. Whoever knew what a system was given needs to know
// nothing of what it made of that.
func (w *world) knew(x, y int) bool {
	visited := make([]bool, len(w.edits))
	open := []int{x}
	for len(open) > 0 {
		e := open[len(open)-1]
		open = open[:len(open)-1]
		for z := y; z > 0; z = w.edits[z].of {
			if e == z {
				return true
			}
		}
		for _, before := range w.edits[e].saw {
			if !visited[before] {
				visited[before] = true
				open = append(open, before)
			}
		}
	}
	return y == 0
}

// knewAt reports whether edit x was made in sight of what a row holds in the
// field of a rule, or of what an engine gave it there: what the system has made
// of that may be what somebody has typed elsewhere.
func (y *system) knewAt(x int, r *row, rule int) bool {
	return y.w.knew(x, y.editAt(r, rule)) || r.given[rule] > 0 && y.w.knew(x, r.given[rule])
}

// dropped reports whether an edit, or what it was made of, was turned back.
func (w *world) dropped(n int) bool {
	for ; n > 0; n = w.edits[n].of {
		if w.edits[n].dropped {
			return true
		}
	}
	return false
}

// drop has an edit count as turned back, with what it was made of.
func (w *world) drop(n int) {
	for ; n > 0; n = w.edits[n].of {
		w.edits[n].dropped = true
	}
}

// number makes a number that no value had before.
func (w *world) number() string {
	w.numbers++
	return strconv.Itoa(w.numbers)
}

// text makes a text that is like no other, whatever a system does to it.
func (w *world) text() instep.Value {
	pad := strings.Repeat(" ", max(w.rnd.IntN(5)-2, 0))
	words := ""
	if w.rnd.IntN(4) == 0 {
		words = " in many words"
	}
	return instep.String(pad + "n" + w.number() + words + pad)
}

// amount makes a number that is like no other, likewise.
func (w *world) amount() instep.Value {
	tail := ".5"
	if w.rnd.IntN(3) == 0 {
		tail = ".125"
	}
	return instep.Number(instep.MustDecimal(w.number() + tail))
}

// showed reports whether a row has ever held a value in the field of a rule, or one
// of the same thing that had its id before: a list may be older than the row.
func (y *system) showed(r *row, rule int, x instep.Value) bool {
	return slices.ContainsFunc(y.rows, func(o *row) bool {
		return o.id == r.id && o.entity == r.entity && o.ever(y.fields[rule], x)
	})
}

// ever reports whether a row has ever held a value in a field.
func (r *row) ever(field string, x instep.Value) bool {
	return slices.ContainsFunc(r.hist, func(s state) bool { return s.fields.Get(field) == x })
}
