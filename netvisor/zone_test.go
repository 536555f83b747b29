package netvisor

import (
	"testing"
	"time"
	_ "time/tzdata" // so that the comparison does not depend on the machine
)

// TestZoneByRule compares the built-in rule with the zone database.
func TestZoneByRule(t *testing.T) {
	t.Parallel()
	rule := zoneByRule("Europe/Helsinki", "EET-2EEST,M3.5.0/3,M10.5.0/4", "EET", 2*time.Hour)
	known, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		t.Fatal(err)
	}
	for at := time.Date(1997, 1, 1, 0, 30, 0, 0, time.UTC); at.Year() < 2090; at = at.Add(17 * time.Hour) {
		if got, want := at.In(rule).String(), at.In(known).String(); got != want {
			t.Fatalf("%v is %s, and %s by the zone database", at, got, want)
		}
	}
	for year := 1997; year < 2090; year++ { // the hours around each change
		for _, month := range []time.Month{time.March, time.October} {
			for at := time.Date(year, month, 24, 0, 0, 0, 0, time.UTC); at.Month() == month; at = at.Add(30 * time.Minute) {
				if got, want := at.In(rule).String(), at.In(known).String(); got != want {
					t.Fatalf("%v is %s, and %s by the zone database", at, got, want)
				}
			}
		}
	}
}

func TestFilterTime(t *testing.T) {
	t.Parallel()
	zone := finnishTime()
	for _, tt := range []struct {
		name string
		at   time.Time
		want string
	}{
		{"winter", time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC), "2026-01-15T14:00:00"},
		{"summer", time.Date(2026, 7, 15, 12, 0, 0, 0, time.UTC), "2026-07-15T15:00:00"},
		{"before the repeated hour", time.Date(2026, 10, 24, 23, 59, 59, 0, time.UTC), "2026-10-25T02:59:59"},
		{"first pass", time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC), "2026-10-25T02:30:00"},
		{"second pass", time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC), "2026-10-25T02:30:00"},
		{"after it", time.Date(2026, 10, 25, 2, 0, 0, 0, time.UTC), "2026-10-25T04:00:00"},
		{"clocks put forward", time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC), "2026-03-29T04:00:00"},
	} {
		if got := filterTime(tt.at, zone, listFilter); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// TestFilterTimeMissesNothing: whatever changes at or after an instant has a
// local time that is not before the filter made of that instant.
func TestFilterTimeMissesNothing(t *testing.T) {
	t.Parallel()
	zone := finnishTime()
	for _, start := range []time.Time{
		time.Date(2026, 10, 24, 22, 0, 0, 0, time.UTC), time.Date(2026, 3, 28, 22, 0, 0, 0, time.UTC),
	} {
		for mark := start; mark.Before(start.Add(8 * time.Hour)); mark = mark.Add(7 * time.Minute) {
			filter := filterTime(mark, zone, listFilter)
			for change := mark; change.Before(mark.Add(4 * time.Hour)); change = change.Add(time.Minute) {
				if local := change.In(zone).Format(listFilter); local < filter {
					t.Fatalf("the filter %s of %v misses a change at %s, %v", filter, mark, local, change)
				}
			}
		}
	}
}
