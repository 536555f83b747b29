package main

import (
	"bufio"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/instep-go/instep"
)

// tables are the statements that match two tables l and r with the columns id,
// k1, k2 and k3: rank by rank, those who share a key that is open still, and
// how many of each side they are.
func tables() []string {
	var all []string
	for rank := 1; rank <= 3; rank++ {
		for _, s := range []string{"l", "r"} {
			from := s
			if rank > 1 {
				from = fmt.Sprintf("%s%d", s, rank-1)
			}
			all = append(all, fmt.Sprintf("CREATE TABLE g%s%d AS SELECT k%d AS k, min(id) AS id, count(*) AS c FROM %s WHERE k%d <> '' GROUP BY k%d",
				s, rank, rank, from, rank, rank))
		}
		all = append(all, fmt.Sprintf("CREATE TABLE m%d AS SELECT gl%d.k AS k, gl%d.id AS lid, gr%d.id AS rid, gl%d.c AS lc, gr%d.c AS rc FROM gl%d JOIN gr%d ON gl%d.k = gr%d.k",
			rank, rank, rank, rank, rank, rank, rank, rank, rank, rank))
		for _, s := range []string{"l", "r"} {
			from := s
			if rank > 1 {
				from = fmt.Sprintf("%s%d", s, rank-1)
			}
			all = append(all, fmt.Sprintf("CREATE TABLE %s%d AS SELECT * FROM %s WHERE k%d NOT IN (SELECT k FROM m%d)", s, rank, from, rank, rank))
		}
	}
	return append(all,
		"CREATE TABLE pairs AS "+each("SELECT lid, rid, %d AS rank FROM m%d WHERE lc = 1 AND rc = 1"),
		"CREATE TABLE doubts AS SELECT l.id AS lid, r.id AS rid FROM l JOIN m3 ON l.k3 = m3.k JOIN r ON r.k3 = m3.k WHERE m3.lc > 1 OR m3.rc > 1",
	)
}

func each(part string) string {
	var parts []string
	for rank := 1; rank <= 3; rank++ {
		parts = append(parts, fmt.Sprintf(part, rank, rank))
	}
	return strings.Join(parts, " UNION ALL ")
}

// matchSQL runs the statements.
func (j *job) matchSQL(db *sql.DB) error {
	for _, stmt := range tables() {
		if _, err := db.Exec(stmt); err != nil {
			return fmt.Errorf("%s: %w", stmt, err)
		}
	}
	j.done("match")
	return nil
}

// readPairs counts what a database wrote to the file of pairs: it is not part
// of its time.
func (j *job) readPairs(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		left, rest, _ := strings.Cut(lines.Text(), ",")
		right, rank, ok := strings.Cut(rest, ",")
		if !ok || len(rank) != 1 || rank[0] < '1' || rank[0] > '3' {
			return errors.New("no pair: " + lines.Text())
		}
		j.pairs++
		j.ranks[rank[0]-'0']++
		j.sum += pairSum(left, right)
	}
	return nil
}

// countDoubts counts the left records that are in doubt.
func (j *job) countDoubts(db *sql.DB) error {
	return db.QueryRow("SELECT count(DISTINCT lid) FROM doubts").Scan(&j.doubts)
}

// quoted is the path of a register as SQL has it.
func quoted(j *job, s instep.Side) string {
	return "'" + strings.ReplaceAll(j.path(s), "'", "''") + "'"
}
