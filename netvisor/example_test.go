package netvisor_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/netvisor"
	"github.com/instep-go/instep/netvisor/netvisortest"
)

// newFake stands in for a company's Netvisor.
func newFake() *netvisortest.Server {
	server, err := netvisortest.New(&netvisortest.Options{Products: []netvisortest.Product{
		{Key: 31, Code: "KAHVI-1", Name: "Kahvi 500 g", Group: "Juomat", UnitPrice: "4.95", Unit: "pkt", Active: true, SalesProduct: true},
		{Key: 32, Code: "TEE-1", Name: "Tee 100 g", Group: "Juomat", UnitPrice: "2.5", Unit: "pkt", Active: true, SalesProduct: true},
	}})
	if err != nil {
		panic(err)
	}
	return server
}

// newClient is what a program does with its own credentials; without
// Transport it speaks to the live system.
func newClient(server *netvisortest.Server) (*netvisor.Client, error) {
	return netvisor.New(netvisor.Credentials{
		CustomerID:     netvisortest.DefaultCustomerID,
		CustomerKey:    netvisortest.DefaultCustomerKey,
		PartnerID:      netvisortest.DefaultPartnerID,
		PartnerKey:     netvisortest.DefaultPartnerKey,
		OrganisationID: netvisortest.DefaultOrganisationID,
	}, &netvisor.Options{Sender: "My program", Transport: server.Transport()})
}

// The typed client: read a product by its code, and change its price and
// nothing else.
func Example() {
	server := newFake()
	defer func() { _ = server.Close() }()
	ctx := context.Background()

	client, err := newClient(server)
	if err != nil {
		fmt.Println(err)
		return
	}
	products, err := client.GetProductsByCode(ctx, []string{"KAHVI-1"}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	p := products[0]
	price, _ := p.UnitPrice.Get()
	fmt.Println(p.Key, p.Name, price.Fixed(2))

	_, err = client.EditProduct(ctx, p.Key, &netvisor.ProductUpdate{
		UnitPrice: instep.Set(instep.MustDecimal("5.25")),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(server.Products()[0].UnitPrice, server.Products()[0].Unit)

	_, err = client.AddProduct(ctx, &netvisor.ProductUpdate{Name: instep.Set("Kaakao")})
	fmt.Println(errors.Is(err, instep.Invalid), err)
	// Output:
	// 31 Kahvi 500 g 4.95
	// 5.25 pkt
	// true netvisor: add product: field productgroup: refused by the vendor: it is mandatory and may not be blank
}

// The connector: walk over all products, then write one.
func ExampleClient_Products() {
	server := newFake()
	defer func() { _ = server.Close() }()
	ctx := context.Background()

	client, err := newClient(server)
	if err != nil {
		fmt.Println(err)
		return
	}
	connector := client.Products()
	page, err := connector.Read(ctx, "")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, record := range page.Records {
		fmt.Println(record.Ref, record.Fields.Get(netvisor.FieldCode), record.Fields.Get(netvisor.FieldUnitPrice))
	}
	fmt.Println("complete:", page.Sweep.Complete)

	results, err := connector.Write(ctx, []instep.Op{{
		Action: instep.Create,
		Fields: instep.NewFields(
			instep.Field{Name: netvisor.FieldCode, Value: instep.String("KAAKAO-1")},
			instep.Field{Name: netvisor.FieldName, Value: instep.String("Kaakao 250 g")},
			instep.Field{Name: netvisor.FieldGroup, Value: instep.String("Juomat")},
		),
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("written as", results[0].Ref.ID, results[0].Err)
	// Output:
	// netvisor/product/31 KAHVI-1 4.95
	// netvisor/product/32 TEE-1 2.5
	// complete: true
	// written as 33 <nil>
}
