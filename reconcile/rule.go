package reconcile

import (
	"errors"
	"fmt"
	"slices"

	"github.com/instep-go/instep"
)

// rule is a mapping rule with its transforms looked up.
type rule struct {
	instep.Rule
	index     int
	via       [2][]instep.Transform
	listCodes map[string]string // owner's code → the other side's, where List is set
	prefix    string            // what is hashed before its values
	coarse    instep.Side       // the side whose codes are the shared form of a list
}

func newRule(index int, r instep.Rule, t instep.Transforms) rule {
	out := rule{Rule: r, index: index, prefix: fieldPrefix(r.Name), coarse: instep.Right}
	for _, s := range sides {
		for _, name := range r.End(s).Via {
			out.via[s] = append(out.via[s], t[name])
		}
	}
	if r.List == nil {
		return out
	}
	if r.Owner == instep.RightOwns {
		out.coarse = instep.Left
	}
	out.listCodes = make(map[string]string, len(r.List.Pairs))
	for _, p := range r.List.Pairs {
		fine, coarse := out.codes(p)
		if _, taken := out.listCodes[fine]; !taken {
			out.listCodes[fine] = coarse
		}
	}
	return out
}

// End returns the rule's end on side s. It is asked for with every field of
// every record, and Rule.End copies.
func (r *rule) End(s instep.Side) *instep.End {
	if s == instep.Left {
		return &r.Left
	}
	return &r.Right
}

func (r *rule) codes(p instep.ListPair) (fine, coarse string) {
	if r.coarse == instep.Right {
		return p.Left, p.Right
	}
	return p.Right, p.Left
}

func (r *rule) defaultCode(s instep.Side) string {
	if s == instep.Left {
		return r.List.LeftDefault
	}
	return r.List.RightDefault
}

var (
	errUnlisted  = errors.New("the entry is in no pair of the list mapping")
	errListText  = errors.New("an entry of a list must be a text")
	errNotNumber = errors.New("the id it refers to is not a number")
)

// read brings a value of side s into the shared form.
func (r *rule) read(s instep.Side, v instep.Value) (instep.Value, error) {
	for _, t := range r.via[s] {
		if v.IsAbsent() || v.Type() == instep.TypeNull {
			break
		}
		var err error
		if v, err = t.Read(v); err != nil {
			return instep.Value{}, err
		}
	}
	if r.List != nil && s != r.coarse {
		return r.toCoarse(v)
	}
	return v, nil
}

func (r *rule) toCoarse(v instep.Value) (instep.Value, error) {
	if v.IsBlank() {
		if d := r.defaultCode(r.coarse); d != "" && !v.IsAbsent() {
			return instep.String(d), nil
		}
		return v, nil
	}
	code, ok := v.AsString()
	if !ok {
		return instep.Value{}, errListText
	}
	if mapped, ok := r.listCodes[code]; ok {
		return instep.String(mapped), nil
	}
	if d := r.defaultCode(r.coarse); d != "" {
		return instep.String(d), nil
	}
	if r.List.Same {
		return v, nil
	}
	return instep.Value{}, errUnlisted
}

// write brings a value of the shared form into that of side s.
func (r *rule) write(s instep.Side, v instep.Value) (instep.Value, error) {
	if r.List != nil && s != r.coarse {
		var err error
		if v, err = r.fromCoarse(v); err != nil {
			return instep.Value{}, err
		}
	}
	for _, t := range slices.Backward(r.via[s]) {
		if v.IsAbsent() || v.Type() == instep.TypeNull {
			break
		}
		var err error
		if v, err = t.Write(v); err != nil {
			return instep.Value{}, err
		}
	}
	return v, nil
}

func (r *rule) fromCoarse(v instep.Value) (instep.Value, error) {
	code, ok := v.AsString()
	if !ok {
		return v, nil
	}
	for _, p := range r.List.Pairs {
		if fine, coarse := r.codes(p); coarse == code {
			return instep.String(fine), nil
		}
	}
	if r.List.Same {
		return v, nil
	}
	if d := r.defaultCode(r.coarse.Other()); d != "" {
		return instep.String(d), nil
	}
	return instep.Value{}, errUnlisted
}

// ruleMatcher gives the keys of the rules that have Match set: the shared
// form of their fields, as text.
func ruleMatcher(rules []rule) instep.Matcher {
	return instep.MatcherFunc(func(s instep.Side, f instep.Fields, dst []instep.MatchKey) []instep.MatchKey {
		for i := range rules {
			r := &rules[i]
			if r.Match == nil {
				continue
			}
			v, err := r.read(s, r.fromFields(s, f))
			if err != nil || v.IsBlank() {
				continue
			}
			dst = append(dst, r.matchKey(v))
		}
		return dst
	})
}

// ruleKeys is what a ruleMatcher gives for values in the shared form, by rule.
func (p *pair) ruleKeys(values []instep.Value, dst []instep.MatchKey) []instep.MatchKey {
	for i := range p.rules {
		if r := &p.rules[i]; r.Match != nil && !values[i].IsBlank() {
			dst = append(dst, r.matchKey(values[i]))
		}
	}
	return dst
}

func (r *rule) matchKey(v instep.Value) instep.MatchKey {
	return instep.MatchKey{Rank: r.Match.Rank, Value: v.String(), Strong: r.Match.Strong, Propose: r.Match.Propose, Weak: r.Match.Weak}
}

// fit checks a value against what side s takes for the field, in terms a
// person can act on. It returns nil if the value fits.
func (r *rule) fit(info *instep.FieldInfo, v instep.Value, lists map[string]map[string]bool) *instep.Message {
	if v.IsBlank() {
		if info.Required {
			return r.unfit("field_required", info)
		}
		return nil
	}
	if info.MaxLen > 0 {
		if s, ok := v.AsString(); ok && runes(s) > info.MaxLen {
			return r.unfit("field_too_long", info, arg("max", fmt.Sprint(info.MaxLen)))
		}
	}
	if info.Decimals > 0 {
		if d, ok := v.AsDecimal(); ok && d.Places() > info.Decimals {
			return r.unfit("field_too_precise", info, arg("max", fmt.Sprint(info.Decimals)))
		}
	}
	if items := lists[info.List]; items != nil && !info.Open {
		if s, ok := v.AsString(); ok && !items[s] {
			return r.unfit("field_not_listed", info, arg("list", info.List), arg("entry", s))
		}
	}
	return nil
}

func (r *rule) unfit(code string, info *instep.FieldInfo, args ...instep.Arg) *instep.Message {
	args = append([]instep.Arg{arg("rule", r.Name), arg("field", info.Name)}, args...)
	if info.Remedy != "" {
		args = append(args, arg("remedy", info.Remedy))
	}
	return &instep.Message{Code: code, Args: args}
}

func arg(name, value string) instep.Arg { return instep.Arg{Name: name, Value: value} }

func runes(s string) int {
	n := 0
	for range s {
		n++
	}
	return n
}
