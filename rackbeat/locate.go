package rackbeat

import (
	"encoding/json"
	"maps"
	"reflect"
	"strings"
)

// locate returns the path of the first attribute of a record that its Go type
// t cannot take, "" if each of them alone can be read. The releases of
// encoding/json differ in what they say about it themselves.
func locate(data []byte, t reflect.Type) string {
	var members map[string]json.RawMessage
	if t.Kind() != reflect.Struct || json.Unmarshal(data, &members) != nil {
		return ""
	}
	return locateIn(members, t)
}

// locateIn looks at a struct's own fields first, which hide those of the
// structs in it.
func locateIn(members map[string]json.RawMessage, t reflect.Type) string {
	members = maps.Clone(members)
	var within []reflect.Type
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" {
			within = append(within, f.Type)
			continue
		}
		raw, there := members[name]
		delete(members, name)
		if !there || json.Unmarshal(raw, reflect.New(f.Type).Interface()) == nil {
			continue
		}
		if inner := locate(raw, attributeType(f.Type)); inner != "" {
			return name + "." + inner
		}
		return name
	}
	for _, w := range within {
		if path := locateIn(members, w); path != "" {
			return path
		}
	}
	return ""
}

// attributeType returns the type of the value that an Attr holds, else t.
func attributeType(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Struct {
		if f, ok := t.FieldByName("value"); ok {
			return f.Type
		}
	}
	return t
}
