package netvisor

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Bounds of what is taken from a reply, beside the size of its body.
const (
	maxDepth    = 24     // elements within each other
	maxElements = 20_000 // elements of one record
	maxAttrs    = 32     // attributes of one element
)

// node is one element of a reply with all it holds. Names of elements and
// attributes are in lower case, because the vendor's own case varies.
type node struct {
	name  string
	attrs []xml.Attr
	text  string // character data as it stands; "" if it is only spaces
	kids  []*node
	up    *node
	at    int64 // byte offset of its content
}

// kid returns the first element of that name within n, or nil. It is legal on
// a nil node.
func (n *node) kid(name string) *node {
	if n == nil {
		return nil
	}
	for _, k := range n.kids {
		if k.name == name {
			return k
		}
	}
	return nil
}

// attr returns an attribute's value, "" if there is none.
func (n *node) attr(name string) string {
	if n == nil {
		return ""
	}
	for _, a := range n.attrs {
		if a.Name.Local == name {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}

// path returns "products/product/productbaseinformation".
func (n *node) path() string {
	if n.up == nil {
		return n.name
	}
	return n.up.path() + "/" + n.name
}

// reply is what the envelope of an answer says.
type reply struct {
	status []string // "OK", or "FAILED" and "CODE :: text"
	stamp  string   // TimeStamp, as it stands
	keys   []string // InsertedDataIdentifier
}

// What can be wrong with a reply as a whole.
var (
	errNotXML   = errors.New("a web page came where XML was due")
	errSyntax   = errors.New("the reply is not well-formed XML")
	errNoStatus = errors.New("the reply has no ResponseStatus")
)

// decoder reads a reply token by token. It holds one record at a time.
type decoder struct {
	xml   *xml.Decoder
	depth int
}

// decode reads a reply in UTF-8. Elements directly under the root are given
// to visit, except those of the envelope; of an element named list, its
// children are given one by one, together with the list element itself. The
// list may be "". An error of visit ends the reading and is returned.
func decode(body []byte, list string, visit func(list, item *node) error) (reply, error) {
	if looksLikeHTML(body) {
		return reply{}, errNotXML
	}
	d := &decoder{xml: xml.NewDecoder(bytes.NewReader(body))}
	d.xml.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // it is UTF-8 by now
	var r reply
	err := d.root(&r, list, visit)
	if _, ok := errors.AsType[*xml.SyntaxError](err); ok { // its text quotes the reply
		err = &position{d.xml.InputOffset(), errSyntax}
	}
	return r, err
}

func (d *decoder) root(r *reply, list string, visit func(list, item *node) error) error {
	root, err := d.open()
	if err != nil {
		return err
	}
	if root == nil || root.name != "root" {
		return errNoStatus
	}
	if err := d.each(func(n *node) error { return d.section(n, r, list, visit) }); err != nil {
		return err
	}
	if len(r.status) == 0 {
		return errNoStatus
	}
	return nil
}

// section reads one element under the root.
func (d *decoder) section(n *node, r *reply, list string, visit func(list, item *node) error) error {
	switch n.name {
	case "responsestatus":
		if err := d.fill(n); err != nil {
			return err
		}
		for _, k := range n.kids {
			if k.name == "status" {
				r.status = append(r.status, strings.TrimSpace(k.text))
			}
		}
		if stamp := n.kid("timestamp"); stamp != nil {
			r.stamp = strings.TrimSpace(stamp.text)
		}
		return nil
	case "replies":
		if err := d.fill(n); err != nil {
			return err
		}
		for _, k := range n.kids {
			if k.name == "inserteddataidentifier" && k.text != "" {
				r.keys = append(r.keys, strings.TrimSpace(k.text))
			}
		}
		return nil
	case list:
		return d.each(func(item *node) error {
			item.up = n
			return d.give(n, item, visit)
		})
	default:
		return d.give(nil, n, visit)
	}
}

func (d *decoder) give(list, item *node, visit func(list, item *node) error) error {
	if err := d.fill(item); err != nil {
		return err
	}
	return visit(list, item)
}

// each calls f for the start of each element within the one just opened. f
// must read it to its end.
func (d *decoder) each(f func(*node) error) error {
	for {
		k, err := d.open()
		if k == nil || err != nil {
			return err
		}
		if err := f(k); err != nil {
			return err
		}
	}
}

// fill reads all of n.
func (d *decoder) fill(n *node) error {
	left := maxElements
	return d.fillWithin(n, &left)
}

func (d *decoder) fillWithin(n *node, left *int) error {
	var text strings.Builder
	for {
		token, err := d.next()
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.CharData:
			text.Write(t)
		case xml.EndElement:
			if n.text = text.String(); strings.TrimSpace(n.text) == "" {
				n.text = ""
			}
			return nil
		case xml.StartElement:
			if *left--; *left < 0 {
				return fmt.Errorf("a record has more than %d elements", maxElements)
			}
			k, err := d.start(t)
			if err != nil {
				return err
			}
			k.up = n
			n.kids = append(n.kids, k)
			if err := d.fillWithin(k, left); err != nil {
				return err
			}
		}
	}
}

// open returns the next element that starts, or nil where the surrounding one
// or the reply ends.
func (d *decoder) open() (*node, error) {
	for {
		token, err := d.next()
		if errors.Is(err, io.EOF) && d.depth == 0 {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			return d.start(t)
		case xml.EndElement:
			return nil, nil
		}
	}
}

func (d *decoder) next() (xml.Token, error) {
	token, err := d.xml.Token()
	if err != nil {
		return nil, err
	}
	switch token.(type) {
	case xml.StartElement:
		if d.depth++; d.depth > maxDepth {
			return nil, fmt.Errorf("elements are nested more than %d deep", maxDepth)
		}
	case xml.EndElement:
		d.depth--
	}
	return token, nil
}

func (d *decoder) start(t xml.StartElement) (*node, error) {
	if len(t.Attr) > maxAttrs {
		return nil, fmt.Errorf("an element has more than %d attributes", maxAttrs)
	}
	for i := range t.Attr {
		t.Attr[i].Name.Local = strings.ToLower(t.Attr[i].Name.Local)
	}
	return &node{name: strings.ToLower(t.Name.Local), attrs: t.Attr, at: d.xml.InputOffset()}, nil
}

func looksLikeHTML(body []byte) bool {
	head := bytes.ToLower(bytes.TrimSpace(body[:min(len(body), 512)]))
	return bytes.HasPrefix(head, []byte("<!doctype html")) || bytes.HasPrefix(head, []byte("<html")) ||
		bytes.Contains(head, []byte("<html"))
}
