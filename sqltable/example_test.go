package sqltable_test

import (
	"context"
	"database/sql"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/sqltable"
	"github.com/instep-go/instep/store/memory"
)

// A shop's customers are in a table. They are brought into step with another
// table, which stands here for the register of a vendor's package.
func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "shop")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(filepath.Join(dir, "shop.db")))
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	for _, statement := range []string{
		`CREATE TABLE customers (id INTEGER PRIMARY KEY, code TEXT UNIQUE, name TEXT NOT NULL, version INTEGER NOT NULL DEFAULT 1)`,
		`CREATE TABLE ledger (number TEXT PRIMARY KEY, title TEXT NOT NULL, closed BOOLEAN NOT NULL DEFAULT 0)`,
		`INSERT INTO customers (code, name) VALUES ('K-1', 'Kahvila Oy'), ('K-2', 'Teehuone')`,
		`INSERT INTO ledger (number, title) VALUES ('K-2', 'Teehuone Ky')`,
	} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			log.Fatal(err)
		}
	}

	shop, err := sqltable.New(ctx, db, sqltable.Config{
		Dialect: sqltable.SQLite, Table: "customers", System: "shop", Entity: "customer", Installation: "shop-helsinki",
		Key:     sqltable.Key{Column: "id"},
		Columns: []sqltable.Column{{Name: "code"}, {Name: "name"}},
		Log:     &sqltable.Log{}, // triggers write down what changes
		Version: &sqltable.Version{Column: "version", Bump: true},
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := shop.InstallLog(ctx); err != nil {
		log.Fatal(err)
	}
	ledger, err := sqltable.New(ctx, db, sqltable.Config{
		Dialect: sqltable.SQLite, Table: "ledger", System: "books", Entity: "customer", Installation: "books-helsinki",
		Key:      sqltable.Key{Column: "number", Chosen: true},
		Columns:  []sqltable.Column{{Name: "number"}, {Name: "title"}},
		Inactive: &sqltable.Flag{Column: "closed"},
	})
	if err != nil {
		log.Fatal(err)
	}

	engine, err := reconcile.New(memory.New(), []reconcile.Pair{{
		Name: "customers", Left: shop, Right: ledger, Flow: instep.ToRight,
		Deletes: [2]reconcile.DeletePolicy{instep.Right: reconcile.DeactivateDeleted},
		Mapping: instep.Mapping{Rules: []instep.Rule{
			{Name: "code", Left: instep.End{Field: "code"}, Right: instep.End{Field: "number"}, Owner: instep.LeftOwns, CreateOnly: true, Match: &instep.Match{Rank: 1}},
			{Name: "name", Left: instep.End{Field: "name"}, Right: instep.End{Field: "title"}, Owner: instep.LeftOwns},
		}},
	}}, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, what := range []string{
		``, // the first load
		`UPDATE customers SET name = 'Kahvila Oyj' WHERE code = 'K-1'`,
		`DELETE FROM customers WHERE code = 'K-2'`,
		``, // nothing
	} {
		if _, err := db.ExecContext(ctx, what); err != nil {
			log.Fatal(err)
		}
		sum, err := engine.Run(ctx, nil)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("writes:", sum.Pairs[0].Counts.Writes())
	}
	refs := []instep.Ref{{System: "books", Entity: "customer", ID: "K-1"}, {System: "books", Entity: "customer", ID: "K-2"}}
	records, err := ledger.Get(ctx, refs)
	if err != nil {
		log.Fatal(err)
	}
	for _, r := range records {
		fmt.Println(r.Ref.ID, r.Fields.Get("title"), r.Status == instep.Inactive)
	}
	// Output:
	// writes: 2
	// writes: 1
	// writes: 1
	// writes: 0
	// K-1 Kahvila Oyj false
	// K-2 Teehuone true
}

// What a database administrator wants to see before triggers are installed.
func ExampleReader_LogStatements() {
	ctx := context.Background()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1) // each connection has a memory of its own
	if _, err := db.ExecContext(ctx, `CREATE TABLE products (sku TEXT PRIMARY KEY, name TEXT)`); err != nil {
		log.Fatal(err)
	}
	products, err := sqltable.NewReader(ctx, db, sqltable.Config{
		Dialect: sqltable.SQLite, Table: "products", System: "shop", Installation: "shop-helsinki",
		Key: sqltable.Key{Column: "sku"}, Columns: []sqltable.Column{{Name: "name"}}, Log: &sqltable.Log{},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(products.LogStatements()[1])
	// Output:
	// CREATE TRIGGER IF NOT EXISTS "main"."products_instep_log_insert" AFTER INSERT ON "products" BEGIN INSERT INTO "products_instep_log" (id, op) SELECT NEW."sku", 'I'; END
}
