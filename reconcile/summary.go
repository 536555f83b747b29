package reconcile

import (
	"encoding/json"
	"log/slog"

	"github.com/instep-go/instep"
)

// outcomes is the number of outcomes there are.
const outcomes = int(instep.Pending) + 1

// Counts counts records by outcome.
type Counts struct{ n [outcomes]int }

// Of returns the count of one outcome.
func (c Counts) Of(o instep.Outcome) int { return c.n[o] }

// Writes returns how many records are written: created,
// updated, deactivated and removed ones.
func (c Counts) Writes() int {
	return c.n[instep.Created] + c.n[instep.Updated] + c.n[instep.Deactivated] + c.n[instep.Removed]
}

// Held returns how many records wait for something: a person, or a change.
func (c Counts) Held() int {
	return c.n[instep.Unfit] + c.n[instep.Blocked] + c.n[instep.Review] + c.n[instep.Failed] + c.n[instep.Unknown]
}

func (c *Counts) add(o instep.Outcome, n int) { c.n[o] += n }

func (c *Counts) merge(d Counts) {
	for i, n := range d.n {
		c.n[i] += n
	}
}

// MarshalJSON writes an object with one member for each outcome that
// occurred.
func (c Counts) MarshalJSON() ([]byte, error) {
	m := map[string]int{}
	for i, n := range c.n {
		if n != 0 {
			m[instep.Outcome(i).String()] = n
		}
	}
	return json.Marshal(m)
}

// LogValue groups the outcomes that occurred.
func (c Counts) LogValue() slog.Value {
	var attrs []slog.Attr
	for i, n := range c.n {
		if n != 0 {
			attrs = append(attrs, slog.Int(instep.Outcome(i).String(), n))
		}
	}
	return slog.GroupValue(attrs...)
}

// Summary tells what a run did.
type Summary struct {
	Run    string        `json:"run"`
	Pairs  []PairSummary `json:"pairs"`
	Paused []Paused      `json:"-"` // pairs that were left alone, where others went on; the run's error says so too
}

// PairSummary tells what a run did with one pair.
type PairSummary struct {
	Name   string `json:"name"`
	Counts Counts `json:"counts"`
	Read   [2]int `json:"read"`   // records read, by Side
	Writes [2]int `json:"writes"` // writes done, by Side

	// Requests are those that went to the two systems, by Side.
	Requests [2]int `json:"requests"`

	Left int `json:"left"` // planned writes that were not begun: a limit, or the run was stopped
}
