package rackbeattest

import (
	"net/http"
	"slices"
	"strings"
	"sync"
)

// ListFaultKind says what is wrong with the answer to a list. Its figures are
// always those of a sound answer.
type ListFaultKind string

// The kinds of list faults.
const (
	// Truncated leaves out the second half of the page's rows.
	Truncated ListFaultKind = "truncated"
	// EmptyPage leaves out all rows of the page.
	EmptyPage ListFaultKind = "empty"
	// CutBody ends the JSON text in its middle.
	CutBody ListFaultKind = "cut"
	// DoubledRow begins the page with the row that ended the page before, on top
	// of the page's own rows. The first page stays sound.
	DoubledRow ListFaultKind = "doubled"
	// SwappedRow puts the row that ended the page before in the place of the
	// page's first row, which so is on no page. The first page stays sound.
	SwappedRow ListFaultKind = "swapped"
)

// atBorder tells whether the fault needs a page before the one it spoils.
func (k ListFaultKind) atBorder() bool { return k == DoubledRow || k == SwappedRow }

// ListFault spoils answers to lists that the fake would have answered well.
type ListFault struct {
	Kind ListFaultKind
	// Path is that of the list after /api/, as in "customers" or
	// "customers/7/contacts". Empty means any list.
	Path string
	// Page is the page that is spoiled; 0 means any.
	Page int
	// Times is how many answers are spoiled; 0 means 1, a negative number all.
	Times int
}

// SpoilLists appends faults. Each list that is answered takes the first one
// that matches it.
func (s *Server) SpoilLists(faults ...ListFault) {
	s.spoils.mu.Lock()
	defer s.spoils.mu.Unlock()
	for _, f := range faults {
		if f.Times == 0 {
			f.Times = 1
		}
		s.spoils.faults = append(s.spoils.faults, f)
	}
}

// SoundLists drops the list faults that are left.
func (s *Server) SoundLists() {
	s.spoils.mu.Lock()
	defer s.spoils.mu.Unlock()
	s.spoils.faults = nil
}

// HTMLPage is a step for Script that answers one request with a page of HTML
// and the given status, as a proxy in front of the service does.
func HTMLPage(status int) Step {
	return Step{
		Status: status,
		Header: http.Header{"Content-Type": {"text/html; charset=utf-8"}},
		Body:   "<!DOCTYPE html>\n<html><head><title>Rackbeat</title></head><body><h1>Just a moment</h1></body></html>\n",
	}
}

// spoils are the list faults not yet used up.
type spoils struct {
	mu     sync.Mutex
	faults []ListFault
}

// take uses up one turn of the first fault that matches the page.
func (sp *spoils) take(path string, page int) ListFaultKind {
	path = strings.Trim(strings.TrimPrefix(path, basePath), "/")
	sp.mu.Lock()
	defer sp.mu.Unlock()
	i := slices.IndexFunc(sp.faults, func(f ListFault) bool {
		return (f.Path == "" || f.Path == path) && (f.Page == 0 || f.Page == page) && (page > 1 || !f.Kind.atBorder())
	})
	if i < 0 {
		return ""
	}
	kind := sp.faults[i].Kind
	if sp.faults[i].Times--; sp.faults[i].Times == 0 {
		sp.faults = slices.Delete(sp.faults, i, i+1)
	}
	return kind
}

// spoilRows brings the rows of the page to what q's fault leaves of them. With
// a row too many in front, the page before gave it.
func spoilRows[T any](q *listQuery, rows []T) []T {
	switch q.fault {
	case Truncated:
		return rows[:len(rows)/2]
	case EmptyPage:
		return rows[:0]
	case SwappedRow:
		if q.page > 1 && len(rows) > 1 {
			return slices.Delete(rows, 1, 2)
		}
	}
	return rows
}

// spoilBody cuts the JSON text where q's fault asks for it.
func spoilBody(q *listQuery, body []byte) []byte {
	if q.fault == CutBody {
		return body[:len(body)/2]
	}
	return body
}
