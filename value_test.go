package instep_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
)

// someValues has one value of each type, and their neighbours: no two are
// equal.
func someValues() []instep.Value {
	line := instep.NewFields(
		instep.Field{Name: "näyte", Value: instep.String("Ærø")},
		instep.Field{Name: "qty", Value: instep.Number(instep.MustDecimal("1.5"))},
	)
	return []instep.Value{
		{}, instep.Null(), instep.String(""), instep.String("null"), instep.String("0"), instep.String("€ \x00 😀"),
		instep.Bool(false), instep.Bool(true), instep.Int(0), instep.Int(-1), instep.Int(1 << 62),
		instep.Number(instep.Decimal{}), instep.Number(instep.MustDecimal("-0.000001")),
		instep.Day(instep.Date{Year: 2026, Month: 2, Day: 28}), instep.Instant(time.Unix(0, 0)),
		instep.Instant(time.Date(2026, 3, 29, 3, 0, 0, 123456789, time.UTC)),
		instep.Reference(instep.Ref{System: "a", Entity: "b", ID: "c"}), instep.Reference(instep.Ref{System: "ab", ID: "c"}),
		instep.List(), instep.List(instep.Null()), instep.List(instep.String("a"), instep.String("b")), instep.List(instep.String("ab")),
		instep.List(instep.List(instep.String("ab"))), instep.Group(instep.Fields{}), instep.Group(line),
		instep.List(instep.Group(line), instep.Group(line)),
	}
}

func TestValuesAreEqualOnlyToThemselves(t *testing.T) {
	t.Parallel()
	values, again := someValues(), someValues()
	for i, v := range values {
		for j, w := range again {
			if (v == w) != (i == j) {
				t.Errorf("value %d == value %d is %t", i, j, v == w)
			}
			if equal := bytes.Equal(v.AppendCanonical(nil), w.AppendCanonical(nil)); equal != (i == j) {
				t.Errorf("canonical bytes of value %d and %d: equal is %t", i, j, equal)
			}
		}
	}
}

func TestValueJSONRoundTrip(t *testing.T) {
	t.Parallel()
	for i, v := range someValues() {
		if v.IsAbsent() {
			continue
		}
		data, err := json.Marshal(v)
		if err != nil {
			t.Errorf("value %d: %v", i, err)
			continue
		}
		var got instep.Value
		if err := json.Unmarshal(data, &got); err != nil || got != v {
			t.Errorf("value %d: %s came back as %v, %v", i, data, got, err)
		}
	}
}

func TestValueJSONRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"1.5", "1e3", `{"decimal":"1,5"}`, `{"decimal":"1","date":"x"}`, `{}`, `{"money":"1"}`, `{"date":"2026-02-30"}`,
		strings.Repeat("[", 40) + strings.Repeat("]", 40),
	} {
		var v instep.Value
		if err := json.Unmarshal([]byte(text), &v); err == nil {
			t.Errorf("%.40s was read as %v", text, v)
		}
	}
}

func TestValueAccess(t *testing.T) {
	t.Parallel()
	day := instep.Date{Year: 2026, Month: time.December, Day: 31}
	if got, ok := instep.Day(day).AsDate(); !ok || got != day {
		t.Errorf("date is %v, %t", got, ok)
	}
	at := time.Date(2026, 10, 25, 3, 30, 0, 5, time.FixedZone("EET", 2*3600))
	if got, ok := instep.Instant(at).AsTime(); !ok || !got.Equal(at) || got.Location() != time.UTC {
		t.Errorf("time is %v, %t", got, ok)
	}
	ref := instep.Ref{System: "netvisor", Entity: "product", ID: "Å/1"}
	if got, ok := instep.Reference(ref).AsRef(); !ok || got != ref {
		t.Errorf("ref is %v, %t", got, ok)
	}
	if d, ok := instep.Int(-7).AsDecimal(); !ok || d.String() != "-7" {
		t.Errorf("an int as decimal is %v, %t", d, ok)
	}
	if _, ok := instep.String("1").AsDecimal(); ok {
		t.Error("a text was taken for a decimal")
	}
}

func TestFields(t *testing.T) {
	t.Parallel()
	f := instep.NewFields(
		instep.Field{Name: "b", Value: instep.Int(1)}, instep.Field{Name: "a", Value: instep.Null()},
		instep.Field{Name: "b", Value: instep.Int(2)}, instep.Field{Name: "c"},
	)
	if got := f.String(); got != "{a: null, b: 2}" {
		t.Errorf("fields are %s", got)
	}
	g := f.With("a", instep.Value{}).With("z", instep.String("Ö"))
	if got := g.String(); got != "{b: 2, z: Ö}" || f.Len() != 2 {
		t.Errorf("With gave %s and left %s", got, f)
	}
	data, err := json.Marshal(g)
	var back instep.Fields
	if err != nil || json.Unmarshal(data, &back) != nil || !back.Equal(g) {
		t.Errorf("%s came back as %s", data, back)
	}
}

func TestDecimal(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"0": "0", "-0": "0", "000": "0", "0.000": "0", "1.500": "1.5", "+3": "3", ".5": "0.5", "5.": "5",
		"1.960000000000": "1.96", "-12.50": "-12.5", "1.5e3": "1500", "15E-4": "0.0015", "1e0": "1", "00012": "12",
		"123456789012345678901234567890.123456789": "123456789012345678901234567890.123456789",
	} {
		if d, err := instep.ParseDecimal(in); err != nil || d.String() != want {
			t.Errorf("%s is %s, %v; want %s", in, d, err, want)
		}
	}
	for _, in := range []string{"", "-", ".", "1,5", "1.2.3", "1 000", "0x1", "NaN", "1e999", "e5", "--1", strings.Repeat("1", 101)} {
		if d, err := instep.ParseDecimal(in); err == nil {
			t.Errorf("%q was read as %s", in, d)
		}
	}
}

func TestDecimalRoundAndCompare(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in     string
		places int
		want   string
		fixed  string
	}{
		{"1.005", 2, "1.01", "1.01"}, {"-1.005", 2, "-1.01", "-1.01"}, {"1.004", 2, "1", "1.00"},
		{"0.5", 0, "1", "1"}, {"-0.4", 0, "0", "0"}, {"99.995", 2, "100", "100.00"}, {"12.5", 4, "12.5", "12.5000"},
	}
	for _, tt := range tests {
		d := instep.MustDecimal(tt.in)
		if got := d.Round(tt.places).String(); got != tt.want {
			t.Errorf("%s to %d places is %s, want %s", tt.in, tt.places, got, tt.want)
		}
		if got := d.Fixed(tt.places); got != tt.fixed {
			t.Errorf("%s fixed to %d places is %s, want %s", tt.in, tt.places, got, tt.fixed)
		}
	}
	ascending := []string{"-10", "-9.99", "-0.1", "0", "0.01", "0.1", "1", "2", "10"}
	for i, a := range ascending {
		for j, b := range ascending {
			want := min(max(i-j, -1), 1)
			if got := instep.MustDecimal(a).Cmp(instep.MustDecimal(b)); got != want {
				t.Errorf("%s against %s is %d, want %d", a, b, got, want)
			}
		}
	}
}

// FuzzDecimal has math/big's rational numbers say what a decimal is.
func FuzzDecimal(f *testing.F) {
	for _, s := range []string{"0", "-12.50", "1e3", "1.5E-7", ".", "00.00", "1E100", "-9e99", "1e-100", "1e-101"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := instep.ParseDecimal(s)
		if err != nil {
			return
		}
		want, ok := rational(s)
		got, ok2 := rational(d.String())
		if !ok || !ok2 || want.Cmp(got) != 0 {
			t.Errorf("%q was read as %s", s, d)
		}
		if again := instep.MustDecimal(d.String()); again != d {
			t.Errorf("%s was read back as %s", d, again)
		}
	})
}

// FuzzValueJSON wants what can be read to be written and read back alike.
func FuzzValueJSON(f *testing.F) {
	for _, v := range someValues()[1:] {
		data, err := json.Marshal(v)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var v, again instep.Value
		if json.Unmarshal(data, &v) != nil {
			return
		}
		out, err := json.Marshal(v)
		if err != nil {
			t.Fatalf("%s cannot be written: %v", data, err)
		}
		if err := json.Unmarshal(out, &again); err != nil || again != v {
			t.Errorf("%s became %s: %s", data, out, cmp.Diff(v.String(), again.String()))
		}
	})
}
