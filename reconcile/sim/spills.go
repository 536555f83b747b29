package sim

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// scratch is a file in memory that keeps what was written to it.
type scratch struct{ text []byte }

func (s *scratch) WriteAt(p []byte, at int64) (int, error) {
	if end := int(at) + len(p); end > len(s.text) {
		s.text = append(s.text, make([]byte, end-len(s.text))...)
	}
	return copy(s.text[at:], p), nil
}

func (s *scratch) ReadAt(p []byte, at int64) (int, error) {
	if at >= int64(len(s.text)) {
		return 0, io.EOF
	}
	n := copy(p, s.text[at:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (*scratch) Close() error { return nil }

// spilledRecords are so many, with names of so many bytes, that most do not stay
// in memory; of each field the first values do, whatever their size.
const (
	shortRecords   = 256
	spilledRecords = 24
	spilledName    = 12_000
)

// trySpill has many large records go over by way of a file. None is read again
// before it is written, and nobody can read them in the file.
func (w *world) trySpill(*rand.Rand) {
	s, ok := w.towards()
	v := w.side[s]
	if !ok || v.snapshot {
		return
	}
	v.page, v.order = 100, 0 // in the order in which they were made
	var files []*scratch
	w.opt.Spill = func() (reconcile.Scratch, error) {
		files = append(files, &scratch{})
		return files[len(files)-1], nil
	}
	for range shortRecords {
		w.fresh(s, "", w.newEntity(), w.plainValues()) // without a key it stays where it is
	}
	var rows []*row
	for range spilledRecords {
		w.n++
		name := fmt.Sprintf("%d%s", w.n, strings.Repeat("geheim", spilledName/6))
		rows = append(rows, w.fresh(s, w.newKey(), w.newEntity(), map[int]instep.Value{1: instep.String(name), 2: w.plain(2)}))
	}
	if _, err := w.next(ways{}, false); err != nil || w.res.Violation != "" {
		return
	}
	size := 0
	for _, file := range files {
		size += len(file.text)
	}
	if size == 0 {
		return
	}
	w.came(Spilled, "%d bytes", size)
	for _, file := range files {
		if bytes.Contains(file.text, []byte("geheim")) {
			w.violate("values", "what was kept in a file can be read in it")
		}
	}
	w.checkSpilled(v, rows)
}

func (w *world) checkSpilled(v *vendor, rows []*row) {
	for _, r := range rows {
		link := w.linkOf(v.side, r)
		if link == nil {
			continue // it waits for a person
		}
		if c := w.side[v.side.Other()].find(link.Sides[v.side.Other()].ID); c == nil || c.cur().fields.Get(w.side[v.side.Other()].fields[1]) != r.cur().fields.Get(v.fields[1]) {
			w.violate("I16", "%s %s came over as something else", v.name, r.cur().id)
		}
		if v.odd.asked[r.cur().id] {
			w.violate("I11", "%s %s was read again although it was kept", v.name, r.cur().id)
		}
	}
}
