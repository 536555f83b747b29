package instep

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// maxValueDepth bounds lists and groups within each other when JSON is read.
const maxValueDepth = 16

// MarshalJSON writes the value so that UnmarshalJSON gives the same value
// back. Null, text, bools, whole numbers and lists are plain JSON; the rest
// is an object with one member that names the type:
//
//	{"decimal":"12.5"} {"date":"2026-01-31"} {"time":"2026-01-31T08:00:00Z"}
//	{"ref":["netvisor","product","31"]} {"group":{"city":"Århus"}}
//
// An absent value cannot be written: leave the field out instead.
func (v Value) MarshalJSON() ([]byte, error) {
	switch v.typ {
	case TypeAbsent:
		return nil, errors.New("an absent value has no JSON form")
	case TypeNull:
		return []byte("null"), nil
	case TypeString:
		return json.Marshal(v.s)
	case TypeBool, TypeInt:
		return []byte(v.String()), nil
	case TypeRef:
		r, _ := v.AsRef()
		return json.Marshal(map[string][3]string{"ref": {r.System, r.Entity, r.ID}})
	case TypeList:
		list, _ := v.AsList()
		if list == nil {
			list = []Value{}
		}
		return json.Marshal(list)
	case TypeGroup:
		f, _ := v.AsGroup()
		return json.Marshal(map[string]Fields{"group": f})
	default:
		return json.Marshal(map[string]string{v.typ.String(): v.String()})
	}
}

// UnmarshalJSON reads the form that MarshalJSON writes. Numbers must be
// whole; a decimal is written {"decimal":"12.5"}.
func (v *Value) UnmarshalJSON(data []byte) error {
	got, err := parseJSONValue(data, 0)
	if err != nil {
		return err
	}
	*v = got
	return nil
}

func parseJSONValue(data []byte, depth int) (Value, error) {
	data = bytes.TrimSpace(data)
	if len(data) == 0 {
		return Value{}, errors.New("empty JSON value")
	}
	if depth > maxValueDepth {
		return Value{}, fmt.Errorf("lists and groups are nested more than %d deep", maxValueDepth)
	}
	switch data[0] {
	case 'n':
		return Null(), nil
	case 't', 'f':
		var b bool
		err := json.Unmarshal(data, &b)
		return Bool(b), err
	case '"':
		var s string
		err := json.Unmarshal(data, &s)
		return String(s), err
	case '[':
		return parseJSONList(data, depth)
	case '{':
		return parseJSONObject(data, depth)
	default:
		var n int64
		if err := json.Unmarshal(data, &n); err != nil {
			return Value{}, fmt.Errorf("number %.40s is not whole: write it as {\"decimal\":\"…\"}", data)
		}
		return Int(n), nil
	}
}

func parseJSONList(data []byte, depth int) (Value, error) {
	var raw []json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return Value{}, err
	}
	list := make([]Value, len(raw))
	for i, r := range raw {
		v, err := parseJSONValue(r, depth+1)
		if err != nil {
			return Value{}, fmt.Errorf("element %d: %w", i, err)
		}
		list[i] = v
	}
	return List(list...), nil
}

func parseJSONObject(data []byte, depth int) (Value, error) {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return Value{}, err
	}
	if len(raw) != 1 {
		return Value{}, errors.New("an object must have one member that names its type")
	}
	for name, body := range raw {
		switch name {
		case "group":
			f, err := parseJSONFields(body, depth+1)
			return Group(f), err
		case "ref":
			var r [3]string
			err := json.Unmarshal(body, &r)
			return Reference(Ref{r[0], r[1], r[2]}), err
		default:
			return parseJSONScalar(name, body)
		}
	}
	return Value{}, nil
}

func parseJSONScalar(typ string, body []byte) (Value, error) {
	var s string
	if err := json.Unmarshal(body, &s); err != nil {
		return Value{}, err
	}
	switch typ {
	case "decimal":
		d, err := ParseDecimal(s)
		return Number(d), err
	case "date":
		d, err := ParseDate(s)
		return Day(d), err
	case "time":
		t, err := time.Parse(time.RFC3339Nano, s)
		return Instant(t), err
	default:
		return Value{}, fmt.Errorf("unknown value type %q", typ)
	}
}

func parseJSONFields(data []byte, depth int) (Fields, error) {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return Fields{}, err
	}
	fields := make([]Field, 0, len(raw))
	for name, body := range raw {
		v, err := parseJSONValue(body, depth)
		if err != nil {
			return Fields{}, fmt.Errorf("field %q: %w", name, err)
		}
		fields = append(fields, Field{name, v})
	}
	return NewFields(fields...), nil
}
