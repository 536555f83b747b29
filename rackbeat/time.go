package rackbeat

import (
	"encoding/json"
	"strings"
	"time"
)

// Time is a time in a reply.
type Time struct {
	Text string    // as the vendor wrote it
	At   time.Time // the instant; see [Options.ZonelessTimes] for texts without a zone
}

// MarshalJSON writes the text.
func (t Time) MarshalJSON() ([]byte, error) { return json.Marshal(t.Text) }

// maxTime is the longest text that is taken for a time.
const maxTime = 40

// moment is a time as the vendor wrote it. One without a zone is kept as if it
// were UTC: so moments stay in the order of their texts, also where a zone has
// an hour twice or not at all.
type moment struct {
	t     time.Time
	zoned bool
}

// The forms in which times were seen: with a zone in tests of public clients,
// without one in the vendor's documentation.
var (
	zonedForms    = []string{time.RFC3339, "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04:05Z0700"}
	zonelessForms = []string{time.DateTime, "2006-01-02T15:04:05"}
)

// parseMoment reads a text; ok is false if it is no time. Fractions of a
// second are read too.
func parseMoment(s string) (m moment, ok bool) {
	if len(s) > maxTime {
		return moment{}, false
	}
	for _, form := range zonelessForms {
		if t, err := time.Parse(form, s); err == nil {
			return moment{t: t}, true
		}
	}
	for _, form := range zonedForms {
		if t, err := time.Parse(form, s); err == nil {
			return moment{t: t, zoned: true}, true
		}
	}
	return moment{}, false
}

// momentOf returns when an attribute says that something happened; ok is false
// if it does not.
func momentOf(a Attr[Time]) (moment, bool) {
	t, ok := a.Get()
	if !ok {
		return moment{}, false
	}
	return parseMoment(t.Text)
}

// comparable reports whether it can be said which of two moments is later. It
// cannot between one with a zone and one without.
func (m moment) comparable(n moment) bool { return m.zoned == n.zoned }

// before reports whether m is earlier than n, which must be comparable.
func (m moment) before(n moment) bool { return m.t.Before(n.t) }

// in returns the instant, given the zone of moments without one.
func (m moment) in(zone *time.Location) time.Time {
	if m.zoned {
		return m.t
	}
	year, month, day := m.t.Date()
	hour, minute, second := m.t.Clock()
	return time.Date(year, month, day, hour, minute, second, m.t.Nanosecond(), zone)
}

// less returns the moment d earlier. Where a zone's clocks were put back near a
// moment without zone, the texts of that hour came twice, and the moment is
// moved before the first of them.
func (m moment) less(d time.Duration, zone *time.Location) moment {
	m.t = m.t.Add(-d)
	if m.zoned {
		return m
	}
	const near = 3 * time.Hour
	at := m.in(zone)
	_, early := at.Add(-near).Zone()
	_, late := at.Add(near).Zone()
	if late < early {
		m.t = m.t.Add(-time.Duration(early-late) * time.Second)
	}
	return m
}

// readTime reads the text of a time. Its instant is that of a zone 0 until
// settle is called. A date of zeros, which some databases give for none, is
// blank.
func readTime(data []byte) (Time, error) {
	if kindOf(data) != "string" {
		return Time{}, errForm
	}
	s, err := unquote(data)
	if err != nil {
		return Time{}, err
	}
	if s == "" || strings.HasPrefix(s, "0000-00-00") {
		return Time{}, errBlank
	}
	m, ok := parseMoment(s)
	if !ok {
		return Time{}, errForm
	}
	return Time{Text: s, At: m.t}, nil
}

// settle sets the instants of times that were read without a zone.
func settle(zone *time.Location, attrs ...*Attr[Time]) {
	for _, a := range attrs {
		if m, ok := momentOf(*a); ok {
			a.value.At = m.in(zone)
		}
	}
}
