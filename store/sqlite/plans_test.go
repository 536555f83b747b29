package sqlite

import (
	"context"
	"database/sql"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// plans are all queries that a store asks with what SQLite must make of them:
// every table is entered through its key, and nothing is sorted.
var plans = map[string][]string{
	segmentList:    {"SEARCH seg USING COVERING INDEX seg_first (part=?)"},
	lastSegment:    {"SEARCH seg"}, // the last row alone
	updateSegment:  {"SEARCH seg USING INTEGER PRIMARY KEY (rowid=?)"},
	moveSegment:    {"SEARCH seg USING INTEGER PRIMARY KEY (rowid=?)"},
	deleteSegment:  {"SEARCH seg USING INTEGER PRIMARY KEY (rowid=?)"},
	packScan:       {"SEARCH link USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"},
	unitPage:       {"SEARCH unit USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"},
	markPage:       {"SEARCH mark USING PRIMARY KEY ((link,side)>(?,?) AND link<?)"},
	fencePage:      {"SEARCH fence USING PRIMARY KEY ((link,side)>(?,?) AND link<?)"},
	decisionPage:   {"SEARCH decision USING PRIMARY KEY (pair=? AND (lid,rid,verdict)>(?,?,?))"},
	deleteDecision: {"SEARCH decision USING PRIMARY KEY (pair=? AND lid=? AND rid=? AND verdict=?)"},
	countCommit:    {"SEARCH pair USING INTEGER PRIMARY KEY (rowid=?)"},
	deleteMark:     {"SEARCH mark USING PRIMARY KEY (link=? AND side=?)"},
	logOfAll:       {"SEARCH activity USING INTEGER PRIMARY KEY (rowid>?)"},
	logOfPair:      {"SEARCH activity USING INDEX activity_pair (pair=? AND rowid>?)"},
	logOfBlock:     {"SEARCH activity USING INDEX activity_block (block=?)"},
	updateLog:      {"SEARCH activity USING INTEGER PRIMARY KEY (rowid=?)"},
	deleteLog:      {"SEARCH activity USING INTEGER PRIMARY KEY (rowid=?)"},
	deleteUnit:     {"SEARCH unit USING INTEGER PRIMARY KEY (rowid=?)"},
}

func TestQueryPlans(t *testing.T) {
	t.Parallel()
	known, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	s, err := openWith(t, t.TempDir(), known)
	if err != nil {
		t.Fatal(err)
	}
	deletes := map[string][]string{
		"DELETE FROM link WHERE id IN (?,?)":    {"SEARCH link USING INTEGER PRIMARY KEY (rowid=?)"},
		"DELETE FROM mark WHERE link IN (?,?)":  {"SEARCH mark USING PRIMARY KEY (link=?)"},
		"DELETE FROM fence WHERE link IN (?,?)": {"SEARCH fence USING PRIMARY KEY (link=?)"},
		dropFences + "(?,?),(?,?))":             {"SEARCH fence USING PRIMARY KEY (link=? AND side=?)"},
		"SELECT id FROM link WHERE body = ?":    {"SCAN link"}, // so that this test can tell a scan
		"SELECT id, text FROM word ORDER BY id": {"SCAN word"},
	}
	points := map[string][]string{}
	for page := range pointPages {
		points[packPoints[page]] = []string{"SEARCH link USING INTEGER PRIMARY KEY (rowid=?)"}
		points[segmentPoints[page]] = []string{"SEARCH seg USING INTEGER PRIMARY KEY (rowid=?)"}
	}
	for _, list := range []map[string][]string{plans, deletes, points} {
		for query, want := range list {
			if got := planOf(t, s.db.conn, query); !slices.Equal(got, want) {
				t.Errorf("…%s\n got %q\nwant %q", query[max(0, len(query)-200):], got, want)
			}
		}
	}
}

// listSteps are about the list of arguments in a query and enter no table.
var listSteps = regexp.MustCompile(`^(CO-ROUTINE q|SCAN q|SCAN (\d+ )?CONSTANT ROWS?|LIST SUBQUERY \d+|SCAN \d+-ROW VALUES CLAUSE)$`)

// planOf returns the steps of a plan that have to do with tables.
func planOf(t *testing.T, conn *sql.Conn, query string) []string {
	t.Helper()
	args := make([]any, strings.Count(query, "?"))
	rows, err := conn.QueryContext(context.WithoutCancel(t.Context()), "EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	var steps []string
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		if !listSteps.MatchString(step) {
			steps = append(steps, step)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return steps
}
