package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/instep-go/instep"
)

// maxFile bounds how much of a file is read: whoever may write into the folder
// must not be able to fill the memory.
const maxFile = 16 << 20

// byteOrderMark stands in front of what spreadsheets save as UTF-8.
const byteOrderMark = "\ufeff"

// folder is the articles of a folder: the file articles.csv, with semicolons,
// decimal commas and a header, as German spreadsheets save it. An article is
// known by its number. A row that cannot be understood fails the whole read:
// left out, it would look deleted.
//
// Cells are data. One that begins with =, +, - or @ is written as it is: an
// apostrophe in front would be read back as part of the value.
//
// A folder can be used by one engine at a time. People may save the file
// whenever they like, but not between the read and the rename of one Write.
type folder struct{ path string }

// row is an article as the file has it.
type row = map[string]string

func newFolder(dir string) *folder { return &folder{filepath.Join(dir, "articles.csv")} }

// Traits says that every read gives everything.
func (*folder) Traits() instep.Traits {
	return instep.Traits{
		System: "folder", Entity: "article", Snapshot: true, Exact: true, CanDelete: true, MaxBatch: 500, MaxGet: 500,
	}
}

// Describe returns the columns.
func (*folder) Describe(context.Context) ([]instep.FieldInfo, error) { return describe(), nil }

// Read returns all rows as one page.
func (f *folder) Read(ctx context.Context, _ instep.Cursor) (instep.Page, error) {
	rows, err := f.load(ctx)
	if err != nil {
		return instep.Page{}, err
	}
	// The cursor moves with the content and holds no values.
	next := instep.Cursor(fmt.Sprintf("%x", sha256.Sum256(fmt.Append(nil, rows))))
	p := instep.Page{Next: next, Sweep: instep.Sweep{Complete: true, Total: len(rows)}}
	for _, r := range rows {
		p.Records = append(p.Records, f.record(r))
	}
	return p, nil
}

// Get returns the rows with the numbers of the refs.
func (f *folder) Get(ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
	rows, err := f.load(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]instep.Record, len(refs))
	for i, ref := range refs {
		out[i] = instep.Record{Ref: ref, Status: instep.Missing}
		if at := indexOf(rows, ref.ID); at >= 0 {
			out[i] = f.record(rows[at])
		}
	}
	return out, nil
}

// Find finds articles by their number.
func (f *folder) Find(ctx context.Context, field string, values []instep.Value) ([][]instep.Record, error) {
	if field != fieldNumber {
		return nil, &instep.Error{Kind: instep.Unsupported, Op: "folder: find", Field: field}
	}
	rows, err := f.load(ctx)
	if err != nil {
		return nil, err
	}
	out := make([][]instep.Record, len(values))
	for i, v := range values {
		number, ok := v.AsString()
		if at := indexOf(rows, number); ok && at >= 0 {
			out[i] = []instep.Record{f.record(rows[at])}
		}
	}
	return out, nil
}

// Write carries the operations out on the rows in memory and replaces the file
// once, by a rename: a crash leaves the old file or the new one.
func (f *folder) Write(ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
	rows, err := f.load(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]instep.Result, len(ops))
	for i := range ops {
		rows, out[i] = f.apply(rows, &ops[i])
	}
	if ctx.Err() != nil {
		return nil, &instep.Error{Kind: instep.Canceled, Op: "folder: write", Err: ctx.Err()}
	}
	if len(ops) == 0 {
		return nil, nil
	}
	return out, f.save(rows)
}

// apply does one operation.
func (f *folder) apply(rows []row, op *instep.Op) ([]row, instep.Result) {
	refuse := func(err error) ([]row, instep.Result) { return rows, instep.Result{Ref: op.Ref, Err: err} }
	at := indexOf(rows, op.Ref.ID)
	switch op.Action {
	case instep.Create:
		number, _ := op.Fields.Get(fieldNumber).AsString()
		if err := check(op); err != nil {
			return refuse(err)
		}
		if indexOf(rows, number) >= 0 {
			return refuse(&instep.Error{Kind: instep.Duplicate, Op: "folder: create", Field: fieldNumber})
		}
		at, rows = len(rows), append(rows, row{})
	case instep.Update, instep.Delete:
		if at < 0 {
			return refuse(&instep.Error{Kind: instep.NotFound, Op: "folder: " + op.Action.String(), Ref: op.Ref})
		}
		if op.Action == instep.Delete {
			return slices.Delete(rows, at, at+1), instep.Result{Ref: op.Ref}
		}
		if err := check(op); err != nil {
			return refuse(err)
		}
	default:
		return refuse(&instep.Error{Kind: instep.Unsupported, Op: "folder: " + op.Action.String(), Ref: op.Ref})
	}
	for name, v := range op.Fields.All() {
		rows[at][name] = cell(v)
	}
	after := f.record(rows[at])
	return rows, instep.Result{Ref: after.Ref, After: &after}
}

// record is a row in the shared vocabulary: an empty cell is null.
func (f *folder) record(r row) instep.Record {
	var fields []instep.Field
	for _, info := range describe() {
		v := instep.Null()
		if text := r[info.Name]; text != "" {
			v = instep.String(text)
			if info.Type == instep.TypeDecimal {
				d, _ := decimal(text) // load has looked at it
				v = instep.Number(d)
			}
		}
		fields = append(fields, instep.Field{Name: info.Name, Value: v})
	}
	return instep.Record{Ref: instep.Ref{System: "folder", Entity: "article", ID: r[fieldNumber]}, Fields: instep.NewFields(fields...)}
}

// load reads the file.
func (f *folder) load(ctx context.Context) ([]row, error) {
	if ctx.Err() != nil {
		return nil, &instep.Error{Kind: instep.Canceled, Op: "folder: read", Err: ctx.Err()}
	}
	file, err := os.Open(f.path)
	if err != nil {
		return nil, &instep.Error{Kind: instep.Unavailable, Op: "folder: read", Err: err, Remedy: "put the file there"}
	}
	defer func() { _ = file.Close() }()
	data, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = errors.New("the file is too large")
	}
	if err != nil {
		return nil, &instep.Error{Kind: instep.Malformed, Op: "folder: read", Err: err}
	}
	return parse(data)
}

// parse reads the rows of a file.
func parse(data []byte) ([]row, error) {
	c := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte(byteOrderMark))))
	c.Comma = ';'
	lines, err := c.ReadAll()
	if err != nil || len(lines) == 0 || !slices.Equal(lines[0], header()) {
		return nil, &instep.Error{
			Kind: instep.Malformed, Op: "folder: read", Err: err, Remedy: "save it as UTF-8 with the columns " + strings.Join(header(), ";"),
		}
	}
	rows, seen := []row{}, map[string]bool{}
	for i, line := range lines[1:] {
		r := row{}
		for column, name := range lines[0] {
			r[name] = line[column]
		}
		wrong := ""
		if n := r[fieldNumber]; n == "" || seen[n] {
			wrong = fieldNumber
		}
		if _, err := decimal(r[fieldPrice]); err != nil && r[fieldPrice] != "" {
			wrong = fieldPrice
		}
		if wrong != "" {
			return nil, &instep.Error{Kind: instep.Malformed, Op: "folder: read row " + strconv.Itoa(i+1), Field: wrong, Remedy: "correct the row"}
		}
		seen[r[fieldNumber]] = true
		rows = append(rows, r)
	}
	return rows, nil
}

// save replaces the file. Until the rename nothing has happened.
func (f *folder) save(rows []row) (err error) {
	defer func() {
		if err != nil {
			err = &instep.Error{Kind: instep.Unavailable, Op: "folder: write", Err: err, Remedy: "close the file in other programs"}
		}
	}()
	file, err := os.CreateTemp(filepath.Dir(f.path), ".articles-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(file.Name()) }() // fails once it is renamed
	if old, err := os.Stat(f.path); err == nil {
		_ = file.Chmod(old.Mode().Perm()) // who could read it still can; not all file systems know modes
	}
	lines := [][]string{header()}
	for _, r := range rows {
		line := make([]string, len(lines[0]))
		for i, name := range lines[0] {
			line[i] = r[name]
		}
		lines = append(lines, line)
	}
	_, err = file.WriteString(byteOrderMark)
	c := csv.NewWriter(file)
	c.Comma = ';'
	if err = errors.Join(err, c.WriteAll(lines), file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), f.path)
}

func header() []string { return []string{fieldNumber, fieldName, fieldPrice, fieldNote} }

func indexOf(rows []row, number string) int {
	return slices.IndexFunc(rows, func(r row) bool { return r[fieldNumber] == number })
}

// cell writes a value with a decimal comma; null is the empty cell.
func cell(v instep.Value) string {
	if _, ok := v.AsDecimal(); ok {
		return strings.Replace(v.String(), ".", ",", 1)
	}
	s, _ := v.AsString()
	return s
}

// decimal reads a number with a decimal comma. A point is refused: it may
// stand for thousands.
func decimal(text string) (instep.Decimal, error) {
	if strings.Contains(text, ".") {
		return instep.Decimal{}, errors.New("a point in a number")
	}
	return instep.ParseDecimal(strings.Replace(text, ",", ".", 1))
}
