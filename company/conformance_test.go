package company_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/company"
	"github.com/instep-go/instep/connectortest"
)

// finnish returns the n-th business id whose check digit is right.
func finnish(n int) string {
	for base := 1_000_000; ; base++ {
		for digit := range 10 {
			id := fmt.Sprintf("%d%d", base, digit)
			if !company.IsFinnish(id) {
				continue
			}
			if n--; n == 0 {
				return id[:7] + "-" + id[7:]
			}
		}
	}
}

// danish returns the n-th CVR number that is no Finnish id as well.
func danish(n int) string {
	for number := 10_000_000; ; number++ {
		id := fmt.Sprint(number)
		if !company.IsDanish(id) || company.IsFinnish(id) {
			continue
		}
		if n--; n == 0 {
			return id
		}
	}
}

var (
	billing = company.Fields{Number: "number", BusinessID: "vat", Name: "name", Private: "person", Zip: "zip", Email: "mail", Phone: "tel"}
	stock   = company.Fields{Number: "no", BusinessID: "org", Name: "title", Private: "private", Zip: "postcode", Email: "email", Phone: "phone"}
)

// firm is a company as two systems have it: each with names of its own for the
// fields, and with what people write differently.
func firm(n int, id string) (left, right instep.Fields) {
	text := func(name, value string) instep.Field { return instep.Field{Name: name, Value: instep.String(value)} }
	left = instep.NewFields(text("number", fmt.Sprint(1000+n)), text("vat", id), text("name", fmt.Sprintf("Kahvila Yötön %d Oy", n)),
		instep.Field{Name: "person", Value: instep.Bool(false)}, text("zip", fmt.Sprintf("%05d", 100+n)),
		text("mail", fmt.Sprintf("posti%d@yoton.fi", n)), text("tel", fmt.Sprintf("040 %07d", 1234567+n)))
	right = instep.NewFields(instep.Field{Name: "no", Value: instep.Int(int64(1000 + n))}, text("org", strings.ReplaceAll(id, "-", "")),
		text("title", fmt.Sprintf(" KAHVILA  YO\u0308TO\u0308N %d OY", n)),
		instep.Field{Name: "private", Value: instep.Bool(false)}, text("postcode", fmt.Sprintf("FI-%05d", 100+n)),
		text("email", fmt.Sprintf("Posti%d@Yoton.fi", n)), text("phone", fmt.Sprintf("+358 40 %07d", 1234567+n)))
	return left, right
}

// person is the same for somebody private, with what may be a personal code
// where a firm has its id.
func person(n int) (left, right instep.Fields) {
	left, right = firm(n, fmt.Sprintf("131052-%03dT", n))
	return left.With("person", instep.Bool(true)), right.With("private", instep.Bool(true))
}

// only leaves of both sides the fields that one kind of key is made of.
func only(left, right string, sample func(n int) (l, r instep.Fields)) func(n int) (l, r instep.Fields) {
	return func(n int) (l, r instep.Fields) {
		l, r = sample(n)
		return instep.NewFields(instep.Field{Name: left, Value: l.Get(left)}), instep.NewFields(instep.Field{Name: right, Value: r.Get(right)})
	}
}

// TestConformance looks at the cascade with each of its options, with records
// that have everything and with those that have one thing alone.
func TestConformance(t *testing.T) {
	t.Parallel()
	finns := func(n int) (l, r instep.Fields) { return firm(n, finnish(n)) }
	samples := map[string]func(n int) (l, r instep.Fields){
		"Finnish firms": finns,
		"Danish firms":  func(n int) (l, r instep.Fields) { return firm(n, danish(n)) },
		"Swedish firms": func(n int) (l, r instep.Fields) { return firm(n, fmt.Sprintf("SE%010d01", 5560125790+n)) },
		"persons":       person,
		"by number":     only("number", "no", finns),
		"by id":         only("vat", "org", finns),
		"by name":       only("name", "title", finns),
	}
	for options, o := range map[string]company.Options{
		"careful": {}, "numbers trusted": {TrustNumbers: true}, "names proposed": {ProposeNames: true}, "alike proposed": {ProposeAlike: true},
		"all": {TrustNumbers: true, ProposeNames: true, ProposeAlike: true},
	} {
		for name, sample := range samples {
			t.Run(name+", "+options, func(t *testing.T) {
				t.Parallel()
				connectortest.TestMatcher(t, &connectortest.Pairing{Matcher: company.Cascade(billing, stock, o), Sample: sample}, nil)
			})
		}
	}
	for name, fields := range map[string][2]string{"mail": {"mail", "email"}, "phone": {"tel", "phone"}} {
		t.Run("by "+name, func(t *testing.T) {
			t.Parallel()
			m := company.Cascade(billing, stock, company.Options{ProposeAlike: true})
			connectortest.TestMatcher(t, &connectortest.Pairing{Matcher: m, Sample: only(fields[0], fields[1], finns)}, nil)
		})
	}
}

// TestSamplesHaveAllKeys keeps the samples from losing what the rules are to
// look at: both sides of a firm have the same key of every rank.
func TestSamplesHaveAllKeys(t *testing.T) {
	t.Parallel()
	m := company.Cascade(billing, stock, company.Options{ProposeAlike: true})
	left, right := firm(1, finnish(1))
	l, r := m.Keys(instep.Left, left, nil), m.Keys(instep.Right, right, nil)
	var ranks []uint8
	for _, k := range l {
		ranks = append(ranks, k.Rank)
	}
	want := []uint8{company.RankNumber, company.RankBusinessID, company.RankName, company.RankAlike, company.RankEmail, company.RankPhone}
	if diff := cmp.Diff(want, ranks) + cmp.Diff(l, r); diff != "" {
		t.Error(diff)
	}
}
