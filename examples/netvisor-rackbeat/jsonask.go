package main

import (
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// reviewLine is a case that waits for a person.
type reviewLine struct {
	Type        string           `json:"type"` // "review"
	ID          string           `json:"id"`   // to answer it by
	Register    string           `json:"register"`
	System      string           `json:"system"` // whose record it is about
	Reason      instep.Message   `json:"reason"`
	Text        string           `json:"text"`
	Left        *recordLine      `json:"left,omitempty"`
	Right       *recordLine      `json:"right,omitempty"`
	Candidates  []candidateLine  `json:"candidates,omitempty"`
	Differences []differenceLine `json:"differences,omitempty"` // between left and right
	With        []string         `json:"with,omitempty"`        // other reviews that an answer may settle as well
	Answers     []choice         `json:"answers"`
}

// recordLine is a record of a review.
type recordLine struct {
	Ref    string `json:"ref"`
	Status string `json:"status"`
	Code   string `json:"code,omitempty"`
	Name   string `json:"name,omitempty"`
}

// candidateLine is a record that the one of a review may belong with.
type candidateLine struct {
	recordLine
	Differences []differenceLine `json:"differences,omitempty"`
}

func differencesOf(all []reconcile.Difference) []differenceLine {
	var lines []differenceLine
	for _, d := range all {
		lines = append(lines, differenceLine{d.Rule, d.Left, d.Right})
	}
	return lines
}

// differenceLine is a field in which two records differ. A member that is
// missing is not known.
type differenceLine struct {
	Name  string       `json:"name"`
	Left  instep.Value `json:"left,omitzero"`
	Right instep.Value `json:"right,omitzero"`
}

// countLine tells how many there are of something.
type countLine struct {
	Type    string `json:"type"` // "more reviews", "exported", "imported"
	Count   int    `json:"count"`
	Already int    `json:"already,omitempty"` // of an import: linked before
}

func (j *jsonLines) reviews(shown []reconcile.Review, more int) {
	for i := range shown {
		r := &shown[i]
		line := reviewLine{
			Type: "review", ID: r.ID, Register: r.Pair, System: systemIDs[r.Side], Reason: r.Message, Text: reasonText(r.Message),
			Left: recordOf(&r.Left), Right: recordOf(&r.Right), Answers: choices(r),
		}
		for k := range r.Candidates {
			c := &r.Candidates[k]
			line.Candidates = append(line.Candidates, candidateLine{*recordOf(&c.Record), differencesOf(c.Differences)})
		}
		line.Differences, line.With = differencesOf(r.Differences), r.With
		j.write(line)
	}
	if more > 0 {
		j.write(countLine{Type: "more reviews", Count: more})
	}
}

func recordOf(r *instep.Record) *recordLine {
	if r.Ref.ID == "" {
		return nil
	}
	return &recordLine{r.Ref.String(), r.Status.String(), codeField(r), textOf(r, "name")}
}

// answerLine is an answer that was taken.
type answerLine struct {
	Type   string `json:"type"` // "answered"
	ID     string `json:"id"`
	Answer string `json:"answer"`
}

func (j *jsonLines) answered(taken []answer) {
	for _, a := range taken {
		j.write(answerLine{"answered", a.id, a.String()})
	}
}

// whyLine is what is known of a record.
type whyLine struct {
	Type     string            `json:"type"` // "why"
	Register string            `json:"register"`
	Ref      string            `json:"ref"`
	Linked   string            `json:"linked,omitempty"`
	Rule     string            `json:"rule,omitempty"` // that joined the two
	State    instep.Outcome    `json:"state"`
	Reason   instep.Message    `json:"reason"`
	Text     string            `json:"text,omitempty"`
	Due      time.Time         `json:"due,omitzero"`
	Review   string            `json:"review,omitempty"`
	Drifted  []string          `json:"drifted,omitempty"`
	Decided  []decisionLine    `json:"decided,omitempty"`
	History  []instep.Activity `json:"history,omitempty"` // newest first
}

// decisionLine is what a person decided about a record.
type decisionLine struct {
	Left    string         `json:"left,omitempty"` // ids
	Right   string         `json:"right,omitempty"`
	Verdict instep.Verdict `json:"verdict"`
	By      string         `json:"by"`
	At      time.Time      `json:"at"`
}

func (j *jsonLines) explained(all []reconcile.Explanation) {
	for i := range all {
		x := &all[i]
		line := whyLine{
			Type: "why", Register: x.Pair, Ref: x.Ref.String(), Linked: refText(x.Other), Rule: x.Rule, State: x.State,
			Reason: x.Message, Text: reasonText(x.Message), Due: x.Due, Review: x.Review, Drifted: x.Drifted, History: x.History,
		}
		for _, d := range x.Decisions {
			line.Decided = append(line.Decided, decisionLine{d.Left, d.Right, d.Verdict, d.By, d.At})
		}
		j.write(line)
	}
}

func (j *jsonLines) exported(links int) { j.write(countLine{Type: "exported", Count: links}) }

func (j *jsonLines) imported(sum reconcile.Imported) {
	j.write(countLine{Type: "imported", Count: sum.Linked, Already: sum.Already})
}
