package sqltable_test

import (
	"fmt"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/sqltable"
)

// benchRows is how many rows are read.
const benchRows = 20_000

func eachDialect(b *testing.B, run func(b *testing.B, w *world)) {
	for _, d := range []sqltable.Dialect{sqltable.SQLite, sqltable.PostgreSQL} {
		b.Run(d.String(), func(b *testing.B) { run(b, open(b, d)) })
	}
}

func BenchmarkRead(b *testing.B) {
	eachDialect(b, func(b *testing.B, w *world) {
		w.exec(fmt.Sprintf("INSERT INTO customers (code, name, credit, rank) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) SELECT 'C' || i, 'Acme ' || i, 12.5, i FROM n", benchRows))
		table := w.table(func(c *sqltable.Config) { c.PageSize = 1000 })
		for b.Loop() {
			if got, _, _ := w.walk(table, ""); len(got) != benchRows {
				b.Fatalf("read %d", len(got))
			}
		}
		b.ReportMetric(float64(b.N)*benchRows/b.Elapsed().Seconds(), "rows/s")
	})
}

func BenchmarkWrite(b *testing.B) {
	for _, what := range []string{"create", "update"} {
		b.Run(what, func(b *testing.B) { eachDialect(b, func(b *testing.B, w *world) { benchWrite(b, w, what) }) })
	}
}

func benchWrite(b *testing.B, w *world, what string) {
	table := w.table(nil)
	ops := make([]instep.Op, 100)
	for i := range ops {
		ops[i] = instep.Op{Action: instep.Create, Fields: fields("name", fmt.Sprint("Acme ", i), "rank", i)}
		if what == "update" {
			ops[i] = instep.Op{Action: instep.Update, Ref: w.ref(w.make(fmt.Sprint(i), "x")), Fields: fields("name", "Acme", "rank", i)}
		}
	}
	for b.Loop() {
		results, err := table.Write(b.Context(), ops)
		if err != nil || results[99].Err != nil {
			b.Fatal(err, results[99].Err)
		}
	}
	b.ReportMetric(float64(b.N*len(ops))/b.Elapsed().Seconds(), "rows/s")
}
