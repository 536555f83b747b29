package netvisor

import (
	"strconv"
	"strings"
	"time"

	"github.com/instep-go/instep"
)

// values reads typed values out of a record and keeps the first error. An
// element that is not there and one that is empty both read as nothing.
type values struct {
	zone *time.Location
	err  error
}

func (v *values) text(n *node, name string) string {
	if k := n.kid(name); k != nil {
		return k.text
	}
	return ""
}

func (v *values) decimal(n *node, name string) instep.Opt[instep.Decimal] {
	return optional(v, n.kid(name), parseDecimal)
}

func (v *values) truth(n *node, name string) instep.Opt[bool] {
	return optional(v, n.kid(name), parseBool)
}

func (v *values) time(n *node, name string) instep.Opt[time.Time] {
	return optional(v, n.kid(name), func(s string) (time.Time, error) { return parseTime(s, v.zone) })
}

// key reads a NetvisorKey or another whole number, 0 if there is none.
func (v *values) key(n *node, name string) int64 {
	key, _ := optional(v, n.kid(name), parseWhole).Get()
	return key
}

// attrKey reads the key that an element carries as an attribute.
func (v *values) attrKey(n *node, name string) int64 {
	text := n.attr(name)
	if text == "" {
		return 0
	}
	key, err := parseWhole(text)
	if err != nil && v.err == nil {
		v.err = unreadable(n, err)
	}
	return key
}

func parseWhole(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, errWhole
	}
	return n, nil
}

// optional reads one element's text; nothing is a kept Opt.
func optional[T any](v *values, n *node, parse func(string) (T, error)) instep.Opt[T] {
	if n == nil || n.text == "" {
		return instep.Opt[T]{}
	}
	value, err := parse(strings.TrimSpace(n.text))
	if err != nil {
		if v.err == nil {
			v.err = unreadable(n, err)
		}
		return instep.Opt[T]{}
	}
	return instep.Set(value)
}
