package rackbeat_test

import (
	"context"
	"fmt"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/rackbeat"
	"github.com/instep-go/instep/rackbeat/rackbeattest"
)

// exampleClient returns a client of a fake with two products. Against the real
// service, leave Transport out and give your own key.
func exampleClient() *rackbeat.Client {
	fake, err := rackbeattest.New(&rackbeattest.Options{
		Groups: []rackbeattest.Group{{Number: 1, Name: "Drikkevarer"}},
		Products: []rackbeattest.Product{
			{Number: "K-1", Name: "Kaffe, 500 g", SalesPrice: "49.95"},
			{Number: "T/2", Name: "Te, 100 breve", SalesPrice: "32.50"},
		},
	})
	if err != nil {
		panic(err)
	}
	c, err := rackbeat.New(rackbeattest.DefaultKey,
		rackbeat.Consumer{Name: "My shop", Email: "it@example.com"},
		&rackbeat.Options{Transport: fake.Transport()})
	if err != nil {
		panic(err)
	}
	return c
}

// The typed client on its own: read all products, change one.
func Example() {
	ctx, c := context.Background(), exampleClient()

	oldestFirst := &rackbeat.ListOptions{OrderBy: "created_at", Ascending: true}
	for p, err := range c.ListProducts(ctx, oldestFirst) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(p.Number, p.Name.Or(""), p.SalesPrice.Or(instep.Decimal{}).Fixed(2))
	}

	p, err := c.UpdateProduct(ctx, "T/2", rackbeat.ProductUpdate{
		SalesPrice: instep.Set(instep.MustDecimal("34.50")),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.Number, "now costs", p.SalesPrice.Or(instep.Decimal{}).Fixed(2))

	_, err = c.GetProduct(ctx, "t/2")
	fmt.Println(err)
	// Output:
	// K-1 Kaffe, 500 g 49.95
	// T/2 Te, 100 breve 32.50
	// T/2 now costs 34.50
	// rackbeat: get product: product t/2: not found: HTTP 404, "There is no such record."
}

// The connector: everything first, then what changed.
func ExampleClient_Products() {
	ctx, c := context.Background(), exampleClient()
	products := c.Products()

	page, err := products.Read(ctx, "")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, rec := range page.Records {
		fmt.Println(rec.Ref, rec.Fields.Get("group"))
	}
	fmt.Println("complete:", page.Sweep.Complete)

	results, err := products.Write(ctx, []instep.Op{{
		Action: instep.Create,
		Ref:    instep.Ref{System: "rackbeat", Entity: "product", ID: "V 3"},
		Fields: instep.NewFields(
			instep.Field{Name: "name", Value: instep.String("Vand")},
			instep.Field{Name: "sales_price", Value: instep.Number(instep.MustDecimal("8"))},
			instep.Field{Name: "group", Value: instep.String("Sodavand")},
		),
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(results[0].Err)
	// Output:
	// rackbeat/product/K-1 Drikkevarer
	// rackbeat/product/T/2 Drikkevarer
	// complete: true
	// rackbeat: create product: product V 3, field group: refused by the vendor: there is no such product group; create the product group "Sodavand" in Rackbeat, or map it to one that is there
}
