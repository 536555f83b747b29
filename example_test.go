package instep_test

import (
	"context"
	"fmt"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/netvisor"
	"github.com/instep-go/instep/netvisor/netvisortest"
	"github.com/instep-go/instep/rackbeat"
	"github.com/instep-go/instep/rackbeat/rackbeattest"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// Two companies' products in step: the wiring of the package documentation,
// against the fakes. With real credentials, without Transport and with
// store/sqlite, it is a program for real companies.
func Example() {
	if err := keepInStep(context.Background()); err != nil {
		fmt.Println(err)
	}
	// Output:
	// created KAHVI-1: new on the left side
	// updated TEE-1: first load: the left side's values stand
	//   price 2.5 → 2.95
	// created 1, updated 1
	// nothing left to write: true
}

func keepInStep(ctx context.Context) error {
	stock, books, err := twoCompanies()
	if err != nil {
		return err
	}
	rule := func(name, left, right string) instep.Rule {
		return instep.Rule{Name: name, Left: instep.End{Field: left}, Right: instep.End{Field: right}, Owner: instep.LeftOwns}
	}
	code := rule("code", "number", "product_code")
	code.Match = &instep.Match{Rank: 1}
	products := reconcile.Pair{
		Name: "products", Left: stock.Products(), Right: books.Products(), First: instep.Left, Flow: instep.ToRight,
		Mapping: instep.Mapping{Rules: []instep.Rule{
			code, rule("name", "name", "name"), rule("price", "sales_price", "unit_price"), rule("group", "group", "product_group"),
		}},
	}
	engine, err := reconcile.New(memory.New(), []reconcile.Pair{products}, nil)
	if err != nil {
		return err
	}
	plan, err := engine.Plan(ctx, nil)
	if err != nil {
		return err
	}
	for item := range plan.Items() {
		fmt.Printf("%s %s: %s\n", item.Outcome, item.Label, reconcile.Text(item.Reason))
		for _, c := range item.Fields {
			if item.Outcome == instep.Updated {
				fmt.Println(" ", c.Rule, c.From, "→", c.To)
			}
		}
	}
	summary, err := engine.Apply(ctx, plan)
	if err != nil {
		return err
	}
	counts := summary.Pairs[0].Counts
	fmt.Printf("created %d, updated %d\n", counts.Of(instep.Created), counts.Of(instep.Updated))
	again, err := engine.Plan(ctx, nil)
	if err != nil {
		return err
	}
	fmt.Println("nothing left to write:", again.Empty())
	return nil
}

// twoCompanies returns clients of two fake companies.
func twoCompanies() (*rackbeat.Client, *netvisor.Client, error) {
	r, err := rackbeattest.New(&rackbeattest.Options{
		Groups: []rackbeattest.Group{{Number: 1, Name: "Juomat"}},
		Products: []rackbeattest.Product{
			{Number: "KAHVI-1", Name: "Kahvi 500 g", SalesPrice: "4.95", Group: 1},
			{Number: "TEE-1", Name: "Tee 100 g", SalesPrice: "2.95", Group: 1},
		},
	})
	if err != nil {
		return nil, nil, err
	}
	n, err := netvisortest.New(&netvisortest.Options{Products: []netvisortest.Product{
		{Key: 32, Code: "TEE-1", Name: "Tee 100 g", Group: "Juomat", UnitPrice: "2.5", Active: true, SalesProduct: true},
	}})
	if err != nil {
		return nil, nil, err
	}
	stock, err := rackbeat.New(rackbeattest.DefaultKey, rackbeat.Consumer{Name: "Acme", Email: "it@acme.example"},
		&rackbeat.Options{Transport: r.Transport()})
	if err != nil {
		return nil, nil, err
	}
	books, err := netvisor.New(netvisor.Credentials{
		CustomerID: netvisortest.DefaultCustomerID, CustomerKey: netvisortest.DefaultCustomerKey,
		PartnerID: netvisortest.DefaultPartnerID, PartnerKey: netvisortest.DefaultPartnerKey,
		OrganisationID: netvisortest.DefaultOrganisationID,
	}, &netvisor.Options{Sender: "Acme", Transport: n.Transport()})
	return stock, books, err
}
