package rackbeattest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	maxBody  = 1 << 20
	maxDepth = 32
)

// body is a request's JSON object, its values not yet read.
type body map[string]json.RawMessage

// fault is one complaint about a field.
type fault struct{ path, text string }

// form reads the values of a body, or of a query, and collects complaints.
type form struct {
	s      *Server
	body   body
	prefix string            // in front of the names in complaints
	sentAs map[string]string // names in complaints that are not the field's own
	faults []fault
}

func (s *Server) newForm(b body) *form { return &form{s: s, body: b, sentAs: map[string]string{}} }

func (f *form) failed() bool { return len(f.faults) > 0 }

// fail adds a complaint about a field; args are what the text asks for, the
// field's name by default.
func (f *form) fail(field string, m message, args ...any) {
	path := cmp.Or(f.sentAs[field], f.prefix+field)
	if m != msgAttribute {
		args = append([]any{label(path)}, args...)
	}
	f.faults = append(f.faults, fault{path, f.s.text(m, args...)})
}

// readBody reads the JSON object of a write. When that fails the answer is
// written and ok is false. A request without a body counts as one with {}.
func (s *Server) readBody(w http.ResponseWriter, r *http.Request) (b body, ok bool) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		s.fail(w, http.StatusRequestEntityTooLarge, msgTooLarge)
		return nil, false
	}
	if err != nil {
		s.fail(w, http.StatusBadRequest, msgMalformed)
		return nil, false
	}
	if len(raw) == 0 {
		return body{}, true
	}
	if name, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || !isJSON(name) {
		s.fail(w, http.StatusUnsupportedMediaType, msgContentType)
		return nil, false
	}
	if b, ok = parseBody(raw); !ok {
		s.fail(w, http.StatusBadRequest, msgMalformed)
	}
	return b, ok
}

// parseBody splits one JSON object in valid UTF-8 and of bounded depth.
func parseBody(raw []byte) (b body, ok bool) {
	if !utf8.Valid(raw) || depth(raw) > maxDepth {
		return nil, false
	}
	if err := json.Unmarshal(raw, &b); err != nil || b == nil {
		return nil, false
	}
	return b, true
}

// depth returns how deep objects and arrays are nested in JSON text.
func depth(raw []byte) int {
	level, deepest, quoted := 0, 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case c == '"':
			quoted = !quoted
		case quoted && c == '\\':
			i++
		case quoted:
		case c == '{' || c == '[':
			level++
			deepest = max(deepest, level)
		case c == '}' || c == ']':
			level--
		}
	}
	return deepest
}

// value is a field's value once its kind is known: null, a text, or another
// JSON token.
type value struct {
	null bool
	text string // of a text, spaces cut off; of any other token, the token
	kind byte   // '"', '{', '[', 't', 'f', or '0' for a number
}

// look returns the value of the first of the names that the body has.
func (f *form) look(names ...string) (name string, v value, ok bool) {
	for _, name := range names {
		if raw, ok := f.body[name]; ok {
			return name, f.value(raw), true
		}
	}
	return names[0], value{}, false
}

// value reads one JSON value. An empty text counts as null.
func (f *form) value(raw json.RawMessage) value {
	raw = bytes.TrimSpace(raw)
	switch c := raw[0]; c {
	case 'n':
		return value{null: true}
	case '"':
		var text string
		_ = json.Unmarshal(raw, &text) // the body as a whole was valid
		if !f.s.opts.KeepSpaces {
			text = strings.TrimSpace(text)
		}
		return value{null: text == "", text: text, kind: '"'}
	case '{', '[', 't', 'f':
		return value{text: string(raw), kind: c}
	}
	return value{text: string(raw), kind: '0'}
}

// asText reads a text of at most limit characters.
func (f *form) asText(name string, v value, limit int) (string, bool) {
	switch {
	case v.null:
		return "", true
	case v.kind != '"':
		f.fail(name, msgNotText)
		return "", false
	case utf8.RuneCountInString(v.text) > limit:
		f.fail(name, msgTooLong, limit)
		return "", false
	}
	return v.text, true
}

// asCode reads a text that may also come as a whole number.
func (f *form) asCode(name string, v value, limit int) (string, bool) {
	if v.kind == '0' && digits(v.text) {
		v.kind = '"'
	}
	return f.asText(name, v, limit)
}

// asDecimal reads a number, which may come as a text.
func (f *form) asDecimal(name string, v value, places int) (Decimal, bool) {
	if v.null {
		return "", true
	}
	if v.kind != '"' && v.kind != '0' {
		f.fail(name, msgNotNumber)
		return "", false
	}
	d, err := parseDecimal(strings.TrimSpace(v.text), places)
	switch {
	case errors.Is(err, errTooManyDecs):
		f.fail(name, msgDecimals, places)
	case errors.Is(err, errTooBig):
		f.fail(name, msgTooBig, maxIntDigits)
	case err != nil:
		f.fail(name, msgNotNumber)
	}
	return d, err == nil
}

// asInteger reads a whole number of at least low, which may come as a text.
func (f *form) asInteger(name string, v value, low int) (int, bool) {
	if v.null {
		return 0, true
	}
	n, err := strconv.ParseInt(strings.TrimSpace(v.text), 10, 32)
	switch {
	case err != nil || (v.kind != '"' && v.kind != '0'):
		f.fail(name, msgNotInteger)
		return 0, false
	case int(n) < low:
		f.fail(name, msgTooSmall, low)
		return 0, false
	}
	return int(n), true
}

// asBoolean reads true or false, which may come as a text or as 1 and 0.
func (f *form) asBoolean(name string, v value) (b, ok bool) {
	switch strings.TrimSpace(v.text) {
	case "true", "1":
		return true, true
	case "false", "0":
		return false, true
	case "":
		if v.null {
			return false, true
		}
	}
	f.fail(name, msgNotBoolean)
	return false, false
}
