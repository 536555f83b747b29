package netvisor

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strconv"

	"github.com/instep-go/instep"
)

// element is one element of a request. The vendor takes elements only in the
// documented order, so a request is a list of them and not a map. An element
// without a name is left out.
type element struct {
	name string
	attr param // at most one; none if its name is empty
	text string
	kids []element
}

// section returns an element that holds those of kids that are there.
func section(name string, kids ...element) element {
	e := element{name: name}
	for _, k := range kids {
		if k.name != "" {
			e.kids = append(e.kids, k)
		}
	}
	return e
}

// filled returns the section, or nothing if it holds no element.
func (e element) filled() element {
	if len(e.kids) == 0 {
		return element{}
	}
	return e
}

// typed adds the attribute type, also where the element is empty.
func (e element) typed(kind string) element {
	e.attr = param{"type", kind}
	return e
}

// field returns the element of one value: nothing if it is kept, an empty
// element if it is cleared.
func field[T any](name string, o instep.Opt[T], text func(T) string) element {
	if o.IsKept() {
		return element{}
	}
	e := element{name: name}
	if value, set := o.Get(); set {
		e.text = text(value)
	}
	return e
}

// document returns the body of a request in the charset.
func document(root element, cs Charset) []byte {
	var b bytes.Buffer
	b.WriteString("<root>")
	root.write(&b)
	b.WriteString("</root>")
	return cs.encode(b.String(), func(r rune) string { return "&#" + strconv.Itoa(int(r)) + ";" })
}

func (e element) write(b *bytes.Buffer) {
	if e.name == "" {
		return
	}
	b.WriteString("<" + e.name)
	if e.attr.name != "" {
		b.WriteString(" " + e.attr.name + `="`)
		_ = xml.EscapeText(b, []byte(e.attr.value)) // a Buffer takes everything
		b.WriteByte('"')
	}
	b.WriteByte('>')
	_ = xml.EscapeText(b, []byte(e.text))
	for _, k := range e.kids {
		k.write(b)
	}
	b.WriteString("</" + e.name + ">")
}

// checkText finds what a text of a request may not be: longer than max runes
// (0: no limit), or made of characters that XML cannot hold.
func checkText(s string, most int) error {
	n := 0
	for _, r := range s {
		if n++; !inXML(r) {
			return fmt.Errorf("character %d of the text cannot be part of XML", n)
		}
	}
	if most > 0 && n > most {
		return fmt.Errorf("the text has %d characters, and the vendor takes %d", n, most)
	}
	return nil
}

// inXML reports whether XML 1.0 has the character. A byte that is not UTF-8
// reads as U+FFFD and is refused with it.
func inXML(r rune) bool {
	switch {
	case r == '\t', r == '\n', r == '\r':
		return true
	case r < ' ', r == 0xFFFD, r == 0xFFFE, r == 0xFFFF:
		return false
	}
	return true
}
