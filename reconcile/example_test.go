package reconcile_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// exampleEngine joins a stock system and the books, both in memory, by their
// product codes. In a program of your own, the two are the registers of vendor
// packages, and the store is that of store/sqlite.
func exampleEngine(stock, books *system) *reconcile.Engine {
	engine, err := reconcile.New(memory.New(), []reconcile.Pair{pairOf(stock, books)}, nil)
	if err != nil {
		panic(err)
	}
	return engine
}

func ExampleEngine_Run() {
	stock, books := twoSystems()
	stock.put("A-1", stockRecord("A-1", "Kahvi", "4.50")...)
	stock.put("A-2", stockRecord("A-2", "Tee", "3.20")...)
	books.put("17", booksRecord("A-2", "Te", "3.20")...)
	engine := exampleEngine(stock, books)

	ctx := context.Background()
	plan, err := engine.Plan(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	for item := range plan.Items() {
		fmt.Printf("%s %s: %s\n", item.Outcome, item.Label, reconcile.Text(item.Reason))
		for _, c := range item.Fields {
			fmt.Printf("  %s %v → %v\n", c.Rule, c.From, c.To)
		}
	}
	if _, err := engine.Apply(ctx, plan); err != nil {
		log.Fatal(err)
	}
	sum, err := engine.Run(ctx, nil)
	fmt.Println("the next run writes", sum.Pairs[0].Counts.Writes(), err)
	// Output:
	// created A-1: new on the left side
	//   code  → A-1
	//   name  → Kahvi
	//   price  → 4.5
	//   in use  → true
	// updated A-2: first load: the left side's values stand
	//   name Te → Tee
	// the next run writes 0 <nil>
}

func ExamplePaused() {
	orders, _, pairs := twoPairs()
	orders.lists = instep.Forbidden // the key may not read orders any more
	engine, err := reconcile.New(memory.New(), pairs, nil)
	if err != nil {
		log.Fatal(err)
	}
	sum, err := engine.Run(context.Background(), nil)
	for _, p := range sum.Paused {
		fmt.Println(p.Pair, "waits for", p.System)
	}
	for _, p := range sum.Pairs {
		fmt.Println(p.Name, "is done:", p.Counts.Of(instep.Created), "created")
	}
	fmt.Println(errors.Is(err, instep.Forbidden))
	// Output:
	// orders waits for books
	// products is done: 1 created
	// true
}

func ExampleEngine_Answer() {
	stock, books := twoSystems()
	stock.put("A-1", stockRecord("A-1", "Kahvi", "4.50")...)
	books.put("17", booksRecord("A-1", "Kahvi", "4.50")...)
	books.put("18", booksRecord("A-1", "Kahvi, vanha", "4.10")...)
	engine := exampleEngine(stock, books)

	ctx := context.Background()
	if _, err := engine.Run(ctx, nil); err != nil {
		log.Fatal(err)
	}
	waiting, err := engine.Reviews(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, r := range waiting {
		if r.Side == instep.Right {
			continue // the same question, from the books' point of view
		}
		shown, err := engine.Review(ctx, r.ID)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(reconcile.Text(shown.Message))
		for _, c := range shown.Candidates {
			fmt.Println(" ", c.Ref, "differs in", len(c.Differences), "fields")
		}
		answer, err := reconcile.ParseAnswer("link:books/product/17")
		if err == nil {
			answer.By = "Maija"
			err = engine.Answer(ctx, r.ID, answer)
		}
		if err != nil {
			log.Fatal(err)
		}
	}
	known, err := engine.Explain(ctx, instep.Ref{System: "stock", Entity: "product", ID: "A-1"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("linked with", known[0].Other, "as decided by a", known[0].Rule)
	// Output:
	// several records on both sides have the same code; choose which belong together
	//   books/product/17 differs in 0 fields
	//   books/product/18 differs in 2 fields
	// linked with books/product/17 as decided by a person
}

func ExamplePlan_Save() {
	stock, books := twoSystems()
	stock.put("A-1", stockRecord("A-1", "Kahvi", "4.50")...)
	stock.put("A-2", stockRecord("A-2", "Tee", "3.20")...)
	engine := exampleEngine(stock, books)

	ctx := context.Background()
	plan, err := engine.Plan(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	var file bytes.Buffer
	if err := plan.Save(&file, nil); err != nil { // no key: the file holds no values
		log.Fatal(err)
	}
	fmt.Println("the file holds the name:", bytes.Contains(file.Bytes(), []byte("Kahvi")))

	// Somebody looks at it. Meanwhile a product changes.
	stock.edit("A-2", "price", instep.Number(instep.MustDecimal("3.40")))

	saved, err := reconcile.ReadPlan(&file)
	if err != nil {
		log.Fatal(err)
	}
	plan, stale, err := engine.PlanSaved(ctx, saved, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, op := range stale {
		fmt.Println("no longer holds:", op.Outcome, op.Left)
	}
	sum, err := engine.Apply(ctx, plan)
	fmt.Println("created:", sum.Pairs[0].Counts.Of(instep.Created), err)
	// Output:
	// the file holds the name: false
	// no longer holds: created A-2
	// created: 1 <nil>
}

// A side that has lost most of its records stops the run, whatever the policy
// for deletions is.
func ExampleGuards() {
	stock, books := twoSystems()
	for i := range 100 {
		code := fmt.Sprintf("A-%03d", i)
		stock.put(code, stockRecord(code, "Kahvi", "4.50")...)
	}
	pair := pairOf(stock, books)
	pair.Deletes[instep.Right] = reconcile.DeleteDeleted
	pair.Guards.Deletes = 10
	engine, err := reconcile.New(memory.New(), []reconcile.Pair{pair}, nil)
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	if _, err := engine.Run(ctx, nil); err != nil {
		log.Fatal(err)
	}
	for i := range 20 {
		stock.remove(fmt.Sprintf("A-%03d", i))
	}
	_, err = engine.Run(ctx, &reconcile.Select{Sweep: true})
	fmt.Println(instep.KindOf(err))
	fmt.Println(len(books.records), "records are left in the books")
	// Output:
	// needs approval
	// 100 records are left in the books
}

func ExampleEngine_Erase() {
	stock, books := twoSystems()
	stock.put("A-1", stockRecord("A-1", "Kahvi", "4.50")...)
	engine := exampleEngine(stock, books)
	ctx := context.Background()
	if _, err := engine.Run(ctx, nil); err != nil {
		log.Fatal(err)
	}
	ref := instep.Ref{System: "stock", Entity: "product", ID: "A-1"}
	known, err := engine.Known(ctx, ref)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("hashes of:", known[0].Fields)
	if err := engine.Erase(ctx, ref); err != nil {
		log.Fatal(err)
	}
	_, err = engine.Known(ctx, ref)
	fmt.Println(instep.KindOf(err))
	// Output:
	// hashes of: [code name price in use]
	// not found
}

func ExampleEngine_ExportLinks() {
	stock, books := twoSystems()
	stock.put("A-1", stockRecord("A-1", "Kahvi", "4.50")...)
	books.put("17", booksRecord("A-1", "Kahvi", "4.50")...)
	engine := exampleEngine(stock, books)
	ctx := context.Background()
	if _, err := engine.Run(ctx, nil); err != nil {
		log.Fatal(err)
	}
	var file bytes.Buffer
	if err := engine.ExportLinks(ctx, &file); err != nil {
		log.Fatal(err)
	}
	fmt.Print(file.String())
	// Output:
	// pair,left,right,rule
	// products,A-1,17,code
}
