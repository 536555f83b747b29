package rackbeat

import (
	"context"
	"errors"

	"github.com/instep-go/instep"
)

// names are the names of the code lists' entries, for views of a product that
// hold numbers alone. Both may be nil.
type names struct{ groups, units *codeList }

func groupOf(p *Product, n names) Attr[string] {
	group := p.Group.Or(GroupRef{})
	if code, ok := unnamed(group.Name, group.Number, p.GroupID); ok {
		return n.groups.name(code)
	}
	return orNull(group.Name, p.Group.IsAbsent() && p.GroupID.IsAbsent())
}

func unitOf(p *Product, n names) Attr[string] {
	unit := p.Unit.Or(UnitRef{})
	if code, ok := unnamed(unit.Name, unit.Number, p.UnitID); ok {
		return n.units.name(code)
	}
	return orNull(unit.Name, p.Unit.IsAbsent() && p.UnitID.IsAbsent())
}

// unnamed returns the number of an entry that comes without its name.
func unnamed(name Attr[string], numbers ...Attr[string]) (code string, ok bool) {
	if _, named := name.Get(); named {
		return "", false
	}
	for _, number := range numbers {
		if code := number.Or(""); code != "" {
			return code, true
		}
	}
	return "", false
}

// orNull returns the name, or null unless the reply does not speak of the entry
// at all.
func orNull(name Attr[string], silent bool) Attr[string] {
	if s, ok := name.Get(); ok {
		return Given(s)
	}
	if silent {
		return Attr[string]{}
	}
	return Null[string]()
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

// namesFor reads the code lists that the products need for their names.
func (p *Products) namesFor(ctx context.Context, items []Product) (n names, err error) {
	var groups, units []string
	for i := range items {
		group, unit := items[i].Group.Or(GroupRef{}), items[i].Unit.Or(UnitRef{})
		if code, ok := unnamed(group.Name, group.Number, items[i].GroupID); ok {
			groups = append(groups, code)
		}
		if code, ok := unnamed(unit.Name, unit.Number, items[i].UnitID); ok {
			units = append(units, code)
		}
	}
	if n.groups, err = p.listWith(ctx, listGroups, groups); err != nil {
		return n, err
	}
	n.units, err = p.listWith(ctx, listUnits, units)
	return n, err
}

// listWith returns a code list that has the codes, or is fresh. It is nil
// where no codes are asked for.
func (p *Products) listWith(ctx context.Context, name string, codes []string) (*codeList, error) {
	if len(codes) == 0 {
		return nil, nil
	}
	l, err := p.list(ctx, name, false)
	if err != nil {
		return nil, err
	}
	for _, code := range codes {
		if _, ok := l.byCode[code]; !ok {
			return p.list(ctx, name, true)
		}
	}
	return l, nil
}

// errNoNumber says that a row cannot be addressed.
var errNoNumber = errors.New("a product that is no draft has no number")

// records turns products into records. Drafts without a number cannot be
// addressed and are left out.
func (p *Products) records(ctx context.Context, items []Product) ([]instep.Record, error) {
	n, err := p.namesFor(ctx, items)
	if err != nil {
		return nil, err
	}
	records := make([]instep.Record, 0, len(items))
	for i := range items {
		item := &items[i]
		switch {
		case item.Number != "":
			p.c.paths.learn(item, p.c.opts.PathEncoding)
			records = append(records, recordOf(item, n))
		case !item.IsDraft.Or(false):
			return nil, &instep.Error{
				Kind: instep.Malformed, Op: "rackbeat: read products", Field: "number", Err: errNoNumber,
			}
		}
	}
	return records, nil
}

// recordOf turns a product into a record. Only the vendor's own id serves as
// identity: times of creation are shared by all that one import made, and a
// record must never be taken for another.
func recordOf(p *Product, n names) instep.Record {
	fields := make([]instep.Field, len(sorted))
	for i := range sorted {
		fields[i] = instep.Field{Name: sorted[i].info.Name, Value: sorted[i].read(p, n)}
	}
	return instep.Record{
		Ref:      productRef(p.Number),
		Identity: p.ID.Or(""),
		Modified: p.UpdatedAt.Or(Time{}).At.UTC(),
		Status:   statusOf(p),
		Fields:   instep.NewFields(fields...),
	}
}

// statusOf says what a product tells of its existence. A draft is not released
// yet.
func statusOf(p *Product) instep.Status {
	_, deleted := p.DeletedAt.Get()
	switch {
	case deleted:
		return instep.Deleted
	case p.IsDraft.Or(false):
		return instep.Hidden
	case p.IsBarred.Or(false):
		return instep.Inactive
	default:
		return instep.Live
	}
}
