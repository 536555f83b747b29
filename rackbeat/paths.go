package rackbeat

import (
	"net/url"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/instep-go/instep"
)

// escape returns the number as a segment of a path.
func (e PathEncoding) escape(number string) string {
	s := url.PathEscape(number)
	if e == Twice {
		s = url.PathEscape(s)
	}
	return s
}

// segment returns the number as it stands in a path: in the form that the
// vendor gave for it, if one is known.
func (c *Client) segment(number string) string {
	if s, ok := c.paths.get(number); ok {
		return s
	}
	return c.opts.PathEncoding.escape(number)
}

// checkNumber refuses a number that would lead to another address.
func checkNumber(op, number string) error { return checkRef(op, productRef(number)) }

// checkRef is checkNumber for any kind of record.
func checkRef(op string, ref instep.Ref) error {
	number := ref.ID
	var what string
	switch {
	case number == "":
		what = "is empty"
	case number == "." || number == "..":
		what = "cannot stand in an address"
	case !utf8.ValidString(number):
		what = "is not UTF-8"
	default:
		return nil
	}
	k := call{op: op, ref: ref}
	return k.failed(unfit("number", what, "give the number as it stands in Rackbeat"))
}

// maxForms bounds how many forms are remembered. Most numbers need none.
const maxForms = 10_000

// pathForms remembers how the vendor writes numbers in paths, for those where
// that is not how we would. It is safe for concurrent use.
type pathForms struct {
	mu    sync.Mutex
	forms map[string]string
}

func (f *pathForms) get(number string) (string, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, ok := f.forms[number]
	return s, ok
}

// keep remembers a form. Beyond maxForms all earlier ones are forgotten, which
// costs nothing but their use.
func (f *pathForms) keep(number, form string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.forms == nil || len(f.forms) >= maxForms {
		f.forms = make(map[string]string)
	}
	f.forms[number] = form
}

// learn remembers the form that came with a product, if it says more than
// encoding does and is fit to stand in a path.
func (f *pathForms) learn(p *Product, e PathEncoding) {
	form, ok := p.URLNumber.Get()
	if !ok || form == p.Number && !strings.Contains(form, "%") || !isSegment(form) || p.Number == "" {
		return
	}
	if plain, err := e.unescape(form); err == nil && plain == p.Number {
		return
	}
	f.keep(p.Number, form)
}

// unescape reads a segment of a path.
func (e PathEncoding) unescape(segment string) (string, error) {
	s, err := url.PathUnescape(segment)
	if err == nil && e == Twice {
		s, err = url.PathUnescape(s)
	}
	return s, err
}

// isSegment reports whether a text from outside is one segment of a path and
// stays one.
func isSegment(s string) bool {
	if s == "" || len(s) > 1000 || strings.ContainsAny(s, "/?#\\") {
		return false
	}
	plain, err := url.PathUnescape(s)
	if err != nil || plain == "." || plain == ".." {
		return false
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
