package catalogue_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/examples/internal/catalogue"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// register is the register of one side as the engine sees it. A record's id is
// its place in the list.
type register struct {
	side    instep.Side
	parties []catalogue.Party
}

func (r *register) Traits() instep.Traits {
	return instep.Traits{System: r.side.String(), Entity: "customer", Snapshot: true}
}

func (r *register) Read(context.Context, instep.Cursor) (instep.Page, error) {
	page := instep.Page{Sweep: instep.Sweep{Complete: true}, Next: "end"}
	for i, p := range r.parties {
		id := p.VATNumber
		if r.side == instep.Right && p.BusinessID != "" || id == "" {
			id = p.BusinessID
		}
		if p.Private {
			id = ""
		}
		page.Records = append(page.Records, instep.Record{
			Ref: instep.Ref{System: r.side.String(), Entity: "customer", ID: fmt.Sprint(i)},
			Fields: instep.NewFields(
				instep.Field{Name: "number", Value: instep.String(p.Number)},
				instep.Field{Name: "id", Value: instep.String(typedID(id, p.Country))},
				instep.Field{Name: "name", Value: instep.String(p.Name)},
			),
		})
	}
	return page, nil
}

func (r *register) Write(context.Context, []instep.Op) ([]instep.Result, error) {
	return nil, errors.New("nothing is written here")
}

// typedID puts the letters of the country before an id that has none.
func typedID(id, country string) string {
	if country == "DK" && !strings.HasPrefix(strings.ToUpper(id), "DK") && id != "" {
		return "DK" + id
	}
	return id
}

var (
	finnishShape = regexp.MustCompile(`^(FI)?([0-9]{7,8})$`)
	danishShape  = regexp.MustCompile(`^DK([0-9]{8})$`)
	otherShape   = regexp.MustCompile(`^(SE|NO|EE|DE)[0-9]{9}`)
)

// idKey is the rule for business ids in its plainest form. What cannot be one
// is no key.
func idKey(typed string) (value string, strong bool) {
	id := strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(typed))
	if m := danishShape.FindStringSubmatch(id); m != nil && validDanish(m[1]) {
		return id, true
	}
	if m := finnishShape.FindStringSubmatch(id); m != nil {
		digits := strings.Repeat("0", 8-len(m[2])) + m[2]
		if strings.Trim(digits, "0") != "" && validFinnish(digits) {
			return "FI" + digits, true
		}
	}
	if otherShape.MatchString(id) {
		return id, false
	}
	return "", false
}

// validFinnish adds up with the check digit, which is part of the weights here.
func validFinnish(digits string) bool {
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2} {
		sum += w * int(digits[i]-'0')
	}
	return len(digits) == 8 && sum%11 != 1 && (11-sum%11)%11 == int(digits[7]-'0')
}

func validDanish(digits string) bool {
	if len(digits) != 8 {
		return false
	}
	sum := 0
	for i, w := range []int{2, 7, 6, 5, 4, 3, 2, 1} {
		sum += w * int(digits[i]-'0')
	}
	return sum%11 == 0
}

// keys is the vendors' cascade: the number, the business id, the name.
func keys(_ instep.Side, f instep.Fields, dst []instep.MatchKey) []instep.MatchKey {
	text := func(name string) string { s, _ := f.Get(name).AsString(); return s }
	if n := instep.Digits(text("number")); n != "" {
		dst = append(dst, instep.MatchKey{Rank: 1, Value: n, Weak: true})
	}
	if value, strong := idKey(text("id")); value != "" {
		dst = append(dst, instep.MatchKey{Rank: 2, Value: value, Strong: strong})
	}
	name := cases.Fold().String(norm.NFC.String(strings.Join(strings.Fields(text("name")), " ")))
	return append(dst, instep.MatchKey{Rank: 3, Value: name})
}

// verdicts has the engine match two registers.
type verdicts struct {
	left, right []catalogue.Party
	partner     map[int]int // of the left side's records
	asked       [2]map[int]string
}

func match(t *testing.T, left, right []catalogue.Party) *verdicts {
	t.Helper()
	name := instep.Rule{Name: "name", Left: instep.End{Field: "name"}, Right: instep.End{Field: "name"}}
	e, err := reconcile.New(memory.New(), []reconcile.Pair{{
		Name: "customers", Left: &register{instep.Left, left}, Right: &register{instep.Right, right},
		Mapping: instep.Mapping{Rules: []instep.Rule{name}}, Matcher: instep.MatcherFunc(keys), Flow: instep.ToRight,
	}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := e.Plan(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	v := &verdicts{left: left, right: right, partner: map[int]int{}, asked: [2]map[int]string{{}, {}}}
	for item := range plan.Items() {
		var l, r int
		_, noLeft := fmt.Sscan(item.Left.ID, &l)
		_, noRight := fmt.Sscan(item.Right.ID, &r)
		switch {
		case item.Outcome == instep.Review && noLeft == nil:
			v.asked[instep.Left][l] = item.Reason.Code
		case item.Outcome == instep.Review:
			v.asked[instep.Right][r] = item.Reason.Code
		case noLeft == nil && noRight == nil:
			v.partner[l] = r
		}
	}
	return v
}

// check compares the verdict on a record of a case with what the case says.
func (v *verdicts) check(t *testing.T, c *catalogue.Case, s instep.Side, i int) {
	t.Helper()
	mine, all := c.Rackbeat, v.left
	if s == instep.Right {
		mine, all = c.Netvisor, v.right
	}
	at := slices.Index(all, mine[i])
	if at < 0 {
		t.Errorf("%s: %q is not in the register", c.Kind, mine[i].Name)
		return
	}
	reason, asked := v.asked[s][at]
	switch {
	case i >= c.Together && asked != c.Asked:
		t.Errorf("%s: %s %q: asked %v %s, want %v", c.Kind, mine[i].Number, mine[i].Name, asked, reason, c.Asked)
	case i < c.Together && asked:
		t.Errorf("%s: %s %q waits for a person: %s", c.Kind, mine[i].Number, mine[i].Name, reason)
	}
	if s == instep.Right {
		return
	}
	partner, linked := v.partner[at]
	switch {
	case linked != (i < c.Together):
		t.Errorf("%s: %s %q: linked %v", c.Kind, mine[i].Number, mine[i].Name, linked)
	case linked && v.right[partner] != c.Netvisor[i]:
		t.Errorf("%s: %q is linked with %q", c.Kind, mine[i].Name, v.right[partner].Name)
	}
}

// TestVerdicts has the engine judge both registers by the vendors' rules: each
// case must end as it says, and none of the other parties may be in doubt.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		c := catalogue.NewSized(seed, catalogue.Sizes{Customers: 1200, Suppliers: 600})
		for name, r := range map[string]struct {
			left, right []catalogue.Party
			cases       []catalogue.Case
		}{
			"customers": {c.Rackbeat.Customers, c.Netvisor.Customers, catalogue.CustomerCases()},
			"suppliers": {c.Rackbeat.Suppliers, c.Netvisor.Suppliers, catalogue.SupplierCases()},
		} {
			t.Run(fmt.Sprint(name, seed), func(t *testing.T) {
				t.Parallel()
				v := match(t, r.left, r.right)
				for i := range r.cases {
					for j := range r.cases[i].Rackbeat {
						v.check(t, &r.cases[i], instep.Left, j)
					}
					for j := range r.cases[i].Netvisor {
						v.check(t, &r.cases[i], instep.Right, j)
					}
				}
				v.checkOthers(t)
			})
		}
	}
}

// checkOthers looks at the parties without a special case, which are those with
// numbers from 1000 on.
func (v *verdicts) checkOthers(t *testing.T) {
	t.Helper()
	right := map[string]int{}
	for i, p := range v.right {
		if len(p.Number) == 4 && p.Number[0] != '0' {
			right[p.Number] = i
		}
	}
	for i, p := range v.left {
		if len(p.Number) < 4 {
			continue
		}
		partner, linked := v.partner[i]
		want, both := right[p.Number]
		if reason, asked := v.asked[instep.Left][i]; asked || linked != both || both && partner != want {
			t.Errorf("%s %q: linked %v with %d, want %v with %d; asked %q", p.Number, p.Name, linked, partner, both, want, reason)
		}
	}
	for i, p := range v.right {
		if reason, asked := v.asked[instep.Right][i]; asked && right[p.Number] == i && len(p.Number) == 4 {
			t.Errorf("%s %q waits for a person: %s", p.Number, p.Name, reason)
		}
	}
}
