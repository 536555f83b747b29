package netvisortest

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const maxList = 400 // idlist and codelist; vendor documentation

// params are query parameters by lower-case name. The vendor does not tell
// cases apart in names.
type params map[string]string

// readParams reads the query. Values that are not UTF-8 once decoded are taken
// for ISO-8859-15.
func readParams(r *http.Request) (params, *fault) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, invalid(textParameter, "?", "%")
	}
	p := make(params, len(values))
	for _, name := range slices.Backward(slices.Sorted(maps.Keys(values))) { // one of several spellings, always the same
		v := values[name][0]
		if !utf8.ValidString(v) {
			v = fromLatin([]byte(v), latin9)
		}
		p[strings.ToLower(name)] = v
	}
	return p, nil
}

// list splits a parameter at its commas, without empty items. A limit of 0 is
// none.
func (p params) list(name string, limit int) ([]string, *fault) {
	var out []string
	for v := range strings.SplitSeq(p[name], ",") {
		if v = strings.TrimSpace(v); v != "" {
			out = append(out, v)
		}
	}
	if limit > 0 && len(out) > limit {
		return nil, &fault{codeSize, textListSize, []any{name, limit}}
	}
	return out, nil
}

// keys reads a list of NetvisorKeys, each once.
func (p params) keys(name string, limit int) ([]int, *fault) {
	list, f := p.list(name, limit)
	if f != nil {
		return nil, f
	}
	out := make([]int, 0, len(list))
	for _, v := range list {
		k, err := strconv.Atoi(v)
		if err != nil || k < 0 {
			return nil, invalid(textParameter, name, v)
		}
		out = append(out, k)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// key reads the one NetvisorKey a parameter must have.
func (p params) key(name string) (int, *fault) {
	keys, f := p.keys(name, 0)
	if f == nil && len(keys) != 1 {
		f = invalid(textNoParameter, name)
	}
	if f != nil {
		return 0, f
	}
	return keys[0], nil
}

// number reads a whole number of at least low; a missing one is otherwise.
func (p params) number(name string, low, otherwise int) (int, *fault) {
	v, ok := p[name]
	if !ok || v == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(strings.TrimSpace(v))
	if err != nil || n < low {
		return 0, invalid(textParameter, name, v)
	}
	return n, nil
}

// flag reads 1 or 0, true or false. given tells whether it was there.
func (p params) flag(name string) (value, given bool, f *fault) {
	switch v := strings.ToLower(p[name]); v {
	case "":
		return false, false, nil
	case "1", "true":
		return true, true, nil
	case "0", "false":
		return false, true, nil
	default:
		return false, true, invalid(textParameter, name, v)
	}
}

const wallClock = "2006-01-02T15:04:05"

// since reads a time of change in one of the forms the vendor takes, and gives
// it as Finnish wall-clock text, which sorts by time. Empty means no filter.
func (p params) since(name string) (string, *fault) {
	v := strings.TrimSpace(p[name])
	if v == "" {
		return "", nil
	}
	for _, layout := range []string{wallClock, "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02"} {
		if t, err := time.Parse(layout, v); err == nil {
			return t.Format(wallClock), nil
		}
	}
	return "", invalid(textParameter, name, v)
}

// changedSince compares wall clocks, as a database without zones does: in the
// hour that autumn repeats, earlier and later cannot be told apart.
func changedSince(changed time.Time, wall string) bool {
	return wall == "" || changed.In(helsinki).Format(wallClock) >= wall
}

// contains tells whether s has part in it, whatever the case.
func contains(s, part string) bool {
	return strings.Contains(strings.ToLower(s), strings.ToLower(part))
}
