package main

import (
	"encoding/json"
	"io"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// jsonLines writes one JSON object a line. The member "type" says which of the
// types of this file it is.
type jsonLines struct {
	e      *json.Encoder
	labels labels
}

func newJSONLines(w io.Writer, labels labels) *jsonLines {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return &jsonLines{e, labels}
}

// write ignores errors: who closed the pipe does not want to know.
func (j *jsonLines) write(v any) { _ = j.e.Encode(v) }

// itemLine is one record, or pair of records, of the plan.
type itemLine struct {
	Type     string         `json:"type"` // "item"; "left out" if it no longer holds of a saved plan
	Register string         `json:"register"`
	Outcome  instep.Outcome `json:"outcome"`
	System   string         `json:"system"`          // that is written, or whose record it is about
	Left     string         `json:"left,omitempty"`  // "rackbeat/product/AB-100"
	Right    string         `json:"right,omitempty"` // "netvisor/product/31"
	Code     string         `json:"code,omitempty"`
	Name     string         `json:"name,omitempty"`
	Matched  []string       `json:"matched,omitempty"` // where two meet: the keys they have in common
	Fields   []fieldLine    `json:"fields,omitempty"`
	Reason   instep.Message `json:"reason"`
	Text     string         `json:"text,omitempty"` // the reason in English
	Stands   bool           `json:"stands,omitempty"`
	Later    bool           `json:"later,omitempty"` // left for a later run by -limit or -only
}

// fieldLine is one field, with values in the form of instep.Value. A member
// that is missing is not known.
type fieldLine struct {
	Name string       `json:"name"`
	From instep.Value `json:"from,omitzero"`
	To   instep.Value `json:"to,omitzero"`
}

func (j *jsonLines) plan(p *reconcile.Plan, values savedValues) {
	for it := range p.Items() {
		if it.Outcome == instep.InStep || it.Outcome == instep.Linked {
			continue // counted in the summary
		}
		j.item("item", values.fill(it))
	}
	for _, g := range p.Guards() {
		j.write(guardLine{
			Type: "guard", Register: g.Pair, System: systemIDs[g.Side], Count: g.Count, Limit: g.Limit,
			Reason: g.Message, Text: reasonText(g.Message),
		})
	}
}

// leftOut writes what no longer holds of a saved plan.
func (j *jsonLines) leftOut(ops []reconcile.SavedOp, values savedValues) {
	for _, op := range ops {
		j.item("left out", savedItem(op, values))
	}
}

func (j *jsonLines) item(kind string, it reconcile.Item) {
	line := itemLine{
		Type: kind, Register: it.Pair, Outcome: it.Outcome, System: systemOf(it, it.Side),
		Left: refText(it.Left), Right: refText(it.Right), Code: j.labels.label(it), Name: nameOf(it, j.labels),
		Matched: it.Matched, Reason: it.Reason, Text: reasonText(it.Reason), Stands: it.Stands, Later: it.Skipped,
	}
	for _, c := range it.Fields {
		line.Fields = append(line.Fields, fieldLine{c.Rule, c.From, c.To})
	}
	j.write(line)
}

// guardLine is a limit that the plan goes beyond.
type guardLine struct {
	Type     string         `json:"type"` // "guard"
	Register string         `json:"register"`
	System   string         `json:"system"`
	Count    int            `json:"count"`
	Limit    int            `json:"limit"`
	Reason   instep.Message `json:"reason"`
	Text     string         `json:"text"`
}

// eventLine is something that happened.
type eventLine struct {
	Type     string   `json:"type"` // "read", "recovering", "wrote", "held", "paused", "edited"
	Register string   `json:"register,omitempty"`
	System   string   `json:"system,omitempty"`
	Left     string   `json:"left,omitempty"`
	Right    string   `json:"right,omitempty"`
	Action   string   `json:"action,omitempty"`
	Outcome  string   `json:"outcome,omitempty"`
	Fields   []string `json:"fields,omitempty"`
	Records  int      `json:"records,omitempty"`
	Seconds  float64  `json:"seconds,omitempty"` // how long a recovery may wait
	Text     string   `json:"text,omitempty"`
	Error    string   `json:"error,omitempty"`
}

func (j *jsonLines) edited(left, right int) {
	j.write(eventLine{Type: "edited", System: "rackbeat", Records: left})
	j.write(eventLine{Type: "edited", System: "netvisor", Records: right})
}

func (j *jsonLines) event(e reconcile.Event) {
	switch e := e.(type) {
	case reconcile.PageRead:
		j.write(eventLine{Type: "read", Register: e.Pair, System: systemIDs[e.Side], Records: e.Read})
	case reconcile.Recovering:
		j.write(eventLine{Type: "recovering", Register: e.Pair, System: systemIDs[e.Side], Records: e.Writes, Seconds: e.Wait.Seconds()})
	case reconcile.Wrote:
		line := eventLine{
			Type: "wrote", Register: e.Pair, System: systemIDs[e.Side], Left: refText(e.Left), Right: refText(e.Right),
			Action: e.Action.String(), Outcome: e.Outcome.String(), Fields: e.Fields,
		}
		if e.Err != nil {
			line.Error = sentence(e.Err)
		}
		j.write(line)
	case reconcile.Paused:
		j.write(eventLine{Type: "paused", Register: e.Pair, System: systemIDs[e.Side], Error: sentence(e.Err)})
	case reconcile.Held:
		j.write(eventLine{
			Type: "held", Register: e.Pair, Left: refText(e.Left), Right: refText(e.Right),
			Outcome: e.Outcome.String(), Text: reasonText(e.Message),
		})
	}
}

// summaryLine is the last line.
type summaryLine struct {
	Type      string                      `json:"type"` // "summary"
	Applied   bool                        `json:"applied"`
	Run       string                      `json:"run,omitempty"`
	Registers map[string]reconcile.Counts `json:"registers"` // records by outcome
	Writes    map[string]int              `json:"writes"`    // writes done, by system
	Later     int                         `json:"later"`     // planned writes that were not begun
	Requests  requests                    `json:"requests"`  // attempts on the wire, to both systems
	Error     string                      `json:"error,omitempty"`
}

func (j *jsonLines) done(r *result) {
	line := summaryLine{
		Type: "summary", Applied: r.set.writes() && !r.guarded, Requests: r.requests,
		Registers: map[string]reconcile.Counts{}, Writes: map[string]int{},
	}
	for _, reg := range r.set.registers {
		line.Registers[reg.name] = r.countsOf(reg)
	}
	if r.plan != nil {
		line.Run = r.plan.Run
	}
	for _, p := range r.summary.Pairs {
		for side, n := range p.Writes {
			line.Writes[systemIDs[side]] += n
		}
		line.Later += p.Left
	}
	if r.err != nil {
		line.Error = sentence(r.err)
	}
	j.write(line)
}
