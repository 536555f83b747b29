package instep

import (
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Kind says what went wrong in terms a program can act on. A Kind is itself
// an error, so that errors.Is(err, instep.NotFound) works. New kinds are only
// ever added at the end.
type Kind uint8

// The kinds of errors.
const (
	Unclassified Kind = iota // none of the others
	Config                   // the caller's configuration is wrong; nothing was done
	Unauthorized             // the credentials are not accepted
	Forbidden                // the credentials lack a right for this resource
	NotFound                 // the record or resource is not there
	Invalid                  // the vendor refused the data; it must change first
	Duplicate                // the key is already taken by another record
	Conflict                 // the record or the state changed since it was read
	RateLimited              // too many requests; nothing was done
	Unavailable              // not reachable or in maintenance; nothing was done
	Lost                     // the reply is missing: it may have been done, now or later
	Malformed                // the reply could not be understood
	Unsupported              // this cannot be done here, now or ever
	Mismatch                 // the state belongs to other installations or a newer version
	Busy                     // somebody else is writing the same state
	Canceled                 // the caller stopped before this was sent
	Guarded                  // a guard stopped the run; a person must approve the plan first
	Expired                  // a cursor that the system cannot go on from; read from the beginning
)

var kindNames = [...]string{
	"error", "configuration error", "not authorized", "not permitted", "not found", "refused by the vendor",
	"already taken", "changed meanwhile", "too many requests", "not available", "outcome unknown",
	"reply not understood", "not supported", "state does not belong here", "state in use", "canceled",
	"needs approval", "cursor out of date",
}

// Error returns the kind in words.
func (k Kind) Error() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "error kind " + strconv.Itoa(int(k))
}

// Temporary reports whether trying the same again later may succeed without
// anybody changing anything.
func (k Kind) Temporary() bool {
	return k == RateLimited || k == Unavailable || k == Lost || k == Busy || k == Conflict || k == Canceled
}

// Error is the one error type of this module. Every field but Kind may be
// empty. Its text never holds secrets; vendors' packages keep values of
// records out of it as well, as far as the vendor's own answer allows.
type Error struct {
	Kind       Kind
	Op         string        // what was being done: "netvisor: add product"
	Ref        Ref           // to which record; the zero Ref if to none
	Field      string        // which field, parameter or element
	Code       string        // the vendor's own code, word for word
	Status     int           // HTTP status; 0 if there was no reply
	RetryAfter time.Duration // how long the vendor asks to wait; 0 if it does not say
	Answer     string        // what the vendor said, cut and on one line
	Remedy     string        // what the user can do about it
	Err        error         // the cause
}

// maxAnswer bounds how much of a vendor's answer an error text shows.
const maxAnswer = 200

// Error returns one sentence: what was being done, to which record, what went
// wrong, what the vendor answered, and what to do.
func (e *Error) Error() string {
	var b strings.Builder
	for _, part := range []string{e.Op, e.subject()} {
		if part != "" {
			b.WriteString(part + ": ")
		}
	}
	b.WriteString(e.Kind.Error())
	if detail := e.detail(); detail != "" {
		b.WriteString(": " + detail)
	}
	if e.Remedy != "" {
		b.WriteString("; " + e.Remedy)
	}
	return b.String()
}

func (e *Error) subject() string {
	switch {
	case e.Ref.ID != "" && e.Field != "":
		return e.Ref.Entity + " " + e.Ref.ID + ", field " + e.Field
	case e.Ref.ID != "":
		return e.Ref.Entity + " " + e.Ref.ID
	case e.Field != "":
		return "field " + e.Field
	default:
		return ""
	}
}

func (e *Error) detail() string {
	var parts []string
	if e.Status != 0 {
		parts = append(parts, "HTTP "+strconv.Itoa(e.Status))
	}
	if e.Code != "" {
		parts = append(parts, e.Code)
	}
	if e.Answer != "" {
		parts = append(parts, "\""+OneLine(e.Answer, maxAnswer)+"\"")
	}
	if e.Err != nil {
		parts = append(parts, e.Err.Error())
	}
	return strings.Join(parts, ", ")
}

// Unwrap gives errors.Is and errors.As both the kind and the cause.
func (e *Error) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Err}
}

// KindOf returns the kind of the outermost [Error] in err's tree, the Kind
// itself if err is one, and Unclassified otherwise, also for nil.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	if k, ok := errors.AsType[Kind](err); ok {
		return k
	}
	return Unclassified
}

// OneLine makes a text from outside fit for a log line or an error: control
// characters become spaces, runs of spaces one space, and what is longer
// than limit runes is cut with an ellipsis.
func OneLine(s string, limit int) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || r == unicode.ReplacementChar
	}), " ")
	n := 0
	for i := range s {
		if n == limit {
			return s[:i] + "…"
		}
		n++
	}
	return s
}
