package rackbeat

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/instep-go/instep"
)

// kind is what one register of the vendor has of its own: T is a record of it
// as read, U what to change of one. All else is the same for all of them, and
// is in connector.
type kind[T, U any] struct {
	entity string // "product"
	plural string // "products"

	columns []column[T, U] // in the order of the vendor's forms
	sorted  []column[T, U] // by name: the order in which records hold their fields
	finders []finder[T]    // besides that for the number
	checks  []string       // code lists that a probe reads

	// chosen says that a create must have a number, so that a second one with
	// the same is refused.
	chosen bool

	// defaults are what a create gets where nothing else is said.
	defaults instep.Fields

	// identify is what stands before the vendor's own id in an identity. It must
	// not change: hashes of identities are kept for years.
	identify string

	facts func(*T) facts
	whole func(*T) bool // whether the reply of a write shows all of the record
	learn func(*Client, *T)

	number   func(*U) *instep.Opt[string]
	complete func(*U, *instep.Op) // adds what the vendor wants to have together; may be nil

	page   func(*Client, context.Context, int, *ListOptions) (List[T], error)
	get    func(*Client, context.Context, string) (T, reply, error)
	create func(*Client, context.Context, *U) (T, reply, error)
	update func(*Client, context.Context, string, *U) (T, reply, error)
	remove func(*Client, context.Context, string) (reply, error)
}

// facts are what every record has, whatever it is a record of.
type facts struct {
	number  string
	id      string // the vendor's own, which never changes; "" where the view has none
	name    string // as a person called it
	created Attr[Time]
	updated Attr[Time]

	deleted, draft, barred bool
}

// sameness tells records apart, also drafts that have no number yet.
func (f *facts) sameness() string {
	if f.number != "" {
		return f.number
	}
	return "\x00" + f.id + " " + f.created.Or(Time{}).Text
}

// status says what a record tells of its existence. A draft is not released
// yet.
func (f *facts) status() instep.Status {
	switch {
	case f.deleted:
		return instep.Deleted
	case f.draft:
		return instep.Hidden
	case f.barred:
		return instep.Inactive
	default:
		return instep.Live
	}
}

// finder is a field, other than the number, that records can be found by.
type finder[T any] struct {
	field  string
	read   func(*T) Attr[string]
	filter func(key string) ListOptions // asks the vendor for the records that have it
}

// ordered fills in what follows from the columns.
func (k *kind[T, U]) ordered() *kind[T, U] {
	k.sorted = slices.SortedFunc(slices.Values(k.columns), func(a, b column[T, U]) int {
		return strings.Compare(a.info.Name, b.info.Name)
	})
	return k
}

// ref returns the ref of the record with a number.
func (k *kind[T, U]) ref(number string) instep.Ref {
	return instep.Ref{System: system, Entity: k.entity, ID: number}
}

// column returns the column of a field.
func (k *kind[T, U]) column(field string) (*column[T, U], bool) {
	i, ok := slices.BinarySearchFunc(k.sorted, field, func(c column[T, U], name string) int {
		return strings.Compare(c.info.Name, name)
	})
	if !ok {
		return nil, false
	}
	return &k.sorted[i], true
}

// fieldOf returns the field that the vendor calls by a name for writing: that
// which is among the fields written, if two have the name. It returns the name
// itself if no field has it, or if it is that of a field written.
func (k *kind[T, U]) fieldOf(wire string, written instep.Fields) string {
	if !written.Get(wire).IsAbsent() {
		return wire
	}
	field := ""
	for i := range k.columns {
		c := &k.columns[i]
		if c.wire == "" || c.wire != wire {
			continue
		}
		if field == "" || !written.Get(c.info.Name).IsAbsent() && written.Get(field).IsAbsent() {
			field = c.info.Name
		}
	}
	return cmp.Or(field, wire)
}

// record turns a record of the vendor's into one of the engine's.
func (k *kind[T, U]) record(item *T, n names) instep.Record {
	f := k.facts(item)
	fields := make([]instep.Field, len(k.sorted))
	for i := range k.sorted {
		fields[i] = instep.Field{Name: k.sorted[i].info.Name, Value: k.sorted[i].read(item, n)}
	}
	rec := instep.Record{
		Ref:      k.ref(f.number),
		Identity: k.identity(&f),
		Modified: f.updated.Or(Time{}).At.UTC(),
		Status:   f.status(),
		Fields:   instep.NewFields(fields...),
	}
	if rec.Identity == "" {
		rec.Origin, rec.Content = f.origin()
	}
	return rec
}

// identity returns what never changes of a record; "" where the view has no id
// of the vendor's. Nothing else will do: times of creation are shared by all
// that one import made, what else a record holds may be edited, and a record
// must never be taken for another.
func (k *kind[T, U]) identity(f *facts) string {
	if f.id == "" {
		return ""
	}
	return k.identify + f.id
}

// origin returns when a record was created, as in "2025-01-08T09:30:00Z", with
// its name, which tells those apart that one import made; "" where the view does
// not tell.
func (f *facts) origin() (created, content string) {
	at, ok := f.created.Get()
	if !ok {
		return "", ""
	}
	return at.At.UTC().Format(time.RFC3339), f.name
}
