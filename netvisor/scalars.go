package netvisor

import (
	"errors"
	"strings"
	"time"

	"github.com/instep-go/instep"
)

// What went wrong with a single value of a reply. The value itself is never
// part of an error.
var (
	errDecimal = errors.New("not a decimal number")
	errWhole   = errors.New("not a whole number")
	errBool    = errors.New("not a true-or-false value")
	errTime    = errors.New("not a time")
)

// parseDecimal reads a number with a comma or a point. The vendor's lists
// have up to twelve decimals: "1,960000000000".
func parseDecimal(s string) (instep.Decimal, error) {
	if strings.ContainsAny(s, "eE") || strings.Count(s, ",")+strings.Count(s, ".") > 1 {
		return instep.Decimal{}, errDecimal
	}
	d, err := instep.ParseDecimal(strings.Replace(s, ",", ".", 1))
	if err != nil {
		return instep.Decimal{}, errDecimal
	}
	return d, nil
}

// formatDecimal writes a number with a comma, as the documentation does, or
// with a point.
func formatDecimal(d instep.Decimal, point bool) string {
	if point {
		return d.String()
	}
	return strings.Replace(d.String(), ".", ",", 1)
}

// parseBool reads the forms of a truth value in use: 1 and 0, true and false,
// yes and no, in any case.
func parseBool(s string) (bool, error) {
	switch strings.ToLower(s) {
	case "1", "true", "yes":
		return true, nil
	case "0", "false", "no":
		return false, nil
	}
	return false, errBool
}

func formatBool(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

// replyTimes are the forms in which the vendor writes a time of its own zone:
// that of TimeStamp, that of LastChangedDate and the like.
var replyTimes = []string{
	"2.1.2006 15:04:05",
	"2.1.2006 15:04",
	"2006-01-02T15:04:05",
	"2006-01-02T15:04",
	"2006-01-02 15:04:05",
	"2006-01-02 15:04",
	"2.1.2006",
	time.DateOnly,
}

// parseTime reads a time of a reply. Unless it names its zone, it is one of
// the zone given.
func parseTime(s string, zone *time.Location) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	for _, layout := range replyTimes {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, errTime
}
