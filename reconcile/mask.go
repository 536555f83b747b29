package reconcile

import (
	"cmp"
	"slices"
	"strings"

	"github.com/instep-go/instep"
)

// mapsField reports whether a rule is about the field of side s.
func (p *pair) mapsField(s instep.Side, field string) bool {
	for i := range p.rules {
		if end := p.rules[i].End(s); field != "" && (end.Field == field || slices.Contains(end.Also, field)) {
			return true
		}
	}
	return false
}

// masked returns the error of a write without what the vendor repeats of the
// values that were sent: errors go to logs, and values may be of persons. A
// field that the mapping does not know is left out, too.
func (ps *pass) masked(s instep.Side, op *instep.Op, err error) error {
	e := asError(err)
	if e == nil || e.Answer == "" && (e.Field == "" || ps.pair.mapsField(s, e.Field)) {
		return err
	}
	clean := *e
	if !ps.pair.mapsField(s, e.Field) {
		clean.Field = ""
	}
	if clean.Answer != "" {
		clean.Answer = maskIn(clean.Answer, textsOf(op))
	}
	return &clean
}

// textsOf returns the values of an operation that people could recognise: whole
// ones and their words, the longest first.
func textsOf(op *instep.Op) []string {
	const shortest = 3 // in bytes; what is shorter says little of anybody
	var texts []string
	add := func(f instep.Fields) {
		for _, v := range f.All() {
			if v.IsBlank() || v.Type() == instep.TypeBool {
				continue
			}
			for _, text := range append(strings.Fields(v.String()), strings.TrimSpace(v.String())) {
				if len(text) >= shortest {
					texts = append(texts, text)
				}
			}
		}
	}
	add(op.Fields)
	if op.Current != nil {
		add(op.Current.Fields)
	}
	slices.SortFunc(texts, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	return slices.Compact(texts)
}

// maskIn takes texts out of an answer, whatever their case.
func maskIn(answer string, texts []string) string {
	for _, text := range texts {
		for from := 0; ; {
			at := indexFold(answer[from:], text)
			if at < 0 {
				break
			}
			at += from
			answer = answer[:at] + "…" + answer[at+len(text):]
			from = at + len("…")
		}
	}
	return answer
}

// indexFold is strings.Index without regard to the case of letters whose two
// cases are as long as each other.
func indexFold(s, text string) int {
	for i := 0; i+len(text) <= len(s); i++ {
		if strings.EqualFold(s[i:i+len(text)], text) {
			return i
		}
	}
	return -1
}
