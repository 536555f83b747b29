package rackbeat

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"time"
	"unicode/utf8"

	"github.com/instep-go/instep"
)

// maxDepth bounds arrays and objects within each other in a reply. A product
// needs 4.
const maxDepth = 32

// row is the wire form of a record of type T.
type row[T any] interface {
	// record returns the record, given the zone of times without one.
	record(zone *time.Location) T
}

// pageInfo is what a list says about itself: -1 where it does not.
type pageInfo struct {
	total, pages, limit, page int
}

// decodeError is a reply that could not be understood: where, and why. It
// never holds what stood there.
type decodeError struct {
	path   string // "products.17.sales_price"
	offset int64  // in bytes, of the row or member that it is in
	what   string
}

// Error returns where and why.
func (e *decodeError) Error() string {
	if e.path == "" {
		return fmt.Sprintf("%s near byte %d of the reply", e.what, e.offset)
	}
	return fmt.Sprintf("%s: %s near byte %d of the reply", e.path, e.what, e.offset)
}

// decodeOne reads a reply with a single record under the given key.
func decodeOne[R row[T], T any](body []byte, key string, zone *time.Location) (T, error) {
	var r R
	found := false
	d := newDecoder(body)
	err := d.object(func(name string) error {
		if name != key {
			return d.skip()
		}
		found = true
		return d.value(key, &r)
	})
	if err == nil && !found {
		err = &decodeError{key, 0, "is not in the reply,"}
	}
	if err != nil {
		var none T
		return none, err
	}
	return r.record(zone), nil
}

// decodeList reads a reply with records under the given key.
func decodeList[R row[T], T any](body []byte, key string, zone *time.Location) ([]T, pageInfo, error) {
	var list []T
	info := pageInfo{-1, -1, -1, -1}
	found := false
	d := newDecoder(body)
	err := d.object(func(name string) error {
		switch name {
		case key:
			found, list = true, nil
			return d.array(key, func(path string) error {
				var r R
				if err := d.value(path, &r); err != nil {
					return err
				}
				list = append(list, r.record(zone))
				return nil
			})
		case "total":
			return d.count(name, &info.total)
		case "pages":
			return d.count(name, &info.pages)
		case "limit":
			return d.count(name, &info.limit)
		case "page":
			return d.count(name, &info.page)
		default:
			return d.skip()
		}
	})
	if err == nil && !found {
		err = &decodeError{key, 0, "is not in the reply,"}
	}
	return list, info, err
}

// decoder walks over a reply, member by member, so that an error can say
// where it is.
type decoder struct {
	body []byte
	json *json.Decoder
}

func newDecoder(body []byte) *decoder {
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	return &decoder{body, json.NewDecoder(bytes.NewReader(body))}
}

// object reads the whole body, which must be one object, and calls member with
// the name of each member; member reads its value.
func (d *decoder) object(member func(name string) error) error {
	switch {
	case len(bytes.TrimSpace(d.body)) == 0:
		return &decodeError{"", 0, "nothing where an object was due"}
	case !utf8.Valid(d.body):
		return &decodeError{"", 0, "text that is not UTF-8"}
	case tooDeep(d.body):
		return &decodeError{"", 0, fmt.Sprintf("values nested more than %d deep", maxDepth)}
	}
	if err := d.open("", '{'); err != nil {
		return err
	}
	for d.json.More() {
		token, err := d.json.Token()
		if err != nil {
			return d.wrap("", err)
		}
		name, _ := token.(string)
		if err := member(name); err != nil {
			return err
		}
	}
	if _, err := d.json.Token(); err != nil {
		return d.wrap("", err)
	}
	if _, err := d.json.Token(); !errors.Is(err, io.EOF) {
		return &decodeError{"", d.json.InputOffset(), "something after the end"}
	}
	return nil
}

// array reads an array and calls element with the path of each element, which
// reads it.
func (d *decoder) array(name string, element func(path string) error) error {
	if err := d.open(name, '['); err != nil {
		return err
	}
	for i := 0; d.json.More(); i++ {
		if err := element(fmt.Sprintf("%s.%d", name, i)); err != nil {
			return err
		}
	}
	_, err := d.json.Token()
	return d.wrap(name, err)
}

func (d *decoder) open(path string, want json.Delim) error {
	token, err := d.json.Token()
	if err != nil {
		return d.wrap(path, err)
	}
	if token != want {
		return &decodeError{path, d.json.InputOffset(), "something else where " + map[json.Delim]string{
			'{': "an object", '[': "an array",
		}[want] + " was due"}
	}
	return nil
}

// value reads the next value into p. Null where a record is due is an error.
func (d *decoder) value(path string, p any) error {
	start := d.json.InputOffset()
	if rest := bytes.TrimLeft(d.body[start:], " \t\r\n:,"); len(rest) > 0 && rest[0] != '{' {
		return &decodeError{path, start, "something else where an object was due"}
	}
	err := d.json.Decode(p)
	if shape, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		raw := bytes.TrimLeft(d.body[start:d.json.InputOffset()], " \t\r\n:,")
		if field := locate(raw, reflect.TypeOf(p).Elem()); field != "" {
			path += "." + field
		}
		return &decodeError{path, start, "cannot be a " + shape.Value}
	}
	return d.wrap(path, err)
}

// count reads a whole number; null leaves *p as it is.
func (d *decoder) count(name string, p *int) error {
	start := d.json.InputOffset()
	var raw json.RawMessage
	if err := d.json.Decode(&raw); err != nil {
		return d.wrap(name, err)
	}
	if string(raw) == "null" {
		return nil
	}
	n, err := readCount(raw)
	if err != nil {
		return &decodeError{name, start, "is not a count"}
	}
	*p = n
	return nil
}

func (d *decoder) skip() error {
	var raw json.RawMessage
	return d.wrap("", d.json.Decode(&raw))
}

// wrap says where the JSON itself is broken.
func (d *decoder) wrap(path string, err error) error {
	if err == nil {
		return nil
	}
	offset := d.json.InputOffset()
	if broken, ok := errors.AsType[*json.SyntaxError](err); ok {
		offset = max(offset, broken.Offset)
	}
	return &decodeError{path, offset, "broken JSON"}
}

// tooDeep reports whether arrays and objects are nested deeper than maxDepth.
func tooDeep(body []byte) bool {
	depth, quoted := 0, false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}

// form is the body of a write: attributes by their write names.
type form map[string]any

// encode writes the form with its names in order.
func (f form) encode() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(f); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// put sets an attribute that is not kept: to null if it is cleared.
func put[T any](f form, name string, o instep.Opt[T], encode func(T) any) {
	if v, ok := o.Get(); ok {
		f[name] = encode(v)
	} else if o.IsCleared() {
		f[name] = nil
	}
}

// plain encodes what encoding/json writes rightly by itself.
func plain[T any](v T) any { return v }

// exact encodes a decimal as a number with all its digits.
func exact(d instep.Decimal) any { return json.Number(d.String()) }

// code encodes the number of a group, unit or the like: as a whole number where
// it is one, as the vendor's forms have it, else as a text.
func code(s string) any {
	if len(s) == 0 || len(s) > 18 || s[0] == '0' && s != "0" {
		return s
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return s
		}
	}
	return json.Number(s)
}
