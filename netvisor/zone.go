package netvisor

import (
	"encoding/binary"
	"time"
)

// Forms of the change filters. They hold a local time without zone.
const (
	listFilter     = "2006-01-02T15:04:05"
	extendedFilter = "2006-01-02T15:04"
)

// finnishTime returns Finland's time zone: as this machine knows it, else by
// the rule in force since 1996. Windows, and images without a zone database,
// know none; time/tzdata would mend that for 400 KB in every program.
func finnishTime() *time.Location {
	if zone, err := time.LoadLocation("Europe/Helsinki"); err == nil {
		return zone
	}
	return zoneByRule("Europe/Helsinki", "EET-2EEST,M3.5.0/3,M10.5.0/4", "EET", 2*time.Hour)
}

// zoneByRule returns a zone that follows a POSIX TZ rule at all times. It
// writes the smallest zone file (RFC 9636) that carries the rule: one type of
// local time, no transitions, and the rule as the footer.
func zoneByRule(name, rule, abbreviation string, offset time.Duration) *time.Location {
	header := make([]byte, 44)
	copy(header, "TZif2")
	binary.BigEndian.PutUint32(header[36:], 1)                           // types of local time
	binary.BigEndian.PutUint32(header[40:], uint32(len(abbreviation)+1)) // bytes of abbreviations
	block := binary.BigEndian.AppendUint32(header, uint32(offset/time.Second))
	block = append(block, 0, 0) // not daylight saving; abbreviation at 0
	block = append(block, abbreviation+"\x00"...)
	file := append(append([]byte{}, block...), block...)
	zone, err := time.LoadLocationFromTZData(name, append(file, "\n"+rule+"\n"...))
	if err != nil { // the file is a constant of this package; a test reads it
		panic(err)
	}
	return zone
}

// filterTime returns the local time to ask for so that no change at or after
// t is left out. A local time that the zone has twice, when its clocks are
// put back, is moved before both.
func filterTime(t time.Time, zone *time.Location, layout string) string {
	for range 3 {
		if !repeated(t.In(zone)) {
			break
		}
		t = t.Add(-time.Hour)
	}
	return t.In(zone).Format(layout)
}

// repeated reports whether another instant has the same local time as t.
func repeated(t time.Time) bool {
	wall := t.Format(time.DateTime)
	return t.Add(time.Hour).Format(time.DateTime) == wall || t.Add(-time.Hour).Format(time.DateTime) == wall
}
