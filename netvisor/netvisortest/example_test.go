package netvisortest_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/instep-go/instep/netvisor/netvisortest"
)

// A register with one product, edited by hand, behind a client that needs no
// socket. The first request is answered with 503, whatever it is.
func Example() {
	server, err := netvisortest.New(&netvisortest.Options{
		Now:      func() time.Time { return time.Date(2024, 1, 15, 12, 0, 0, 0, time.UTC) },
		Products: []netvisortest.Product{{Key: 165, Code: "LEIPÄ-1", Name: "Ruisleipä", Group: "Leivät", UnitPrice: "2,95"}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	server.Script(netvisortest.Step{Status: http.StatusServiceUnavailable})
	client := &http.Client{Transport: server.Transport()} // hand this to the client under test
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "https://integration.netvisor.fi/productlist.nv", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	res, err := client.Do(req)
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = res.Body.Close()
	fmt.Println(res.Status)

	if err := server.Edit(165, func(p *netvisortest.Product) { p.UnitPrice = "3.10" }); err != nil {
		fmt.Println(err)
	}
	if err := server.Dump(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 503 Service Unavailable
	// {"entity":"group","record":{"netvisor_key":1,"name":"Leivät"}}
	// {"entity":"product","record":{"netvisor_key":165,"product_code":"LEIPÄ-1","name":"Ruisleipä","product_group":"Leivät","unit_price":"3.1","is_active":false,"is_sales_product":false,"default_vat_percent":"0","last_changed":"2024-01-15T12:00:00Z"}}
}
