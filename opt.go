package instep

// Opt is a field of a sparse update in a typed client: left as it is (the
// zero Opt), cleared, or set to a value. The three stay apart, so that an
// update never blanks what its caller did not speak of.
type Opt[T any] struct {
	state optState
	value T
}

type optState uint8

const (
	optKeep optState = iota
	optClear
	optSet
)

// Set returns an Opt that sets the field to v, also if v is a zero value.
func Set[T any](v T) Opt[T] { return Opt[T]{optSet, v} }

// Clear returns an Opt that empties the field.
func Clear[T any]() Opt[T] { return Opt[T]{state: optClear} }

// IsKept reports whether the field stays as it is.
func (o Opt[T]) IsKept() bool { return o.state == optKeep }

// IsCleared reports whether the field is emptied.
func (o Opt[T]) IsCleared() bool { return o.state == optClear }

// Get returns the value to set, and whether there is one.
func (o Opt[T]) Get() (T, bool) { return o.value, o.state == optSet }

// IsZero reports the same as IsKept; encoding/json's omitzero asks it.
func (o Opt[T]) IsZero() bool { return o.IsKept() }
