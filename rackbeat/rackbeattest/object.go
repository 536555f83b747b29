package rackbeattest

import (
	"fmt"
	"strconv"
	"unicode/utf16"
)

// object writes a JSON object, its members in the order of the calls. Texts
// are escaped the way PHP does by default, which any JSON decoder must
// understand: slashes as \/ and everything beyond ASCII as \u escapes.
type object struct {
	b     []byte
	begun bool            // a member was written
	only  map[string]bool // names to write; nil means all
	plain bool            // leaves slashes and letters as they are
}

// bytes ends the object and returns the buffer. It must be called once.
func (o *object) bytes() []byte {
	if !o.begun {
		o.b = append(o.b, '{')
	}
	return append(o.b, '}')
}

// member opens a member and reports whether it is wanted.
func (o *object) member(name string) bool {
	if o.only != nil && !o.only[name] {
		return false
	}
	if o.begun {
		o.b = append(o.b, ',', '"')
	} else {
		o.b = append(o.b, '{', '"')
		o.begun = true
	}
	o.b = append(o.b, name...) // names are ours and need no escapes
	o.b = append(o.b, '"', ':')
	return true
}

func (o *object) raw(name, json string) *object {
	if o.member(name) {
		o.b = append(o.b, json...)
	}
	return o
}

func (o *object) null(name string) *object { return o.raw(name, "null") }

func (o *object) text(name, v string) *object {
	if o.member(name) {
		o.b = appendText(o.b, v, o.plain)
	}
	return o
}

// textOrNull writes null for an empty text.
func (o *object) textOrNull(name, v string) *object {
	if v == "" {
		return o.null(name)
	}
	return o.text(name, v)
}

func (o *object) integer(name string, v int) *object {
	if o.member(name) {
		o.b = strconv.AppendInt(o.b, int64(v), 10)
	}
	return o
}

// integerOrNull writes null for 0.
func (o *object) integerOrNull(name string, v int) *object {
	if v == 0 {
		return o.null(name)
	}
	return o.integer(name, v)
}

func (o *object) boolean(name string, v bool) *object {
	return o.raw(name, strconv.FormatBool(v))
}

// decimal writes the digits as they are, and null for a decimal not set.
func (o *object) decimal(name string, d Decimal) *object {
	return o.raw(name, string(d.or("null")))
}

// nested writes an object, always with all its members.
func (o *object) nested(name string, fill func(*object)) *object {
	if o.member(name) {
		in := object{b: o.b, plain: o.plain}
		fill(&in)
		o.b = in.bytes()
	}
	return o
}

// appendText appends v in quotes.
func appendText(b []byte, v string, plain bool) []byte {
	b = append(b, '"')
	for _, r := range v {
		switch {
		case r == '"' || r == '\\' || (r == '/' && !plain):
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, '\\', 'n')
		case r == '\r':
			b = append(b, '\\', 'r')
		case r == '\t':
			b = append(b, '\\', 't')
		case r < ' ' || r == 0x7f:
			b = fmt.Appendf(b, `\u%04x`, r)
		case r < 0x7f || plain:
			b = append(b, string(r)...)
		case r > 0xffff:
			hi, lo := utf16.EncodeRune(r)
			b = fmt.Appendf(b, `\u%04x\u%04x`, hi, lo)
		default:
			b = fmt.Appendf(b, `\u%04x`, r)
		}
	}
	return append(b, '"')
}
