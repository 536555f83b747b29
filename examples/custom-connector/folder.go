package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/instep-go/instep"
)

// maxFile bounds what is read: who may write into the folder must not be able to
// fill the memory.
const maxFile = 16 << 20

// A byte order mark stands in front of what spreadsheets save as UTF-8.
const columns, byteOrderMark = "number;name;price;note", "\ufeff"

// folder is the articles of a folder: the file articles.csv, with semicolons,
// decimal commas and a header, as German spreadsheets save it. An article is
// known by its number. A row that cannot be understood fails the whole read:
// left out, it would look deleted.
//
// A folder can be used by one engine at a time. People may save the file
// whenever they like, but not between the read and the rename of one Write.
type folder struct{ path string }

func newFolder(dir string) *folder { return &folder{filepath.Join(dir, "articles.csv")} }

// Traits says that every read gives everything, and that a new article has the
// number that it is given: no create is then in doubt, without a Finder.
func (*folder) Traits() instep.Traits {
	return instep.Traits{
		System: "folder", Entity: "article", Snapshot: true, Exact: true, ChosenID: true, CanDelete: true, MaxBatch: 500, MaxGet: 500,
	}
}

// Describe returns the columns.
func (*folder) Describe(context.Context) ([]instep.FieldInfo, error) {
	return slices.Clone(fields), nil
}

// Read returns all rows as one page, whatever the cursor.
func (f *folder) Read(ctx context.Context, _ instep.Cursor) (instep.Page, error) {
	_, recs, err := f.load(ctx)
	return instep.Page{Records: recs, Next: "all", Sweep: instep.Sweep{Complete: true, Total: len(recs)}}, err
}

// Get returns the rows with the numbers of the refs.
func (f *folder) Get(ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
	_, recs, err := f.load(ctx)
	return instep.InOrder(refs, recs), err
}

// Write carries the operations out on the rows in memory and replaces the file
// once, by a rename: a crash leaves the old file or the new one.
func (f *folder) Write(ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
	rows, _, err := f.load(ctx)
	if err != nil || len(ops) == 0 {
		return nil, err
	}
	out := make([]instep.Result, len(ops))
	for i := range ops {
		rows, out[i] = apply(rows, &ops[i])
	}
	if err := f.save(rows); err != nil {
		return nil, &instep.Error{Kind: instep.Unavailable, Op: "folder: write", Err: err, Remedy: "close the file in other programs"}
	}
	return out, nil
}

// apply does one operation.
func apply(rows [][]string, op *instep.Op) ([][]string, instep.Result) {
	r, create := instep.Result{Ref: op.Ref, Err: check(op)}, op.Action == instep.Create
	at := slices.IndexFunc(rows, func(row []string) bool { return row[0] == op.Ref.ID })
	switch {
	case r.Err != nil:
	case create && op.Fields.Get("number") != instep.String(op.Ref.ID):
		r.Err = &instep.Error{Kind: instep.Invalid, Op: "folder: create", Field: "number", Remedy: "match articles by their numbers"}
	case create && at >= 0:
		r.Err = &instep.Error{Kind: instep.Duplicate, Op: "folder: create", Ref: op.Ref, Field: "number"}
	case !create && at < 0:
		r.Err = &instep.Error{Kind: instep.NotFound, Op: "folder: " + op.Action.String(), Ref: op.Ref}
	case op.Action == instep.Delete:
		rows = slices.Delete(rows, at, at+1)
	default:
		if create {
			at, rows = len(rows), append(rows, make([]string, len(fields)))
		}
		for i, info := range fields {
			if v := op.Fields.Get(info.Name); !v.IsAbsent() {
				rows[at][i] = instep.PlainText(v)
			}
		}
		rec, err := record(rows[at])
		r.After, r.Err = &rec, err
	}
	return rows, r
}

// record is a row in the shared vocabulary.
func record(row []string) (instep.Record, error) {
	values, err := instep.ParseTexts(fields, row...)
	return instep.Record{Ref: instep.Ref{System: "folder", Entity: "article", ID: row[0]}, Fields: values}, err
}

// load reads the file: its rows, and the articles that they are.
func (f *folder) load(ctx context.Context) ([][]string, []instep.Record, error) {
	if ctx.Err() != nil {
		return nil, nil, &instep.Error{Kind: instep.Canceled, Op: "folder: read", Err: ctx.Err()}
	}
	file, err := os.Open(f.path)
	if err != nil {
		return nil, nil, &instep.Error{Kind: instep.Unavailable, Op: "folder: read", Err: err, Remedy: "put the file there"}
	}
	defer func() { _ = file.Close() }()
	data, err := io.ReadAll(http.MaxBytesReader(nil, file, maxFile))
	c := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte(byteOrderMark))))
	c.Comma = ';'
	lines, wrong := c.ReadAll()
	if err = errors.Join(err, wrong); err != nil || !utf8.Valid(data) || len(lines) == 0 || strings.Join(lines[0], ";") != columns {
		return nil, nil, &instep.Error{Kind: instep.Malformed, Op: "folder: read", Err: err, Remedy: "save it as UTF-8 with the columns " + columns}
	}
	rows, recs, seen := lines[1:], []instep.Record{}, map[string]bool{"": true}
	convert(rows, instep.UnguardCell)
	for i, row := range rows {
		rec, err := record(row)
		if err != nil || seen[row[0]] {
			return nil, nil, &instep.Error{Kind: instep.Malformed, Op: "folder: read row " + strconv.Itoa(i+1), Err: err, Remedy: "correct the row"}
		}
		seen[row[0]], recs = true, append(recs, rec)
	}
	return rows, recs, nil
}

// save replaces the file. Until the rename nothing has happened.
func (f *folder) save(rows [][]string) error {
	file, err := os.CreateTemp(filepath.Dir(f.path), ".articles-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(file.Name()) }() // fails once it is renamed
	if old, err := os.Stat(f.path); err == nil {
		_ = file.Chmod(old.Mode().Perm()) // who could read it still can; not all file systems know modes
	}
	convert(rows, instep.GuardCell)
	_, err = file.WriteString(byteOrderMark + columns + "\n")
	c := csv.NewWriter(file)
	c.Comma = ';'
	if err = errors.Join(err, c.WriteAll(rows), file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), f.path)
}

// convert makes texts of cells, or cells of texts. A text that a spreadsheet would
// take for a formula is guarded in the file.
func convert(rows [][]string, guard func(string) string) {
	// A point in the file, which may stand for thousands, becomes a comma, which no decimal has.
	swap := strings.NewReplacer(",", ".", ".", ",")
	for _, row := range rows {
		for i, info := range fields {
			if info.Type == instep.TypeDecimal {
				row[i] = swap.Replace(row[i])
			} else {
				row[i] = guard(row[i])
			}
		}
	}
}
