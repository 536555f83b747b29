package netvisortest

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// element is one element that a record of type T may be written with. The order
// of kids is the order they must come in.
type element[T any] struct {
	name     string
	kids     []element[T]
	many     bool // may come more than once
	required bool // not empty where it comes
	wanted   bool // must come when a record is added
	set      func(*T, *node) *fault
}

// writing applies one message to one record.
type writing[T any] struct {
	root *element[T]
	rec  *T
	seen map[string]bool // names that came
}

// write applies a message to rec: a new record if add is set, which must then
// have all it needs.
func write[T any](root *element[T], rec *T, n *node, add bool) *fault {
	w := writing[T]{root: root, rec: rec, seen: map[string]bool{}}
	if n.name != root.name {
		return invalid(textUnknownElement, n.name)
	}
	if len(n.kids) == 0 {
		return invalid(textMissing, root.kids[0].name)
	}
	if f := w.apply(root, n); f != nil || !add {
		return f
	}
	return w.complete()
}

// complete tells what is missing for a new record.
func (w *writing[T]) complete() *fault {
	for _, section := range w.root.kids[0].kids {
		if section.wanted && !w.seen[section.name] {
			return invalid(textMissing, section.name)
		}
		for _, el := range section.kids {
			if el.wanted && !w.seen[el.name] {
				return invalid(textMissing, el.name)
			}
		}
	}
	return nil
}

// apply checks n's elements against el's and their order, then sets what n
// says. Empty optional elements blank their field.
func (w *writing[T]) apply(el *element[T], n *node) *fault {
	w.seen[n.name] = true
	if el.required && n.empty() {
		return invalid(textEmpty, n.name)
	}
	if el.kids == nil && len(n.kids) > 0 {
		return invalid(textUnknownElement, n.kids[0].name)
	}
	next := 0 // the first of el.kids that may still come
	for _, kid := range n.kids {
		i := slices.IndexFunc(el.kids, func(e element[T]) bool { return e.name == kid.name })
		switch {
		case i < 0:
			return invalid(textUnknownElement, kid.name)
		case i == next-1 && !el.kids[i].many:
			return invalid(textRepeated, kid.name)
		case i < next-1:
			return invalid(textOrder, kid.name)
		}
		next = i + 1
		if f := w.apply(&el.kids[i], kid); f != nil {
			return f
		}
	}
	if el.set != nil {
		return el.set(w.rec, n)
	}
	return nil
}

// must marks el as mandatory: it comes with a new record and is never empty.
func must[T any](el element[T]) element[T] {
	el.required, el.wanted = true, true
	return el
}

// line is a text without spaces around it, of at most limit characters unless
// that is 0.
func line[T any](name string, field func(*T) *string, limit int) element[T] {
	return element[T]{name: name, set: func(rec *T, n *node) *fault {
		v := strings.TrimSpace(n.text)
		if limit > 0 && utf8.RuneCountInString(v) > limit {
			return invalid(textTooLong, name, limit)
		}
		*field(rec) = v
		return nil
	}}
}

// free is a text kept as it is.
func free[T any](name string, field func(*T) *string) element[T] {
	return element[T]{name: name, set: func(rec *T, n *node) *fault {
		*field(rec) = n.text
		return nil
	}}
}

func number[T any](name string, field func(*T) *string) element[T] {
	return checked(name, field, parseDecimal)
}

func digits[T any](name string, field func(*T) *string) element[T] {
	return checked(name, field, func(s string) (string, bool) { return s, isDigits(s) })
}

func oneOf[T any](name string, field func(*T) *string, values ...string) element[T] {
	return checked(name, field, func(s string) (string, bool) { return s, slices.Contains(values, s) })
}

// checked is a value that must pass check unless it is empty.
func checked[T any](name string, field func(*T) *string, check func(string) (string, bool)) element[T] {
	return element[T]{name: name, set: func(rec *T, n *node) *fault {
		v := strings.TrimSpace(n.text)
		if v != "" {
			var ok bool
			if v, ok = check(v); !ok {
				return invalid(textValue, name)
			}
		}
		*field(rec) = v
		return nil
	}}
}

func yesNo[T any](name string, field func(*T) *bool) element[T] {
	return element[T]{name: name, set: func(rec *T, n *node) *fault {
		switch strings.TrimSpace(n.text) {
		case "1":
			*field(rec) = true
		case "0", "":
			*field(rec) = false
		default:
			return invalid(textValue, name)
		}
		return nil
	}}
}

// trueFalse is a boolean that comes as words in some samples of the vendor and
// as a number in others.
func trueFalse[T any](name string, field func(*T) *bool) element[T] {
	return element[T]{name: name, set: func(rec *T, n *node) *fault {
		v, ok := truth(n.text)
		if !ok {
			return invalid(textValue, name)
		}
		*field(rec) = v
		return nil
	}}
}

// truth reads a boolean in any of its forms; blank is false.
func truth(s string) (v, ok bool) {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "1", "true":
		return true, true
	case "0", "false", "":
		return false, true
	}
	return false, false
}

// country is a code of two letters, with the attribute that says so.
func country[T any](name string, field func(*T) *string) element[T] {
	return standard(name, field, "ISO-3166", 2)
}

// currency is a code of three letters, with the attribute that says so.
func currency[T any](name string, field func(*T) *string) element[T] {
	return standard(name, field, "ISO-4217", 3)
}

// standard is a code of so many letters, which the attribute type names the
// standard of.
func standard[T any](name string, field func(*T) *string, list string, letters int) element[T] {
	return element[T]{name: name, set: func(rec *T, n *node) *fault {
		v := strings.ToUpper(strings.TrimSpace(n.text))
		if v != "" {
			if !strings.EqualFold(n.attrs["type"], list) {
				return invalid(textAttribute, name, "type")
			}
			if !isLetters(v, letters) {
				return invalid(textValue, name)
			}
		}
		*field(rec) = v
		return nil
	}}
}

func isLetters(s string, count int) bool {
	return len(s) == count && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// reference is a text that names something of a list by the attribute type:
// "customer" by its name, "netvisor" by its key. Whether there is such a thing
// is for set to tell.
func reference[T any](name string, set func(rec *T, kind, value string) *fault) element[T] {
	return element[T]{name: name, set: func(rec *T, n *node) *fault {
		v, kind := strings.TrimSpace(n.text), strings.ToLower(n.attrs["type"])
		if v != "" && kind != "netvisor" && kind != "customer" {
			return invalid(textAttribute, name, "type")
		}
		return set(rec, kind, v)
	}}
}

// kid is the first of n's elements with the name, nil without one.
func (n *node) kid(name string) *node {
	for _, kid := range n.kids {
		if kid.name == name {
			return kid
		}
	}
	return nil
}

// kidText is the text of a named kid and one of its attributes.
func (n *node) kidText(name, attr string) (text, value string) {
	if kid := n.kid(name); kid != nil {
		return strings.TrimSpace(kid.text), kid.attrs[attr]
	}
	return "", ""
}

// dimensions are elements that set one dimension each by its name; an empty
// item removes it.
func dimensions[T any](field func(*T) *[]Dimension) element[T] {
	set := func(rec *T, n *node) *fault {
		name, _ := n.kidText("dimensionname", "")
		item, _ := n.kidText("dimensionitem", "")
		if name == "" {
			return invalid(textMissing, "dimensionname")
		}
		all := field(rec)
		*all = slices.DeleteFunc(*all, func(d Dimension) bool { return d.Name == name })
		if item != "" {
			*all = append(*all, Dimension{Name: name, Item: item})
		}
		return nil
	}
	return element[T]{name: "dimension", many: true, set: set, kids: []element[T]{
		{name: "dimensionname", required: true}, {name: "dimensionitem"},
	}}
}
