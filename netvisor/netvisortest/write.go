package netvisortest

import (
	"errors"
	"strconv"
	"strings"
)

// product answers product.nv: method=add, or method=edit with id.
func (s *Server) product(c *call, q params) *fault {
	edit, f := q.edits()
	if f != nil {
		return f
	}
	if edit && s.o.ExtendedProducts {
		return invalid(textExtended)
	}
	w := writer[Product, *Product]{&s.store.products, &productRoot, "id", textNoProduct, textDuplicate}
	return w.serve(s, c, q, edit, Product{})
}

// edits reads method: add or edit.
func (p params) edits() (bool, *fault) {
	switch strings.ToLower(p["method"]) {
	case "add":
		return false, nil
	case "edit":
		return true, nil
	case "":
		return false, invalid(textNoParameter, "method")
	}
	return false, invalid(textParameter, "method", p["method"])
}

// writer is how a resource writes to its register.
type writer[T any, P record[T]] struct {
	reg       *register[T, P]
	root      *element[T]
	id        string // the parameter with the key
	missing   text   // there is no such record
	duplicate text   // another has the code
}

// serve adds what the message makes of blank, or edits.
func (w writer[T, P]) serve(s *Server, c *call, q params, edit bool, blank T) *fault {
	message, f := s.readMessage(c.r)
	if f != nil {
		return f
	}
	if edit {
		return w.edit(c, q, message)
	}
	if f := write(w.root, &blank, message, true); f != nil {
		return f
	}
	key, err := w.reg.add(blank)
	if err != nil {
		_, code, _ := P(&blank).head()
		return w.stored(err, *code)
	}
	c.inserted(key)
	return nil
}

func (w writer[T, P]) edit(c *call, q params, message *node) *fault {
	key, f := q.key(w.id)
	if f != nil {
		return f
	}
	code := ""
	_, err := w.reg.edit(key, func(p P) error {
		if p.gone() {
			return errMissing
		}
		if f := write(w.root, (*T)(p), message, false); f != nil {
			return errFault{f}
		}
		_, now, _ := p.head()
		code = *now
		return nil
	})
	if errors.Is(err, errMissing) {
		return invalid(w.missing, q[w.id])
	}
	if err != nil {
		return w.stored(err, code)
	}
	c.send(c.begin())
	return nil
}

// stored tells a store's error the vendor's way.
func (w writer[T, P]) stored(err error, code string) *fault {
	if errors.Is(err, errDuplicate) {
		return &fault{codeDuplicate, w.duplicate, []any{strings.TrimSpace(code)}}
	}
	return stored(err)
}

func stored(err error) *fault {
	if e, ok := errors.AsType[errFault](err); ok {
		return e.f
	}
	return &fault{codeTechnical, textStorage, nil}
}

// errFault carries a fault out of the store.
type errFault struct{ f *fault }

// Error implements error.
func (e errFault) Error() string { return e.f.code + ": " + e.f.in(english) }

// inserted answers an addition with the new key.
func (c *call) inserted(key int) {
	d := c.begin()
	d.open("Replies")
	d.leaf("InsertedDataIdentifier", strconv.Itoa(key))
	d.close("Replies")
	c.send(d)
}
