package rackbeat

import (
	"testing"
	"time"
)

func TestParseMoment(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]moment{
		"2025-01-08 10:30:00":           {time.Date(2025, 1, 8, 10, 30, 0, 0, time.UTC), false},
		"2025-01-08T10:30:00":           {time.Date(2025, 1, 8, 10, 30, 0, 0, time.UTC), false},
		"2025-01-08 10:30:00.250":       {time.Date(2025, 1, 8, 10, 30, 0, 250000000, time.UTC), false},
		"2018-01-01T18:30:00+01:00":     {time.Date(2018, 1, 1, 17, 30, 0, 0, time.UTC), true},
		"2018-01-01T18:30:00+0100":      {time.Date(2018, 1, 1, 17, 30, 0, 0, time.UTC), true},
		"2018-01-01 18:30:00+01:00":     {time.Date(2018, 1, 1, 17, 30, 0, 0, time.UTC), true},
		"2018-01-01T17:30:00Z":          {time.Date(2018, 1, 1, 17, 30, 0, 0, time.UTC), true},
		"2018-01-01T17:30:00.000000Z":   {time.Date(2018, 1, 1, 17, 30, 0, 0, time.UTC), true},
		"2018-01-01T17:30:00.123456789": {time.Date(2018, 1, 1, 17, 30, 0, 123456789, time.UTC), false},
	} {
		got, ok := parseMoment(text)
		if !ok || !got.t.Equal(want.t) || got.zoned != want.zoned {
			t.Errorf("%s is read as %+v (%v), want %+v", text, got, ok, want)
		}
	}
	for _, text := range []string{
		"", "2025-01-08", "10:30", "2025-13-08 10:30:00", "2025-02-30 10:30:00", "08.01.2025 10:30", "1736332200",
		"2025-01-08 10:30:00.00000000000000000000000000000000",
	} {
		if got, ok := parseMoment(text); ok {
			t.Errorf("%q is read as %+v", text, got)
		}
	}
}

// The zone for machines without a zone database agrees with the database.
func TestDanishRule(t *testing.T) {
	t.Parallel()
	rule := danishRule()
	known, err := time.LoadLocation("Europe/Copenhagen")
	if err != nil {
		t.Skip("this machine knows no zones")
	}
	for at := time.Date(2019, 12, 1, 0, 30, 0, 0, time.UTC); at.Year() < 2028; at = at.Add(59 * time.Minute) {
		if a, b := at.In(rule).Format(time.RFC3339), at.In(known).Format(time.RFC3339); a != b {
			t.Fatalf("%v is %s by the rule and %s by the database", at, a, b)
		}
	}
}

// Where clocks are put back, a mark lies before both hours of the same name.
func TestMomentLess(t *testing.T) {
	t.Parallel()
	zone := danishRule()
	for _, test := range []struct{ mark, want string }{
		{"2025-06-01 12:00:00", "2025-06-01 11:58:00"},
		{"2025-10-26 02:59:59", "2025-10-26 01:57:59"}, // the night that clocks go back
		{"2025-10-26 02:01:00", "2025-10-26 00:59:00"},
		{"2025-10-26 05:00:00", "2025-10-26 03:58:00"}, // near enough to be careful
		{"2025-10-26 12:00:00", "2025-10-26 11:58:00"},
		{"2025-03-30 03:10:00", "2025-03-30 03:08:00"}, // the night that clocks go forward
		{"2025-10-26T02:59:59+01:00", "2025-10-26 02:57:59"},
	} {
		m, ok := parseMoment(test.mark)
		if !ok {
			t.Fatal(test.mark)
		}
		if got := m.less(2*time.Minute, zone).t.Format(time.DateTime); got != test.want {
			t.Errorf("%s less 2 minutes is %s, want %s", test.mark, got, test.want)
		}
	}
}

// Texts without zone keep their order, also in an hour that the zone has not.
func TestMomentOrder(t *testing.T) {
	t.Parallel()
	early, _ := parseMoment("2025-03-30 02:50:00")
	late, _ := parseMoment("2025-03-30 03:05:00")
	if !early.before(late) || late.before(early) {
		t.Error("the order of the texts is not that of the moments")
	}
	zoned, _ := parseMoment("2025-03-30T03:05:00Z")
	if early.comparable(zoned) || !early.comparable(late) {
		t.Error("a time with zone can be compared with one without")
	}
}

func FuzzMoment(f *testing.F) {
	f.Add("2025-01-08 10:30:00")
	f.Add("2018-01-01T18:30:00+01:00")
	f.Fuzz(func(t *testing.T, text string) {
		m, ok := parseMoment(text)
		if !ok {
			return
		}
		form := "2006-01-02 15:04:05.999999999"
		if m.zoned {
			form = time.RFC3339Nano
		}
		again, ok := parseMoment(m.t.Format(form))
		if !ok || !again.t.Equal(m.t) || again.zoned != m.zoned {
			t.Fatalf("%q, read as %+v, is written as %s and read as %+v", text, m, m.t.Format(form), again)
		}
	})
}
