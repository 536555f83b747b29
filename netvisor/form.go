package netvisor

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/instep-go/instep"
)

// Written is the outcome of a write.
type Written struct {
	Key int64     // the record's NetvisorKey
	At  time.Time // the reply's TimeStamp; zero if it has none that can be read
}

// add sends a request that makes a new record, and reads the key it got.
func (c *Client) add(ctx context.Context, k *call, lookBy string) (Written, error) {
	k.effect = adds
	a, err := c.do(ctx, k)
	if err != nil {
		return Written{}, err
	}
	if key := newKey(a); key > 0 {
		return Written{Key: key, At: a.at}, nil
	}
	noun := k.op[strings.LastIndexByte(k.op, ' ')+1:]
	return Written{At: a.at}, &instep.Error{
		Kind: instep.Lost, Op: k.op, Err: errors.New("the reply says OK but does not name the new " + noun + "'s key"),
		Remedy: "look for the " + noun + " by " + lookBy + " before adding it again",
	}
}

// newKey returns the key that the reply of an add names, 0 if it names none.
func newKey(a answer) int64 {
	if len(a.keys) != 1 {
		return 0
	}
	key, err := parseWhole(a.keys[0])
	if err != nil {
		return 0
	}
	return key
}

// edit sends a request that sets absolute values of one record.
func (c *Client) edit(ctx context.Context, k *call, key int64) (Written, error) {
	if key <= 0 {
		return Written{}, &instep.Error{Kind: instep.Invalid, Op: k.op, Ref: k.ref, Err: errors.New("a key is a number above 0")}
	}
	k.effect = edits
	a, err := c.do(ctx, k)
	if err != nil {
		return Written{}, err
	}
	return Written{Key: key, At: a.at}, nil
}

// textRule is what the vendor asks of a text.
type textRule struct {
	element   string
	value     *instep.Opt[string]
	max       int
	mandatory bool
	country   bool // two letters of ISO 3166
}

var (
	errBlank   = errors.New("it is mandatory and may not be blank")
	errCountry = errors.New("a country is two letters of ISO 3166")
)

// checkTexts refuses the first text that breaks its rule.
func checkTexts(texts []textRule, refuse func(element string, err error) error) error {
	for _, t := range texts {
		s, _ := t.value.Get()
		switch err := checkText(s, t.max); {
		case t.mandatory && !t.value.IsKept() && strings.TrimSpace(s) == "":
			return refuse(t.element, errBlank)
		case err != nil:
			return refuse(t.element, err)
		case t.country && s != "" && !isCountry(s):
			return refuse(t.element, errCountry)
		}
	}
	return nil
}

func isCountry(s string) bool {
	return len(s) == 2 && 'A' <= s[0] && s[0] <= 'Z' && 'A' <= s[1] && s[1] <= 'Z'
}

// fillTexts makes texts ready for an add: what is blank is left out, because
// there is nothing to blank, and a mandatory one that is kept is cleared, so
// that checkTexts refuses it.
func fillTexts(texts []textRule) {
	for _, t := range texts {
		if s, set := t.value.Get(); !t.mandatory && (!set || s == "") {
			*t.value = instep.Opt[string]{}
		} else if t.mandatory && t.value.IsKept() {
			*t.value = instep.Clear[string]()
		}
	}
}

// dropCleared leaves out what is cleared, for an add.
func dropCleared[T any](opts ...*instep.Opt[T]) {
	for _, o := range opts {
		if o.IsCleared() {
			*o = instep.Opt[T]{}
		}
	}
}

// refuser returns what makes the error for an element of a request.
func refuser(op string, ref instep.Ref) func(element string, err error) error {
	return func(element string, err error) error {
		return &instep.Error{Kind: instep.Invalid, Op: op, Ref: ref, Field: element, Err: err}
	}
}

// elements writes values in one notation of numbers.
type elements struct{ point bool }

func (e elements) number(name string, o instep.Opt[instep.Decimal]) element {
	return field(name, o, func(d instep.Decimal) string { return formatDecimal(d, e.point) })
}

func (e elements) text(name string, o instep.Opt[string]) element {
	return field(name, o, func(s string) string { return s })
}

func (e elements) truth(name string, o instep.Opt[bool]) element {
	return field(name, o, formatBool)
}

// dimensions returns the cost objects, each an element of its own.
func dimensions(of []Dimension) []element {
	var out []element
	for _, d := range of {
		out = append(out, section("dimension",
			element{name: "dimensionname", text: d.Name},
			element{name: "dimensionitem", text: d.Item}))
	}
	return out
}

func checkDimensions(of []Dimension, refuse func(string, error) error) error {
	for _, d := range of {
		if err := errors.Join(checkText(d.Name, 0), checkText(d.Item, 0)); err != nil {
			return refuse("dimension", err)
		}
	}
	return nil
}
