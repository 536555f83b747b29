package sqlite

import (
	"context"
	"errors"
	"fmt"

	driver "modernc.org/sqlite"

	"github.com/instep-go/instep"
)

// The result codes of SQLite that mean something to a user; the upper bits of
// a code only add detail.
const (
	codePerm       = 3
	codeBusy       = 5
	codeLocked     = 6
	codeReadOnly   = 8
	codeIO         = 10
	codeCorrupt    = 11
	codeFull       = 13
	codeCantOpen   = 14
	codeConstraint = 19
	codeNotADB     = 26

	codeNoLock = codeIO | 15<<8 // SQLITE_IOERR_LOCK, which opening a file to read only leads to
)

// sqliteCode returns the primary result code of SQLite in err, or 0.
func sqliteCode(err error) int {
	if e, ok := errors.AsType[*driver.Error](err); ok {
		return e.Code() & 0xff
	}
	return 0
}

func (s *Store) op(what string) string { return "state in " + s.dir + ": " + what }

// fail gives an error of SQLite, of the disk or of a context its kind.
func (s *Store) fail(what string, err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*instep.Error](err); ok {
		if e.Op == "" {
			e.Op = s.op(what)
		}
		return e
	}
	e := &instep.Error{Op: s.op(what), Err: err}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		e.Kind = instep.Canceled
		return e
	}
	switch sqliteCode(err) {
	case codeBusy, codeLocked:
		return busy(s.dir)
	case codePerm, codeReadOnly, codeCantOpen:
		e.Kind, e.Remedy = instep.Config, "see to it that this program may write in the folder"
	case codeCorrupt, codeNotADB:
		e.Kind, e.Remedy = instep.Malformed, "put back a backup of the folder"
	case codeFull:
		e.Kind, e.Remedy = instep.Unavailable, "make room on the disk"
	case codeIO:
		e.Kind, e.Remedy = instep.Unavailable, "look after the disk"
		if d, ok := errors.AsType[*driver.Error](err); ok && d.Code() == codeNoLock {
			e.Kind, e.Remedy = instep.Config, "see to it that this program may write in the folder, and that it lies on a local disk"
		}
	}
	return e
}

// conflictError is for a batch that does not fit what is stored.
func conflictError(format string, args ...any) error {
	return &instep.Error{Kind: instep.Conflict, Err: fmt.Errorf(format, args...)}
}

// damaged is for a row that this package cannot have written.
func damaged(format string, args ...any) error {
	return &instep.Error{Kind: instep.Malformed, Err: fmt.Errorf(format, args...),
		Remedy: "put back a backup of the folder"}
}

// busy says that somebody else has the state.
func busy(dir string) error {
	return &instep.Error{Kind: instep.Busy, Op: "state in " + dir,
		Err: errors.New("another run has it open"), Remedy: "wait until it ends"}
}

// mismatch says why the folder cannot be used by this program, and what helps.
func mismatch(dir, why, remedy string) error {
	return &instep.Error{Kind: instep.Mismatch, Op: "state in " + dir, Err: errors.New(why), Remedy: remedy}
}
