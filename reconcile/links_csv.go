package reconcile

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/instep-go/instep"
)

// linksHeader is the first line of a file of links.
var linksHeader = []string{"pair", "left", "right", "rule"}

// ExportLinks writes all links that join two records as CSV: the pair, the ids
// of both records, and the rule that joined them. An id that a spreadsheet
// would take for a formula has an apostrophe in front, which ImportLinks takes
// off again.
func (e *Engine) ExportLinks(ctx context.Context, w io.Writer) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	out := csv.NewWriter(w)
	if err := out.Write(linksHeader); err != nil {
		return err
	}
	for _, p := range e.pairs {
		if err := e.exportPair(ctx, out, p.Name); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func (e *Engine) exportPair(ctx context.Context, out *csv.Writer, pair string) error {
	const page = 1000
	for after := instep.LinkID(0); ; {
		links, err := e.store.Scan(ctx, pair, after, page)
		if err != nil {
			return err
		}
		for i := range links {
			l := &links[i]
			after = l.ID
			if !isFull(l) {
				continue
			}
			if err := out.Write([]string{pair, instep.GuardCell(l.Sides[0].ID), instep.GuardCell(l.Sides[1].ID), l.Rule}); err != nil {
				return err
			}
		}
		if len(links) < page {
			return nil
		}
	}
}

// Imported tells what became of a file of links.
type Imported struct {
	Linked  int // joined by this import
	Already int // joined with each other before
}

// maxImportErrors is how many faulty rows an error names.
const maxImportErrors = 20

// ImportLinks joins the records that a CSV file names: columns pair, left and
// right, in any order, with a header; others are ignored. It is for companies
// that bring their pairs from another integration. All rows are checked
// before anything is written, with both records read: an error of kind Invalid
// names the faulty ones, and nothing was imported. Where fields of two records
// differ, the pair's first side stands, and the next run writes it. By is who
// imports, for the activity log.
func (e *Engine) ImportLinks(ctx context.Context, r io.Reader, by string) (Imported, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	rows, err := readLinks(r, e)
	if err != nil {
		return Imported{}, err
	}
	var sum Imported
	var passes []*pass
	var joined [][]*work
	var faults []error
	for _, p := range e.pairs {
		if len(rows[p.Name]) == 0 {
			continue
		}
		ps, err := e.passFor(ctx, p.Name)
		if err != nil {
			return sum, err
		}
		works, bad := ps.joinRows(ctx, rows[p.Name])
		faults = append(faults, bad...)
		passes, joined = append(passes, ps), append(joined, works)
		sum.Already += len(rows[p.Name]) - len(works) - len(bad)
	}
	if len(faults) > 0 {
		return Imported{}, importError(faults)
	}
	for i, ps := range passes {
		if err := ps.commitImport(ctx, joined[i], by); err != nil {
			return sum, err
		}
		sum.Linked += len(joined[i])
	}
	return sum, nil
}

func importError(faults []error) error {
	n := len(faults)
	if n > maxImportErrors {
		faults = append(faults[:maxImportErrors:maxImportErrors], fmt.Errorf("and %d more", n-maxImportErrors))
	}
	return &instep.Error{
		Kind: instep.Invalid, Op: "import links", Err: errors.Join(faults...), Remedy: "correct the file; nothing was imported",
	}
}

// linkRow is one row of a file of links.
type linkRow struct {
	line int
	ids  [2]string
}

// readLinks reads a file of links, by pair.
func readLinks(r io.Reader, e *Engine) (map[string][]linkRow, error) {
	in := csv.NewReader(r)
	in.FieldsPerRecord = -1
	header, err := in.Read()
	if err != nil {
		return nil, importError([]error{fmt.Errorf("the file has no header: %w", err)})
	}
	at := map[string]int{}
	for i, name := range header {
		at[strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))] = i
	}
	for _, name := range linksHeader[:3] {
		if _, ok := at[name]; !ok {
			return nil, importError([]error{fmt.Errorf("the header has no column %q", name)})
		}
	}
	reader := linkReader{at: at, pairs: map[string]bool{}, seen: map[[3]string]int{}, rows: map[string][]linkRow{}}
	for _, p := range e.pairs {
		reader.pairs[p.Name] = true
	}
	for {
		fields, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, importError([]error{err})
		}
		line, _ := in.FieldPos(0) // there is none of a row that was not read
		reader.row(line, fields)
	}
	if len(reader.faults) > 0 {
		return nil, importError(reader.faults)
	}
	return reader.rows, nil
}

type linkReader struct {
	at     map[string]int
	pairs  map[string]bool
	seen   map[[3]string]int // the line an id was on, by pair and side
	rows   map[string][]linkRow
	faults []error
}

func (r *linkReader) row(line int, fields []string) {
	cell := func(name string) string {
		if i := r.at[name]; i < len(fields) {
			return instep.UnguardCell(strings.TrimSpace(fields[i]))
		}
		return ""
	}
	pair, row := cell("pair"), linkRow{line, [2]string{cell("left"), cell("right")}}
	if !r.pairs[pair] {
		r.faults = append(r.faults, fmt.Errorf("line %d: there is no pair %q", line, pair))
		return
	}
	for _, s := range sides {
		if row.ids[s] == "" {
			r.faults = append(r.faults, fmt.Errorf("line %d: the %s id is empty", line, s))
			return
		}
		id := [3]string{pair, s.String(), row.ids[s]}
		if earlier, twice := r.seen[id]; twice {
			r.faults = append(r.faults, fmt.Errorf("line %d: the %s record %s is on line %d already", line, s, row.ids[s], earlier))
			return
		}
		r.seen[id] = line
	}
	r.rows[pair] = append(r.rows[pair], row)
}

// joinRows makes works of the rows, reading the records by the page.
func (ps *pass) joinRows(ctx context.Context, rows []linkRow) (works []*work, faults []error) {
	for _, s := range sides {
		refs := make([]instep.Ref, len(rows))
		for i := range rows {
			refs[i] = ps.pair.side[s].ref(rows[i].ids[s])
		}
		if err := ps.observeAgain(ctx, s, refs); err != nil {
			return nil, []error{err}
		}
	}
	for _, row := range rows {
		w, err := ps.joinTwo(ctx, row.ids, "imported")
		switch {
		case err != nil:
			faults = append(faults, fmt.Errorf("line %d: %w", row.line, err))
		case w != nil:
			works = append(works, w)
		}
	}
	return works, faults
}

// commitImport commits links in units that are cheap for a store. An import
// that is cut short can be repeated: what is linked already stays.
func (ps *pass) commitImport(ctx context.Context, works []*work, by string) error {
	for len(works) > 0 {
		n := min(len(works), commitRows)
		b := &instep.Batch{}
		for _, w := range works[:n] {
			ps.commitJoined(b, w, by)
		}
		if err := ps.commit(ctx, b); err != nil {
			return err
		}
		works = works[n:]
	}
	return nil
}
