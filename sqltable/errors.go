package sqltable

import (
	"context"
	"errors"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/instep-go/instep"
)

// Codes of SQLite.
const (
	codeBusy     = 5
	codeLocked   = 6
	codeReadOnly = 8
	codeNotUniq  = 2067
	codeNotPK    = 1555
	codeNotRowID = 2579
)

// sqliteCode returns SQLite's primary code of an error, 0 if it has none.
func sqliteCode(err error) int {
	var coded interface{ Code() int }
	if !errors.As(err, &coded) {
		return 0
	}
	return coded.Code() & 0xff
}

// codeOf returns the database's own code of an error; empty if the database
// did not answer.
func (r *Reader) codeOf(err error) string {
	var state interface{ SQLState() string }
	if errors.As(err, &state) {
		return state.SQLState()
	}
	var coded interface{ Code() int }
	if errors.As(err, &coded) {
		return strconv.Itoa(coded.Code())
	}
	if r.cfg.Code != nil {
		return r.cfg.Code(err)
	}
	return ""
}

// quiet is a driver's error without its text, which quotes values.
type quiet struct {
	text string
	err  error
}

// Error tells what is safe to tell.
func (q *quiet) Error() string { return q.text }

// Unwrap returns the driver's own error.
func (q *quiet) Unwrap() error { return q.err }

// failure makes what a driver returned an error of ours.
func (r *Reader) failure(op string, err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*instep.Error](err); ok {
		return e
	}
	e := &instep.Error{Op: "sqltable: " + op, Code: r.codeOf(err)}
	switch {
	case e.Code != "":
		e.Kind, e.Remedy = r.kindOf(e.Code)
	case errors.Is(err, context.Canceled):
		e.Kind = instep.Canceled
	default:
		e.Kind, e.Remedy = instep.Unavailable, "see whether the database is up and reachable"
	}
	names, column := r.cat.namedIn(err.Error())
	if column != "" {
		e.Field = r.fieldOf(column)
	}
	e.Err = &quiet{said(err, names, e.Code != ""), err}
	return e
}

// asked is failure for a question: when ctx has ended, that is why.
func (r *Reader) asked(ctx context.Context, op string, err error) error {
	if err != nil && ctx.Err() != nil {
		return &instep.Error{Kind: instep.Canceled, Op: "sqltable: " + op, Err: context.Cause(ctx)}
	}
	return r.failure(op, err)
}

// said is what of an error without values people may read.
func said(err error, names []string, coded bool) string {
	if len(names) > 0 {
		return strings.Join(names, ", ")
	}
	var network *net.OpError
	switch {
	case errors.As(err, &network):
		return network.Error()
	case errors.Is(err, context.DeadlineExceeded):
		return context.DeadlineExceeded.Error()
	case errors.Is(err, context.Canceled):
		return context.Canceled.Error()
	case coded:
		return "what else the database said is left out, for it may quote values"
	default:
		return "the database did not answer"
	}
}

// namedIn returns the constraints and columns of the catalog that a message
// names, and the column if it can only be one.
func (c *catalog) namedIn(message string) (said []string, column string) {
	if c == nil {
		return nil, ""
	}
	for name, columns := range c.names {
		if strings.Contains(message, `"`+name+`"`) {
			said = append(said, "constraint "+name)
			if len(columns) == 1 {
				column = columns[0]
			}
		}
	}
	for i := range c.columns {
		name := c.columns[i].name
		if strings.Contains(message, `column "`+name+`"`) || dotted(message, "."+name) {
			said, column = append(said, "column "+name), name
		}
	}
	slices.Sort(said)
	if len(said) > 1 && !strings.HasPrefix(said[0], "constraint ") {
		column = "" // SQLite names all columns of an index
	}
	return said, column
}

// dotted reports whether a message names a column as SQLite does, "table.name",
// in what only comes after "failed: ".
func dotted(message, name string) bool {
	_, list, ok := strings.Cut(message, "constraint failed: ")
	if !ok {
		return false
	}
	list, _, _ = strings.Cut(list, " (")
	return slices.ContainsFunc(strings.Split(list, ", "), func(s string) bool { return strings.HasSuffix(s, name) })
}

func (r *Reader) kindOf(code string) (instep.Kind, string) {
	if r.cfg.Dialect == SQLite {
		return sqliteKind(code)
	}
	return stateKind(code)
}

const (
	askRights  = "give the user of the connection the right"
	askCatalog = "compare the configuration with the table"
)

// stateKind says what an SQLSTATE means, for a statement that was not carried
// out.
func stateKind(code string) (kind instep.Kind, remedy string) {
	switch code {
	case "23505", "23P01":
		return instep.Duplicate, ""
	case "40001", "40P01", "55P03", "57014":
		return instep.Unavailable, "try again later"
	case "53300": // each connection that waits and asks again makes it worse
		return instep.RateLimited, "raise max_connections of the server, or bound the connections of this program and of others"
	case "42501":
		return instep.Forbidden, askRights
	case "25006":
		return instep.Forbidden, "connect to a server that can be written"
	case "P0001":
		return instep.Invalid, "a trigger of the table refused it; see the log of the database"
	}
	if len(code) != 5 {
		return instep.Unclassified, ""
	}
	switch code[:2] {
	case "22", "23", "44":
		return instep.Invalid, ""
	case "28":
		return instep.Unauthorized, "check the user and the password"
	case "3D", "3F", "42":
		return instep.Config, askCatalog
	case "0A":
		return instep.Unsupported, ""
	case "08", "40", "53", "55", "57", "58", "XX":
		return instep.Unavailable, "try again later"
	default:
		return instep.Unclassified, ""
	}
}

// sqliteKind says what an extended code of SQLite means.
func sqliteKind(code string) (kind instep.Kind, remedy string) {
	n, err := strconv.Atoi(code)
	if err != nil {
		return instep.Unclassified, ""
	}
	switch n {
	case codeNotUniq, codeNotPK, codeNotRowID:
		return instep.Duplicate, ""
	}
	switch n & 0xff {
	case 19, 18, 20: // constraint, too big, mismatch
		return instep.Invalid, ""
	case 3, codeReadOnly, 23: // perm, read-only, auth
		return instep.Forbidden, "give the process the right to write the file and its folder"
	case 1: // an unknown table or column
		return instep.Config, askCatalog
	case codeBusy, codeLocked, 9, 10, 13, 14: // busy, locked, interrupt, I/O, full, cannot open
		return instep.Unavailable, "try again later"
	case 11, 26: // corrupt, not a database
		return instep.Malformed, "restore the file from a backup"
	default:
		return instep.Unclassified, ""
	}
}

// passing reports whether a code is one that goes away if the same is tried
// again at once.
func passing(code string) bool {
	switch code {
	case "40001", "40P01", "5", "261", "517", "6", "262":
		return true
	default:
		return false
	}
}

// undone reports whether an answer to a COMMIT means that all was rolled back.
// Without one, and where a connection ends, nothing is known: the answer may
// be lost on its way.
func (r *Reader) undone(code string) bool {
	if code == "" {
		return false
	}
	if r.cfg.Dialect == SQLite {
		n, err := strconv.Atoi(code)
		return err == nil && n&0xff != 10 // what came of an I/O error shows at the next start
	}
	if code == "40003" || len(code) != 5 {
		return false
	}
	switch code[:2] {
	case "22", "23", "25", "40", "42", "44", "53", "55", "P0":
		return true
	default:
		return false
	}
}

// remedyOf is what an error advises; empty if nothing.
func remedyOf(err error) string {
	if e, ok := errors.AsType[*instep.Error](err); ok {
		return e.Remedy
	}
	return ""
}
