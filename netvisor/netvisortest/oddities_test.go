package netvisortest

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestOddities(t *testing.T) {
	t.Parallel()
	add := customerBody("<name>n</name>")
	tests := []struct {
		name     string
		what     Oddity
		resource string
		method   string
		target   string
		body     string
		status   int
		want     string // part of the body
		added    int    // customers after it
	}{
		{"used id", UsedID, "customer.nv", "POST", "/customer.nv?method=add", add, 400, "<Status>REQUEST_NOT_UNIQUE ::", 0},
		{"overlap", Overlap, "customerlist.nv", "GET", "/customerlist.nv", "", 500, "<Status>TECHNICAL_ERROR ::", 0},
		{"unauthorised", Unauthorised, "GetVendor.nv", "GET", "/getvendor.nv?page=1", "", 403, "<Status>SERVICE_ACCESS_ERROR :: The resource getvendor.nv", 0},
		{"any resource", Unauthorised, "", "GET", "/paymenttermlist.nv", "", 403, "<Status>SERVICE_ACCESS_ERROR ::", 0},
		{"html", HTMLPage, "customer.nv", "POST", "/customer.nv?method=add", add, 200, "<!DOCTYPE html>", 0},
		{"html after", HTMLAfter, "customer.nv", "POST", "/customer.nv?method=add", add, 200, "<!DOCTYPE html>", 1},
		{"cut short after", CutShort, "customer.nv", "POST", "/customer.nv?method=add", add, 200, "<Status>OK</Status>", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, nil)
			c := inProcess(t, s)
			s.Misbehave(tt.what, tt.resource, 2)
			if tt.resource != "" {
				c.get("/productlist.nv") // takes no turn
			}
			unsigned := inProcess(t, s)
			unsigned.mac = func(string, string) string { return "00" }
			if _, body := unsigned.do(tt.method, tt.target, tt.body); code(body) != "AUTHENTICATION_FAILED" { // nor this
				t.Error(body)
			}
			for range 2 {
				status, body := c.do(tt.method, tt.target, tt.body)
				if status != tt.status || !strings.Contains(body, tt.want) {
					t.Errorf("%d %s", status, body)
				}
				if _, f := parseMessage([]byte(body)); (f == nil) != (tt.status != 200) {
					t.Errorf("well-formed is %v: %s", f == nil, body)
				}
			}
			if n := len(s.Customers()); n != 2*tt.added {
				t.Errorf("%d customers", n)
			}
			if status, body := c.do(tt.method, tt.target, tt.body); status != 200 || !strings.Contains(body, "</Root>") {
				t.Errorf("a third time: %d %s", status, body)
			}
		})
	}
}

func TestMisbehaveAlways(t *testing.T) {
	t.Parallel()
	s := newServer(t, nil)
	c := inProcess(t, s)
	s.Misbehave(Overlap, "customerlist.nv", 3)
	s.Misbehave(Overlap, "CustomerList.nv", Always) // in place of the three
	for range 5 {
		if status, _ := c.do("GET", "/customerlist.nv", ""); status != 500 {
			t.Errorf("answered %d", status)
		}
	}
	s.Misbehave(Overlap, "customerlist.nv", 0)
	c.get("/customerlist.nv")
}

// TestStatusOfOddities has no telling HTTP status either, unless asked for.
func TestStatusOfOddities(t *testing.T) {
	t.Parallel()
	s := newServer(t, nil)
	c := inProcess(t, s)
	c.head = func(h http.Header) { h.Del("X-Netvisor-Authentication-UseHTTPResponseStatusCodes") }
	s.Misbehave(Unauthorised, "", 1)
	if status, body := c.do("GET", "/getvendor.nv?page=1", ""); status != 200 || code(body) != "SERVICE_ACCESS_ERROR" {
		t.Errorf("%d %s", status, body)
	}
}

func TestShortLists(t *testing.T) {
	t.Parallel()
	o := buyers()
	o.Vendors, o.VendorPageSize = many(7).Vendors, 4
	o.Products = shop().Products
	s := newServer(t, o)
	c := inProcess(t, s)
	tests := []struct {
		target    string
		keys      func(string) string
		want      string
		unchanged string
	}{
		{"/customerlist.nv", customerKeys, "5", "5 6 7"},
		{"/customerlist.nv?keyword=nordisk", customerKeys, "", "7"},
		{"/getcustomer.nv?idlist=5,6,7", customerKeys, "5", "5 6 7"},
		{"/getvendor.nv?page=1", vendorKeys, "1 2", "1 2 3 4"},
		{"/getvendor.nv?netvisorkeylist=1,2,3,4,5", vendorKeys, "1 2", "1 2 3 4 5"},
		{"/productlist.nv", keysIn, "165 166", "165 166 170 171 172"},
		{"/extendedproductlist.nv", keysIn, "165", "165 166"},
		{"/getproduct.nv?idlist=165,166", keysIn, "165", "165 166"},
	}
	for _, tt := range tests {
		s.Misbehave(ShortList, "", 1)
		body := c.get(tt.target)
		if _, f := parseMessage([]byte(body)); f != nil || tt.keys(body) != tt.want {
			t.Errorf("%s: %q, want %q", tt.target, tt.keys(body), tt.want)
		}
		if got := tt.keys(c.get(tt.target)); got != tt.unchanged {
			t.Errorf("%s afterwards: %q, want %q", tt.target, got, tt.unchanged)
		}
	}
	s.Misbehave(ShortList, "getvendor.nv", 1)
	if _, head := getPage(t, s, "/getvendor.nv?page=1"); head["Total-Count"] != "7" || head["Next-Page"] != "2" {
		t.Errorf("headers %v", head)
	}
	s.Misbehave(CutShort, "customerlist.nv", 1)
	if body := c.get("/customerlist.nv"); !strings.Contains(body, "<Status>OK</Status>") || strings.Contains(body, "</Root>") {
		t.Errorf("not cut: %s", body)
	}
}

func TestDoubledRow(t *testing.T) {
	t.Parallel()
	s := newServer(t, many(7))
	s.Misbehave(DoubledRow, "getvendor.nv", 1)
	for _, want := range []string{"1 2 3", "3 4 5 6", "7", "1 2 3", "4 5 6", "7"} { // the turn is not lost on the first page
		page := map[byte]string{'1': "1", '3': "2", '4': "2", '7': "3"}[want[0]]
		if got, _ := getPage(t, s, "/getvendor.nv?page="+page); got != want {
			t.Errorf("page %s: %q, want %q", page, got, want)
		}
	}
}

func TestSetDenied(t *testing.T) {
	t.Parallel()
	s := newServer(t, &Options{Denied: []string{"Customer.nv"}})
	c := inProcess(t, s)
	denied := func(method, target string) bool {
		status, body := c.do(method, target, customerBody("<name>n</name>"))
		return status == 403 && code(body) == "SERVICE_ACCESS_ERROR"
	}
	if !denied("POST", "/customer.nv?method=add") || denied("GET", "/getvendor.nv?page=1") {
		t.Error("the rights to begin with")
	}
	s.SetDenied("getVendor.nv", "deletecustomer.nv")
	if denied("POST", "/customer.nv?method=add") || !denied("GET", "/getvendor.nv?page=1") || !denied("GET", "/deletecustomer.nv?customerid=1") {
		t.Error("the rights set")
	}
	s.SetDenied()
	if denied("GET", "/getvendor.nv?page=1") || len(s.Customers()) != 1 {
		t.Error("the rights given back")
	}
}

func TestClockOff(t *testing.T) {
	t.Parallel()
	s := newServer(t, nil)
	for _, c := range []*client{inProcess(t, s), overSocket(t, s)} {
		s.SetClockOff(0)
		c.get("/customerlist.nv")
		s.SetClockOff(-10 * time.Minute)
		if _, body := c.do("GET", "/customerlist.nv", ""); code(body) != "AUTHENTICATION_FAILED" || !strings.Contains(body, "<TimeStamp>15.1.2024 13:50:00<") {
			t.Error("a good timestamp is taken by a clock that is wrong:", body)
		}
		c.alg = "SHA256" // has no such check
		c.post("/customer.nv?method=add", customerBody("<name>n</name>"))
	}
	if got := s.Customers()[0].LastChanged; !got.Equal(noon.Add(-10 * time.Minute)) {
		t.Errorf("changed at %v", got)
	}
	c := overSocket(t, s)
	req, err := http.NewRequestWithContext(t.Context(), "GET", c.base+"/customerlist.nv", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = c.headers(c.base + "/customerlist.nv")
	res, err := c.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if got := res.Header.Values("Date"); len(got) != 1 || got[0] != "Mon, 15 Jan 2024 11:50:00 GMT" {
		t.Errorf("Date %q", got)
	}
}

func TestOddTimeStamps(t *testing.T) {
	t.Parallel()
	at := time.Date(2024, 7, 3, 5, 6, 7, 0, time.UTC)
	s := newServer(t, &Options{OddTimeStamps: true, Now: func() time.Time { return at }})
	c := inProcess(t, s)
	c.now = at
	got := map[string]int{}
	for i := range 6 {
		target := "/customerlist.nv"
		if i%2 == 1 {
			target = "/getcustomer.nv?id=1"
		}
		_, body := c.do("GET", target, "")
		got[between(body, "<TimeStamp>", "<")]++
	}
	for _, want := range []string{"3.7.2024 08:06:07", "03.07.2024 08:06:07", "2024-07-03T08:06:07+03:00"} {
		if got[want] != 2 {
			t.Errorf("%d times %s in %v", got[want], want, got)
		}
	}
}
