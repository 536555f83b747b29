package matching_test

import (
	"context"
	"fmt"
	"iter"
	"log"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/matching"
	"github.com/instep-go/instep/reconcile"
)

// exampleRules are those of a pair of registers of customers, and what people call
// them.
func exampleRules() (m instep.Matcher, name func(rank uint8) string) {
	m = instep.Cascade(
		instep.ByField("number", "code", instep.MatchKey{}, instep.Digits),
		instep.ByField("vat", "business_id", instep.MatchKey{Strong: true}),
		instep.ByField("name", "title", instep.MatchKey{}, instep.Fold),
	)
	return m, func(rank uint8) string { return [...]string{"", "number", "business id", "name"}[rank] }
}

func ExampleRecords() {
	left := records("vat", "name", [][3]string{
		{"1", "1967543-8", "Kahvila Ääni Oy"},
		{"2", "", "Leipomo Ruis"},
		{"3", "", "Rakennus Koski"},
		{"4", "2412345-6", "Autokorjaamo"},
	})
	right := records("business_id", "title", [][3]string{
		{"17", "1967543-8", "KAHVILA  ÄÄNI"},
		{"18", "", "leipomo  ruis"},
		{"19", "", "Rakennus Koski"},
		{"20", "", "Rakennus koski"},
	})
	rules, name := exampleRules()
	res, err := matching.Records(context.Background(), rules, left, right)
	if err != nil {
		log.Fatal(err)
	}
	for f := range res.All(instep.Left) {
		switch f.State {
		case matching.Matched:
			fmt.Printf("%s = %s: %s\n", f.Record.ID, f.Partner.ID, reconcile.Text(f.Message(name)))
		case matching.InDoubt:
			fmt.Printf("%s: %s\n", f.Record.ID, reconcile.Text(f.Message(name)))
			for other := range f.Others() {
				fmt.Printf("  %s %s\n", other.Side, other.ID)
			}
		default:
			fmt.Printf("%s is on one side only\n", f.Record.ID)
		}
	}
	// Output:
	// 1 = 17: same business id
	// 2 = 18: same name
	// 3: several records on both sides have the same name; choose which belong together
	//   right 19
	//   right 20
	// 4 is on one side only
}

// records yields records with an id, a business id and a name.
func records(vat, name string, rows [][3]string) iter.Seq2[instep.Record, error] {
	return func(yield func(instep.Record, error) bool) {
		for _, r := range rows {
			rec := instep.Record{Ref: instep.Ref{ID: r[0]}, Fields: instep.NewFields(
				instep.Field{Name: vat, Value: instep.String(r[1])},
				instep.Field{Name: name, Value: instep.String(r[2])},
			)}
			if !yield(rec, nil) {
				return
			}
		}
	}
}

// Rows that are no records need no more than their keys.
func ExampleNew() {
	join := matching.New()
	for _, row := range [][2]string{{"A", "anna@example.com"}, {"B", "bo@example.com"}, {"C", ""}} {
		join.Side(instep.Left).Add(row[0], instep.MatchKey{Rank: 1, Value: row[1]})
	}
	for _, row := range [][2]string{{"7", "bo@example.com"}, {"8", "bo@example.com"}, {"9", "anna@example.com"}} {
		join.Side(instep.Right).Add(row[0], instep.MatchKey{Rank: 1, Value: row[1]})
	}
	res, err := join.Resolve()
	if err != nil {
		log.Fatal(err)
	}
	for f := range res.All(instep.Left) {
		fmt.Printf("%s: %s %q %q\n", f.Record.ID, f.State, f.Partner.ID, f.Code)
	}
	for _, c := range res.Counts() {
		fmt.Printf("%s %q: %d and %d\n", c.State, c.Code, c.Left, c.Right)
	}
	// Output:
	// A: matched "9" ""
	// B: in doubt "" "ambiguous"
	// C: alone "" ""
	// alone "": 1 and 0
	// matched "": 1 and 1
	// in doubt "ambiguous": 1 and 2
}
