package chains

import "time"

// bending is what a system made of a value that an engine wrote.
type bending struct {
	edit int
	e    *edge
	r    *row
	seq  int       // the change that the write was
	at   time.Time // and when
	read bool      // the engine has read what became of it
}

// bend takes down that a system made something else of what it was given.
func (p *port) bend(r *row, edit int) {
	p.e.by.bent = append(p.e.by.bent, bending{edit: edit, e: p.e, r: r, seq: r.cur().seq, at: r.cur().at})
}

// readBack has an engine see what became of its writes to a row, in a reply or
// by reading the row. If its version or time says that somebody has written it
// since, what a system has made of a value cannot be told from their edit.
func (p *port) readBack(r *row) {
	now := r.cur()
	for i := range p.e.by.bent {
		b := &p.e.by.bent[i]
		if b.e != p.e || b.r != r || b.read {
			continue
		}
		b.read = true
		since := p.tells && now.at.After(b.at)
		if p.versions {
			since = now.seq != b.seq
		}
		p.w.edits[b.edit].unsure = p.w.edits[b.edit].unsure || since
	}
}
