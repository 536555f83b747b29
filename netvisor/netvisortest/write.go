package netvisortest

import (
	"errors"
	"strconv"
	"strings"
)

// product answers product.nv: method=add, or method=edit with id.
func (s *Server) product(c *call, q params) *fault {
	edit := false
	switch strings.ToLower(q["method"]) {
	case "add":
	case "edit":
		edit = true
	case "":
		return invalid(textNoParameter, "method")
	default:
		return invalid(textParameter, "method", q["method"])
	}
	if edit && s.o.ExtendedProducts {
		return invalid(textExtended)
	}
	message, f := s.readMessage(c.r)
	if f != nil {
		return f
	}
	if edit {
		return s.editProduct(c, q, message)
	}
	return s.addProduct(c, message)
}

func (s *Server) addProduct(c *call, message *node) *fault {
	var p Product
	w := writing{p: &p, seen: map[string]bool{}}
	if f := w.root(message); f != nil {
		return f
	}
	if f := w.complete(); f != nil {
		return f
	}
	key, err := s.store.add(p)
	if err != nil {
		return stored(err, p.Code)
	}
	d := c.begin()
	d.open("Replies")
	d.leaf("InsertedDataIdentifier", strconv.Itoa(key))
	d.close("Replies")
	c.send(d)
	return nil
}

// errFault carries a fault out of the store.
type errFault struct{ f *fault }

// Error implements error.
func (e errFault) Error() string { return e.f.code }

func (s *Server) editProduct(c *call, q params, message *node) *fault {
	keys, f := q.keys("id", 0)
	if f != nil {
		return f
	}
	if len(keys) != 1 {
		return invalid(textNoParameter, "id")
	}
	code := ""
	err := s.store.edit(keys[0], func(p *Product) error {
		if p.Deleted {
			return errNoProduct
		}
		w := writing{p: p, seen: map[string]bool{}}
		if f := w.root(message); f != nil {
			return errFault{f}
		}
		code = p.Code
		return nil
	})
	if errors.Is(err, errNoProduct) {
		return invalid(textNoProduct, q["id"])
	}
	if err != nil {
		return stored(err, code)
	}
	c.send(c.begin())
	return nil
}

// stored tells a store's error the vendor's way.
func stored(err error, code string) *fault {
	if e, ok := errors.AsType[errFault](err); ok {
		return e.f
	}
	if errors.Is(err, errDuplicate) {
		return &fault{codeDuplicate, textDuplicate, []any{strings.TrimSpace(code)}}
	}
	return &fault{codeTechnical, textStorage, nil}
}
