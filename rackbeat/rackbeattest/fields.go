package rackbeattest

// How long texts may be. The vendor names no bounds; these are what such
// columns usually hold.
const (
	maxShort = 255
	maxLong  = 65_535
)

// field is one writable field of a T: the names it has in bodies, and how its
// value gets into a record.
type field[T any] struct {
	names    []string // the first one is named in complaints about absence
	required bool
	asked    bool // required too with Options.RequireAll
	set      setter[T]
}

// setter writes the value of the field called name into p, or complains.
type setter[T any] func(f *form, name string, v value, p *T)

// fill writes the body's fields into p, absent ones aside. With strict set,
// what is required may not be null, nor absent in a new record.
func fill[T any](f *form, fields []field[T], p *T, isNew, strict bool) {
	for _, fd := range fields {
		name, v, ok := f.look(fd.names...)
		required := strict && (fd.required || (fd.asked && f.s.opts.RequireAll))
		switch {
		case required && (v.null || (!ok && isNew)):
			f.fail(name, msgRequired)
		case ok:
			fd.set(f, name, v, p)
		}
	}
}

func textField[T any](limit int, at func(*T) *string) setter[T] {
	return func(f *form, name string, v value, p *T) {
		if t, ok := f.asText(name, v, limit); ok {
			*at(p) = t
		}
	}
}

// codeField is a short text that may also come as a whole number.
func codeField[T any](at func(*T) *string) setter[T] {
	return func(f *form, name string, v value, p *T) {
		if t, ok := f.asCode(name, v, maxShort); ok {
			*at(p) = t
		}
	}
}

func decimalOf[T any](at func(*T) *Decimal) setter[T] {
	return func(f *form, name string, v value, p *T) {
		if d, ok := f.asDecimal(name, v, priceDecimals); ok {
			*at(p) = d
		}
	}
}

func integerField[T any](low int, at func(*T) *int) setter[T] {
	return func(f *form, name string, v value, p *T) {
		if n, ok := f.asInteger(name, v, low); ok {
			*at(p) = n
		}
	}
}

func flagField[T any](at func(*T) *bool) setter[T] {
	return func(f *form, name string, v value, p *T) {
		if b, ok := f.asBoolean(name, v); ok {
			*at(p) = b
		}
	}
}

// entryField is the number of an entry of a list, which must be there.
func entryField[T any](list List, at func(*T) *int) setter[T] {
	return func(f *form, name string, v value, p *T) {
		n, ok := f.asNumber(name, v)
		switch {
		case !ok:
		case !v.null && f.s.data.lists[list].entries[n] == nil:
			f.fail(name, msgUnknown)
		default:
			*at(p) = n
		}
	}
}
