package instep

import (
	"errors"
	"slices"
	"unicode/utf8"
)

// CheckOp says what is wrong with an operation by what a [Describer] tells of the
// fields, so that a [Sink] can refuse it before anything is sent. It returns nil
// if nothing is wrong, else an error of the type [*Error] with Op, Ref and Field,
// which never holds a value:
//
//   - of kind [Unsupported], if the action is none of can, or a field is not
//     described, or may not be written by the action;
//   - of kind [Invalid], if a value is of another type than its field, is a text
//     that is longer than MaxLen or not valid UTF-8, or a decimal with more
//     places than Decimals, if a create lacks what is required, or an update
//     would clear it. The Remedy is that of the field.
//
// A field whose Type is TypeAbsent takes every type. Code lists and the limits of
// a vendor that fields do not tell are for the caller. Of several faults it tells
// the first, in the order of the description. It changes nothing and is safe for
// concurrent use.
func CheckOp(op *Op, fields []FieldInfo, can ...Action) error {
	fault := &Error{Kind: Unsupported, Op: op.Action.String(), Ref: op.Ref}
	if !slices.Contains(can, op.Action) {
		return fault
	}
	for i := range fields {
		f := &fields[i]
		fault.Field, fault.Remedy = f.Name, f.Remedy
		if fault.Kind, fault.Err = f.check(op); fault.Err != nil {
			return fault
		}
	}
	for name := range op.Fields.All() {
		if !slices.ContainsFunc(fields, func(f FieldInfo) bool { return f.Name == name }) {
			return &Error{Kind: Unsupported, Op: op.Action.String(), Ref: op.Ref, Field: name, Err: errors.New("there is no such field")}
		}
	}
	return nil
}

// check says what is wrong with one field of an operation.
func (f *FieldInfo) check(op *Op) (Kind, error) {
	v := op.Fields.Get(f.Name)
	needs := map[Action]Access{Create: CanCreate, Update: CanUpdate}[op.Action]
	switch {
	case v.IsAbsent() && f.Required && op.Action == Create:
		return Invalid, errors.New("a new record needs it")
	case v.IsAbsent():
		return Unclassified, nil
	case f.Access&needs == 0:
		return Unsupported, errors.New("it cannot be written")
	case v.IsBlank() && f.Required:
		return Invalid, errors.New("it cannot be empty")
	case v.Type() == TypeNull:
		return Unclassified, nil
	default:
		return Invalid, f.fits(v)
	}
}

// fits says why a field cannot hold a value that is there.
func (f *FieldInfo) fits(v Value) error {
	if f.Type != TypeAbsent && f.Type != v.Type() {
		return errors.New("it is of the type " + f.Type.String())
	}
	if s, ok := v.AsString(); ok {
		switch {
		case !utf8.ValidString(s):
			return errors.New("the text is not valid UTF-8")
		case f.MaxLen > 0 && utf8.RuneCountInString(s) > f.MaxLen:
			return errors.New("the text is too long")
		}
	}
	if d, ok := v.AsDecimal(); ok && f.Decimals > 0 && d.Places() > f.Decimals {
		return errors.New("it has too many decimal places")
	}
	return nil
}
