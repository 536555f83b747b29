package sqltable

import (
	"slices"
	"strings"
	"time"

	"github.com/instep-go/instep"
)

// flag is a Flag with its column.
type flag struct {
	Flag
	field field
}

func (p *plan) addFlags(c *Config, cat *catalog, l *lister) error {
	for _, one := range []struct {
		part string
		cfg  *Flag
		to   **flag
		set  bool // it is written too
	}{
		{"Deleted", c.Deleted, &p.deleted, true}, {"Inactive", c.Inactive, &p.inactive, true}, {"Hidden", c.Hidden, &p.hidden, false},
	} {
		if one.cfg == nil {
			continue
		}
		f, err := newFlag(one.part, one.cfg, c, cat)
		if err != nil {
			return err
		}
		if one.set && !f.settable() {
			return configError(one.part, "nothing says what to write to set the column "+f.Column, "set Flag.Set")
		}
		f.field.at = l.add(&f.field.db)
		*one.to = f
	}
	return nil
}

func newFlag(part string, cfg *Flag, c *Config, cat *catalog) (*flag, error) {
	f, err := newField(part, Column{Name: cfg.Column}, c, cat)
	if err != nil {
		return nil, err
	}
	if len(cfg.Values) == 0 && (f.Type == instep.TypeDecimal || f.Refers != "") {
		return nil, configError(part, "a column of this type does not say yes or no", "set Flag.Values")
	}
	return &flag{*cfg, f}, nil
}

// settable reports whether it is known what to write.
func (f *flag) settable() bool {
	switch {
	case f.Set != "", len(f.Values) > 0 && !f.Inverted:
		return true
	case len(f.Values) > 0:
		return false
	case f.Inverted:
		return f.field.Type == instep.TypeBool || f.field.Type == instep.TypeInt
	default:
		return f.field.Type != instep.TypeString
	}
}

// on reports whether a row has the status.
func (f *flag) on(row []any) bool {
	return f != nil && f.isSet(row[f.field.at]) != f.Inverted
}

func (f *flag) isSet(v any) bool {
	if v == nil {
		return false
	}
	got := f.field.decode(v)
	if len(f.Values) > 0 {
		return slices.Contains(f.Values, got.String())
	}
	if b, ok := got.AsBool(); ok {
		return b
	}
	if n, ok := got.AsInt(); ok {
		return n != 0
	}
	return strings.TrimSpace(got.String()) != ""
}

// value is what is written to give a row the status.
func (f *flag) value(now time.Time) (raw, error) {
	switch {
	case f.Set != "" || len(f.Values) > 0:
		return f.fixed()
	case f.field.Type == instep.TypeBool:
		return f.field.encodeBool(!f.Inverted), nil
	case f.field.Type == instep.TypeInt && f.Inverted:
		return "i0", nil
	case f.field.Type == instep.TypeInt:
		return "i1", nil
	case f.field.Type == instep.TypeDate:
		return raw("s" + now.In(f.field.zone).Format(time.DateOnly)), nil
	default:
		return f.field.encodeTime(now), nil
	}
}

// fixed is a text of the configuration, as the column holds it.
func (f *flag) fixed() (raw, error) {
	text := f.Set
	if text == "" {
		text = f.Values[0]
	}
	if f.field.Type == instep.TypeTime || f.field.Type == instep.TypeDate {
		return raw("s" + text), nil
	}
	return f.field.encode(f.field.decode(text))
}

// status tells what a row is: what is deleted is that before all, and what is
// hidden before what is out of use.
func (p *plan) status(row []any) instep.Status {
	switch {
	case p.deleted.on(row):
		return instep.Deleted
	case p.hidden.on(row):
		return instep.Hidden
	case p.inactive.on(row):
		return instep.Inactive
	default:
		return instep.Live
	}
}
