package rackbeat_test

import (
	"context"
	"fmt"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/rackbeat"
	"github.com/instep-go/instep/rackbeat/rackbeattest"
)

// exampleClient returns a client of a fake with a few records. Against the real
// service, leave Transport out and give your own key.
func exampleClient() *rackbeat.Client {
	fake, err := rackbeattest.New(&rackbeattest.Options{
		Groups: []rackbeattest.Group{{Number: 1, Name: "Drikkevarer"}},
		Products: []rackbeattest.Product{
			{Number: "K-1", Name: "Kaffe, 500 g", SalesPrice: "49.95"},
			{Number: "T/2", Name: "Te, 100 breve", SalesPrice: "32.50"},
		},
		Customers: []rackbeattest.Customer{
			{Number: 1001, Name: "Ærø Kro ApS", CompanyVAT: "25313763", City: "Ærøskøbing", Country: "Denmark"},
			{Number: 1002, Name: "Kahvila Äyräpää Oy", CompanyVAT: "FI20774740", City: "Helsinki", Country: "Finland"},
		},
		Suppliers: []rackbeattest.Supplier{
			{Number: 501, Name: "Kaffebrænderiet A/S", Country: "denmark"},
			{Number: 502, Name: "Chai & Co.", Country: "East Pakistan"},
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

// Customers by the typed client: one is found by its business id, gets a contact
// and a delivery address, and is renumbered.
func ExampleClient_ListCustomers() {
	ctx, c := context.Background(), exampleClient()

	finnish := &rackbeat.ListOptions{Simple: map[string]string{"company_vat": "FI20774740"}}
	for customer, err := range c.ListCustomers(ctx, finnish) {
		if err != nil {
			fmt.Println(err)
			return
		}
		country, _ := rackbeat.CountryCode(customer.AddressCountry.Or(""))
		fmt.Println(customer.Number, customer.CompanyName.Or(""), country)
	}

	contact, err := c.CreateCustomerContact(ctx, "1002", rackbeat.ContactUpdate{Name: instep.Set("Aino Äyräpää")})
	if err != nil {
		fmt.Println(err)
		return
	}
	store, err := c.CreateCustomerAddress(ctx, "1002", rackbeat.AddressUpdate{
		Name: instep.Set("Varasto"), City: instep.Set("Espoo"), Country: instep.Set("Finland"),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(contact.Name.Or(""), "·", store.Name.Or(""), store.City.Or(""))

	customer, err := c.UpdateCustomer(ctx, "1002", rackbeat.CustomerUpdate{Number: instep.Set("2002")})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("now", customer.Number)

	_, err = c.UpdateCustomer(ctx, "2002", rackbeat.CustomerUpdate{Number: instep.Set("1001")})
	fmt.Println(err)
	// Output:
	// 1002 Kahvila Äyräpää Oy FI
	// Aino Äyräpää · Varasto Espoo
	// now 2002
	// rackbeat: update customer: customer 2002, field number: already taken: HTTP 422, "number: The number is already in use."; choose another number, or link the two customers
}

// The connector for customers: a create with the names of its group and payment
// term, then an update that renames.
func ExampleClient_Customers() {
	ctx, c := context.Background(), exampleClient()
	customers := c.Customers()

	results, err := customers.Write(ctx, []instep.Op{
		{
			Action: instep.Create,
			Ref:    instep.Ref{System: "rackbeat", Entity: "customer", ID: "1003"},
			Fields: instep.NewFields(
				instep.Field{Name: "name", Value: instep.String("Søn & Far I/S")},
				instep.Field{Name: "business_id", Value: instep.String("12345674")},
				instep.Field{Name: "group", Value: instep.String("Kunder")},
				instep.Field{Name: "payment_term", Value: instep.String("Netto 8 dage")},
				instep.Field{Name: "vat_zone", Value: instep.String("domestic")},
				instep.Field{Name: "layout", Value: instep.String("Standard")},
				instep.Field{Name: "country", Value: instep.String("DK")},
			),
		},
		{
			Action: instep.Update,
			Ref:    instep.Ref{System: "rackbeat", Entity: "customer", ID: "1001"},
			Fields: instep.NewFields(instep.Field{Name: "number", Value: instep.String("3001")}),
		},
		{
			Action: instep.Update,
			Ref:    instep.Ref{System: "rackbeat", Entity: "customer", ID: "1002"},
			Fields: instep.NewFields(instep.Field{Name: "number", Value: instep.String("K-7")}),
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, result := range results {
		fmt.Println(result.Ref, result.Err)
	}

	found, err := customers.Find(ctx, "business_id", []instep.Value{instep.String("25313763")})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, rec := range found[0] {
		fmt.Println(rec.Ref, rec.Fields.Get("name"), rec.Fields.Get("country"))
	}
	// Output:
	// rackbeat/customer/1003 <nil>
	// rackbeat/customer/3001 <nil>
	// rackbeat/customer/1002 rackbeat: update customer: customer 1002, field number: refused by the vendor: is no whole number that Rackbeat could take; give it a number of 1 to 18 digits, without letters and not beginning with 0
	// rackbeat/customer/3001 Ærø Kro ApS DK
}

// The connector for suppliers: a country that Rackbeat holds in words that are
// none is carried over as it is, and an update of something else leaves it.
func ExampleClient_Suppliers() {
	ctx, c := context.Background(), exampleClient()
	suppliers := c.Suppliers()

	results, err := suppliers.Write(ctx, []instep.Op{{
		Action: instep.Update,
		Ref:    instep.Ref{System: "rackbeat", Entity: "supplier", ID: "502"},
		Fields: instep.NewFields(instep.Field{Name: "contact_phone", Value: instep.String("+45 12 34 56 78")}),
	}})
	if err != nil || results[0].Err != nil {
		fmt.Println(err, results[0].Err)
		return
	}

	page, err := suppliers.Read(ctx, "")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, rec := range page.Records {
		fmt.Println(rec.Ref, rec.Fields.Get("name"), "·", rec.Fields.Get("country"))
	}
	fmt.Println("complete:", page.Sweep.Complete)
	// Output:
	// rackbeat/supplier/501 Kaffebrænderiet A/S · DK
	// rackbeat/supplier/502 Chai & Co. · East Pakistan
	// complete: true
}
