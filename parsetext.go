package instep

import (
	"errors"
	"fmt"
)

// ParseText reads the text of a value of the field, as Value.String writes it: a
// text as it is, a decimal with a point, a date as 2006-01-02, true or false. An
// empty text is null. An error is of kind [Malformed] and names the field, or of
// kind [Unsupported] for a type that has no such text.
func (f *FieldInfo) ParseText(text string) (Value, error) {
	if text == "" {
		return Null(), nil
	}
	var v Value
	var err error
	switch f.Type {
	case TypeString:
		v = String(text)
	case TypeDecimal:
		var d Decimal
		d, err = ParseDecimal(text)
		v = Number(d)
	case TypeDate:
		var d Date
		d, err = ParseDate(text)
		v = Day(d)
	case TypeBool:
		v = Bool(text == "true")
		if text != "true" && text != "false" {
			err = errors.New("neither true nor false")
		}
	default:
		return v, &Error{Kind: Unsupported, Op: "read a text", Field: f.Name, Err: errors.New("a " + f.Type.String() + " has no text")}
	}
	if err != nil {
		return Value{}, &Error{Kind: Malformed, Op: "read a text", Field: f.Name, Err: errors.New("it is no " + f.Type.String()), Remedy: f.Remedy}
	}
	return v, nil
}

// ParseTexts reads the texts of a record's fields, one for each that is described
// and in that order. An error is one of ParseText; Malformed, too, if there are not
// as many texts as fields.
func ParseTexts(fields []FieldInfo, texts ...string) (Fields, error) {
	if len(texts) != len(fields) {
		return Fields{}, &Error{Kind: Malformed, Op: "read texts", Err: fmt.Errorf("there are %d, and %d fields", len(texts), len(fields))}
	}
	list := make([]Field, len(fields))
	for i := range fields {
		v, err := fields[i].ParseText(texts[i])
		if err != nil {
			return Fields{}, err
		}
		list[i] = Field{Name: fields[i].Name, Value: v}
	}
	return NewFields(list...), nil
}

// PlainText returns the text that ParseText reads: empty for what is absent, null
// or empty, else that of Value.String.
func PlainText(v Value) string {
	if v.IsBlank() {
		return ""
	}
	return v.String()
}
