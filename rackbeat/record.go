package rackbeat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/instep-go/instep"
)

// Entry is an entry of a code list as it stands in a record: its number, and,
// where the view has it, its name.
type Entry struct {
	Number Attr[string] `json:"number,omitzero"`
	Name   Attr[string] `json:"name,omitzero"`
}

// UnmarshalJSON reads an object, or the number alone. What has another form
// says nothing: these objects differ from view to view, and a record must not
// be unreadable for them.
func (e *Entry) UnmarshalJSON(data []byte) error {
	*e = Entry{}
	if kindOf(data) != "object" {
		return e.Number.loose(data)
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return err
	}
	for name, a := range map[string]*Attr[string]{"number": &e.Number, "name": &e.Name} {
		if raw, ok := members[name]; ok {
			if err := a.loose(raw); err != nil {
				return err
			}
		}
	}
	return nil
}

// loose reads what can be read, and leaves anything else absent.
func (a *Attr[T]) loose(data []byte) error {
	if a.UnmarshalJSON(data) != nil {
		*a = Attr[T]{}
	}
	return nil
}

// entryOf returns the entry that stands in a record as an object, or as one of
// the numbers beside it, or both.
func entryOf(object Attr[Entry], numbers ...Attr[string]) Entry {
	e := object.Or(Entry{})
	if e.Number.Or("") != "" {
		return e
	}
	spoken := !object.IsAbsent()
	for _, number := range numbers {
		if number.Or("") != "" {
			e.Number = number
			return e
		}
		spoken = spoken || !number.IsAbsent()
	}
	if spoken {
		e.Number = Null[string]()
	}
	return e
}

// names are the code lists by name, for views of a record that hold numbers
// alone. A list may be missing.
type names map[string]*codeList

// of returns the name of an entry: absent if the reply does not speak of the
// entry, or the list does not have it.
func (n names) of(list string, e Entry) Attr[string] {
	if code, ok := unnamed(e); ok {
		return n[list].name(code)
	}
	if s, ok := e.Name.Get(); ok {
		return Given(s)
	}
	if e.Name.IsAbsent() && e.Number.IsAbsent() {
		return Attr[string]{}
	}
	return Null[string]()
}

// unnamed returns the number of an entry that comes without its name.
func unnamed(e Entry) (code string, ok bool) {
	if _, named := e.Name.Get(); named {
		return "", false
	}
	code = e.Number.Or("")
	return code, code != ""
}

// name returns the name of the entry with a code; absent if there is none.
func (l *codeList) name(code string) Attr[string] {
	if l == nil {
		return Attr[string]{}
	}
	if name, ok := l.byCode[code]; ok {
		return Given(name)
	}
	return Attr[string]{}
}

// namesFor reads the code lists that the records need for their names.
func (p *connector[T, U]) namesFor(ctx context.Context, items []T) (names, error) {
	var n names
	for i := range p.kind.columns {
		c := &p.kind.columns[i]
		if c.entry == nil {
			continue
		}
		var codes []string
		for j := range items {
			if code, ok := unnamed(c.entry(&items[j])); ok {
				codes = append(codes, code)
			}
		}
		if len(codes) == 0 {
			continue
		}
		l, err := p.lists.with(ctx, c.info.List, codes)
		if err != nil {
			return nil, err
		}
		if n == nil {
			n = make(names)
		}
		n[c.info.List] = l
	}
	return n, nil
}

// records turns what the vendor holds into records. Drafts without a number
// cannot be addressed and are left out.
func (p *connector[T, U]) records(ctx context.Context, items []T) ([]instep.Record, error) {
	n, err := p.namesFor(ctx, items)
	if err != nil {
		return nil, err
	}
	records := make([]instep.Record, 0, len(items))
	for i := range items {
		f := p.kind.facts(&items[i])
		switch {
		case f.number != "":
			p.kind.learn(p.c, &items[i])
			records = append(records, p.kind.record(&items[i], n))
		case !f.draft:
			return nil, &instep.Error{
				Kind: instep.Malformed, Op: "rackbeat: read " + p.kind.plural, Field: "number",
				Err: fmt.Errorf("%w: a %s that is no draft", errNoNumber, p.kind.entity),
			}
		}
	}
	return records, nil
}

// errNoNumber says that a row cannot be addressed.
var errNoNumber = errors.New("there is no number")
