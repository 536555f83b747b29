package netvisor

import (
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/instep-go/instep"
)

func TestParseDecimal(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"42,5": "42.5", "25,0000": "25", "1,960000000000": "1.96", "244.12": "244.12", "0": "0", "-0,00": "0",
		"-1,5": "-1.5", ",5": "0.5", "5,": "5", "007": "7",
	} {
		if got, err := parseDecimal(in); err != nil || got.String() != want {
			t.Errorf("%q reads as %s, %v; want %s", in, got, err, want)
		}
	}
	for _, in := range []string{"", ",", "1,2,3", "1.234,5", "1,234.5", "1 234", "1e5", "1E5", "x", "--1", "0x1", "1,5 €", "\u0661"} {
		if got, err := parseDecimal(in); err == nil {
			t.Errorf("%q reads as %s", in, got)
		}
	}
}

// FuzzDecimal compares with math/big and checks that both notations read back.
func FuzzDecimal(f *testing.F) {
	for _, s := range []string{"42,5", "244.12", "-0,00", "1.234,5", "1e5", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := parseDecimal(s)
		if err != nil {
			return
		}
		want, ok := new(big.Rat).SetString(strings.Replace(s, ",", ".", 1))
		if !ok {
			t.Fatalf("%q was read as %s, and math/big cannot read it", s, d)
		}
		if got, _ := new(big.Rat).SetString(d.String()); got.Cmp(want) != 0 {
			t.Fatalf("%q was read as %s", s, d)
		}
		for _, point := range []bool{false, true} {
			if back, err := parseDecimal(formatDecimal(d, point)); err != nil || back != d {
				t.Fatalf("%s was written as %s and read as %s, %v", d, formatDecimal(d, point), back, err)
			}
		}
	})
}

func TestFormatDecimal(t *testing.T) {
	t.Parallel()
	d := instep.MustDecimal("-1234.5")
	if got := formatDecimal(d, false); got != "-1234,5" {
		t.Error(got)
	}
	if got := formatDecimal(d, true); got != "-1234.5" {
		t.Error(got)
	}
}

func TestParseBool(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]bool{
		"1": true, "True": true, "true": true, "Yes": true, "0": false, "False": false, "FALSE": false, "no": false,
	} {
		if got, err := parseBool(in); err != nil || got != want {
			t.Errorf("%q reads as %v, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "2", "kyllä", "-1"} {
		if _, err := parseBool(in); err == nil {
			t.Errorf("%q is taken for a truth value", in)
		}
	}
}

func TestParseTime(t *testing.T) {
	t.Parallel()
	zone := finnishTime()
	for in, want := range map[string]time.Time{
		"9.10.2013 13:42:50":        time.Date(2013, 10, 9, 10, 42, 50, 0, time.UTC),
		"09.01.2026 03:02:01":       time.Date(2026, 1, 9, 1, 2, 1, 0, time.UTC),
		"2026-01-09 12:00":          time.Date(2026, 1, 9, 10, 0, 0, 0, time.UTC),
		"2026-01-09":                time.Date(2026, 1, 8, 22, 0, 0, 0, time.UTC),
		"2026-07-09T12:00:00":       time.Date(2026, 7, 9, 9, 0, 0, 0, time.UTC),
		"2026-01-09T12:00:00+01:00": time.Date(2026, 1, 9, 11, 0, 0, 0, time.UTC),
		"2026-01-09T12:00:00.123Z":  time.Date(2026, 1, 9, 12, 0, 0, 123000000, time.UTC),
	} {
		if got, err := parseTime(in, zone); err != nil || !got.Equal(want) {
			t.Errorf("%q reads as %v, %v; want %v", in, got, err, want)
		}
	}
	for _, in := range []string{"", "yesterday", "31.2.2026 00:00:00", "1/2/2026"} {
		if got, err := parseTime(in, zone); err == nil {
			t.Errorf("%q reads as %v", in, got)
		}
	}
}
