package sqltable

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/instep-go/instep"
)

// field is a column with what the configuration says of it.
type field struct {
	Column
	db   dbColumn
	at   int // where it stands in the select list
	zone *time.Location
	sys  string // of references
}

// maxFloatDigits is how many digits every float keeps.
const maxFloatDigits = 15

// native brings what a driver gave into one of nil, int64 and string.
func native(v any) any {
	switch v := v.(type) {
	case nil, int64, string:
		return v
	case []byte:
		return string(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	case time.Time:
		return v.UTC().Format(sqliteLayout)
	default:
		return fmt.Sprint(v)
	}
}

// decode reads what stood in a column. What is not of the declared type is
// given as text.
func (f *field) decode(v any) instep.Value {
	if v == nil {
		return instep.Null()
	}
	text, isText := v.(string)
	if n, ok := v.(int64); ok {
		text = strconv.FormatInt(n, 10)
	}
	if f.Refers != "" {
		return instep.Reference(instep.Ref{System: f.sys, Entity: f.Refers, ID: text})
	}
	switch f.Type {
	case instep.TypeBool:
		if b, err := strconv.ParseBool(text); err == nil {
			return instep.Bool(b)
		}
	case instep.TypeInt:
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return instep.Int(n)
		}
	case instep.TypeDecimal:
		if d, err := instep.ParseDecimal(text); err == nil {
			return instep.Number(d)
		}
	case instep.TypeDate:
		if d, err := instep.ParseDate(text); err == nil {
			return instep.Day(d)
		}
	case instep.TypeTime:
		if t, ok := f.time(text, isText); ok {
			return instep.Instant(t)
		}
	}
	return instep.String(text)
}

// layouts are the forms of times that are read, without a zone and with one.
var layouts = [...]string{
	"2006-01-02T15:04:05.999999999", sqliteLayout, "2006-01-02 15:04",
	time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00",
}

// time reads a time as it is stored.
func (f *field) time(text string, isText bool) (time.Time, bool) {
	if f.Encoding == UnixSeconds || f.Encoding == UnixMillis {
		n, err := strconv.ParseInt(text, 10, 64)
		t := time.Unix(n, 0)
		if f.Encoding == UnixMillis {
			t = time.UnixMilli(n)
		}
		return t, err == nil && t.Year() >= 1 && t.Year() <= 9999
	}
	zone := f.zone
	if f.db.store == zonedStore || f.Encoding == TimeISO {
		zone = time.UTC
	}
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t, isText
		}
	}
	return time.Time{}, false
}

// encodeTime writes a time as it is stored.
func (f *field) encodeTime(t time.Time) raw {
	switch {
	case f.Encoding == UnixSeconds:
		return raw("i" + strconv.FormatInt(t.Unix(), 10))
	case f.Encoding == UnixMillis:
		return raw("i" + strconv.FormatInt(t.UnixMilli(), 10))
	case f.db.store == zonedStore:
		return raw("s" + t.UTC().Truncate(time.Microsecond).Format(time.RFC3339Nano))
	case f.db.store == wallStore:
		return raw("s" + t.In(f.zone).Truncate(time.Microsecond).Format(sqliteLayout))
	case f.Encoding == TimeISO:
		return raw("s" + t.UTC().Format(time.RFC3339Nano))
	default:
		return raw("s" + t.In(f.zone).Format(sqliteLayout))
	}
}

// encode writes a value as the column holds it; empty for null. It refuses
// what the column would not keep as it is.
func (f *field) encode(v instep.Value) (raw, error) {
	if v.Type() == instep.TypeNull {
		if f.db.notNull {
			return "", errors.New("it may not be empty")
		}
		return "", nil
	}
	if f.Refers != "" {
		return f.encodeRef(v)
	}
	switch f.Type {
	case instep.TypeString:
		if s, ok := v.AsString(); ok {
			return f.encodeText(s)
		}
	case instep.TypeBool:
		if b, ok := v.AsBool(); ok {
			return f.encodeBool(b), nil
		}
	case instep.TypeInt, instep.TypeDecimal:
		if d, ok := v.AsDecimal(); ok {
			return f.encodeNumber(d)
		}
	case instep.TypeDate:
		if d, ok := v.AsDate(); ok {
			return raw("s" + d.String()), nil
		}
	case instep.TypeTime:
		if t, ok := v.AsTime(); ok {
			return f.encodeTime(t), nil
		}
	}
	return "", fmt.Errorf("it takes a %s, not a %s", f.Type, v.Type())
}

func (f *field) encodeRef(v instep.Value) (raw, error) {
	ref, ok := v.AsRef()
	if !ok || ref.ID == "" || ref.Entity != f.Refers || ref.System != f.sys {
		return "", errors.New("it takes a reference to a " + f.sys + "/" + f.Refers)
	}
	if f.db.store == intStore {
		if _, err := strconv.ParseInt(ref.ID, 10, 64); err != nil {
			return "", errors.New("it takes a reference by number")
		}
		return raw("i" + ref.ID), nil
	}
	return raw("s" + ref.ID), nil
}

func (f *field) encodeText(s string) (raw, error) {
	switch {
	case strings.Contains(s, "\x00"):
		return "", errors.New("it takes no NUL")
	case !utf8.ValidString(s):
		return "", errors.New("it takes UTF-8 only")
	case f.db.maxLen > 0 && utf8.RuneCountInString(s) > f.db.maxLen:
		return "", fmt.Errorf("it takes %d characters at most", f.db.maxLen)
	case f.db.store == uuidStore && !isUUID(s):
		return "", errors.New("it takes a UUID in lower case")
	case f.db.sqlType == "bpchar" && strings.HasSuffix(s, " "):
		return "", errors.New("it keeps no spaces at the end")
	}
	return raw("s" + s), nil
}

func (f *field) encodeBool(b bool) raw {
	switch {
	case f.db.store == boolStore:
		return raw("s" + strconv.FormatBool(b))
	case b:
		return "i1"
	default:
		return "i0"
	}
}

func (f *field) encodeNumber(d instep.Decimal) (raw, error) {
	text := d.String()
	whole, frac, _ := strings.Cut(strings.TrimPrefix(text, "-"), ".")
	switch f.db.store {
	case intStore:
		if f.Type == instep.TypeDecimal && f.db.sqlType == "" { // SQLite keeps fractions in any column
			return f.encodeFloat(text, whole+frac)
		}
		if _, err := strconv.ParseInt(text, 10, 64); err != nil {
			return "", errors.New("it takes whole numbers of 64 bits")
		}
		return raw("i" + text), nil
	case exactStore:
		if f.db.digits > 0 && (len(frac) > f.db.decimals || len(strings.TrimLeft(whole, "0")) > f.db.digits-f.db.decimals) {
			return "", fmt.Errorf("it takes %d digits, %d of them after the point", f.db.digits, f.db.decimals)
		}
	case floatStore:
		return f.encodeFloat(text, whole+frac)
	}
	return raw("s" + text), nil
}

// encodeFloat refuses what a float does not give back as it was.
func (f *field) encodeFloat(text, digits string) (raw, error) {
	most := maxFloatDigits
	if f.db.sqlType == "real" {
		most = 6
	}
	if len(strings.Trim(digits, "0")) > most {
		return "", fmt.Errorf("it keeps %d digits", most)
	}
	return raw("s" + text), nil
}

// isUUID reports whether s is a UUID as PostgreSQL writes it.
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return false
			}
		case (c < '0' || c > '9') && (c < 'a' || c > 'f'):
			return false
		}
	}
	return true
}
