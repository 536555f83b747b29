package netvisortest

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"strings"
)

const (
	maxDepth    = 32
	maxElements = 20_000
)

// node is an element of a request. Names are in lower case, since the vendor
// does not tell cases apart.
type node struct {
	name  string
	attrs map[string]string
	text  string // character data of this element alone
	kids  []*node
}

func (n *node) empty() bool { return strings.TrimSpace(n.text) == "" && len(n.kids) == 0 }

// readMessage reads the XML of a request's body.
func (s *Server) readMessage(r *http.Request) (*node, *fault) {
	body, err := io.ReadAll(io.LimitReader(r.Body, s.o.MaxBody+1))
	if err != nil {
		return nil, invalid(textXML)
	}
	if int64(len(body)) > s.o.MaxBody {
		return nil, &fault{codeSize, textBodySize, nil}
	}
	body, f := toUTF8(body, r.Header.Get("Content-Type"))
	if f != nil {
		return nil, f
	}
	return parseMessage(body)
}

// parseMessage reads one XML document in UTF-8, whatever its declaration says.
func parseMessage(body []byte) (*node, *fault) {
	dec := xml.NewDecoder(bytes.NewReader(body))
	dec.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	top := &node{}
	stack := []*node{top}
	for elements := 0; ; {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, invalid(textXML)
		}
		here := stack[len(stack)-1]
		switch t := tok.(type) {
		case xml.StartElement:
			if elements++; elements > maxElements || len(stack) > maxDepth {
				return nil, invalid(textXML)
			}
			n := newNode(t)
			here.kids = append(here.kids, n)
			stack = append(stack, n)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			here.text += string(t)
		case xml.Directive: // a document type has no place here
			return nil, invalid(textXML)
		}
	}
	if len(top.kids) != 1 || strings.TrimSpace(top.text) != "" {
		return nil, invalid(textXML)
	}
	return top.kids[0], nil
}

func newNode(t xml.StartElement) *node {
	n := &node{name: strings.ToLower(t.Name.Local)}
	if len(t.Attr) > 0 {
		n.attrs = make(map[string]string, len(t.Attr))
	}
	for _, a := range t.Attr {
		n.attrs[strings.ToLower(a.Name.Local)] = a.Value
	}
	return n
}
