package netvisortest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// shop is a register with one of everything that matters to reading.
func shop() *Options {
	day := func(d int) time.Time { return time.Date(2024, 1, d, 10, 0, 0, 0, time.UTC) }
	return &Options{
		Groups: []Group{{Key: 2, Name: "Juomat"}, {Key: 5, Name: "Maitojuomat", Parent: 2}},
		Products: []Product{
			{
				Key: 165, Code: "RYE-C", Group: "Juomat", Name: "Complete rye 330 g", Description: "Viipaloitu <pussi> & \"muuta\"\nrivi 2",
				UnitPrice: "42.5", VATPercent: "25.5", Unit: "kpl", UnitWeight: "1", PurchasePrice: "25", TariffHeading: "Complete rye 330 g",
				CommissionPercentage: "11", Active: true, SalesProduct: true, InventoryEnabled: true, CountryOfOrigin: "FI",
				PrimaryEAN: "6417326001233", SecondaryEAN: "96385074", DomesticAccount: "3000", EUAccount: "3360", OutsideEUAccount: "3380",
				InventoryAmount: "2", InventoryMidPrice: "5", InventoryValue: "10", InventoryReserved: "1", InventoryAccount: "1530",
				NetWeight: "0.75", GrossWeight: "0.8", WeightUnit: "kg", PackageWidth: "17", PackageHeight: "3.5", PackageLength: "24",
				LastChanged: day(1),
			},
			{Key: 166, Code: "Äö-€1", Group: "Maitojuomat", Name: "Säätiö 🚀", UnitPrice: "1.96", Active: true, LastChanged: day(2)},
			{Key: 170, Code: "", Name: "Kassi", UnitPrice: "10", GrossPrice: true, VATPercent: "24", LastChanged: day(3)},
			{Key: 171, Code: "OLD", Group: "Juomat", Name: "Vanha", Active: true, Deleted: true, LastChanged: day(4)},
			{Key: 172, Code: "OLDER", Group: "Juomat", Name: "Vanhempi", Deleted: true, LastChanged: day(5)},
		},
	}
}

func TestSamples(t *testing.T) {
	t.Parallel()
	s := newServer(t, shop())
	empty := newServer(t, nil)
	tests := []struct {
		s      *Server
		file   string
		target string
	}{
		{s, "productlist.xml", "/productlist.nv?published=1&unpublished=1&deleted=0"},
		{empty, "productlist-empty.xml", "/productlist.nv"},
		{s, "productlist-empty.xml", "/productlist.nv?keyword=nothing"},
		{s, "getproduct.xml", "/getproduct.nv?id=165"},
		{s, "getproduct-minimal.xml", "/GetProduct.nv?Id=170"},
		{s, "getproduct-unknown.xml", "/getproduct.nv?id=999"},
		{s, "getproduct-unknown.xml", "/getproduct.nv?code=rye-c"},
		{s, "getproducts-unknown.xml", "/getproduct.nv?idlist=999,1000"},
		{s, "getproductgroups.xml", "/getproductgroups.nv?replyoptions=1"},
		{empty, "getproductgroups-empty.xml", "/getproductgroups.nv"},
		{s, "extendedproductlist.xml", "/extendedproductlist.nv?productsonpage=1&replyoptions=80"},
		{empty, "extendedproductlist-empty.xml", "/extendedproductlist.nv"},
	}
	for _, tt := range tests {
		t.Run(tt.target, func(t *testing.T) {
			t.Parallel()
			wantSample(t, tt.file, inProcess(t, tt.s).get(tt.target))
			wantSample(t, tt.file, overSocket(t, tt.s).get(tt.target))
		})
	}
}

// keysIn lists the NetvisorKeys of the products in a reply.
func keysIn(body string) string {
	var out []string
	for part := range strings.SplitSeq(body, "<Product>") {
		if k := between(part, "<NetvisorKey>", "<"); k != "" && !strings.HasPrefix(part, "<?xml") {
			out = append(out, k)
		}
	}
	return strings.Join(out, " ")
}

func TestFilters(t *testing.T) {
	t.Parallel()
	s := newServer(t, shop())
	const all = "165 166 170 171 172"
	tests := []struct{ target, want string }{
		{"/productlist.nv", all},
		{"/productlist.nv?deleted=0", "165 166 170"},
		{"/productlist.nv?deleted=1", all},
		{"/productlist.nv?published=1", "165 166 171"},
		{"/productlist.nv?published=1&deleted=0", "165 166"},
		{"/productlist.nv?unpublished=1&deleted=0", "170"},
		{"/productlist.nv?published=0&deleted=1", "170 172"},
		{"/productlist.nv?published=0&unpublished=0", ""},
		{"/productlist.nv?published=1&unpublished=1&deleted=1", all},
		{"/productlist.nv?keyword=co", "165"},
		{"/productlist.nv?keyword=VANH,%C3%A4%C3%96", "166 171 172"},
		{"/productlist.nv?keyword=s%E4%E4ti%F6", "166"}, // ISO-8859-15
		{"/productlist.nv?keyword=vanh&published=1", "171"},
		{"/productlist.nv?changedsince=2024-01-03T12:00:00", "170 171 172"}, // Finnish time, inclusive
		{"/productlist.nv?changedsince=2024-01-03T12:00:01", "171 172"},
		{"/productlist.nv?CHANGEDSINCE=2024-01-04", "171 172"},
		{"/productlist.nv?changedsince=2024-01-03T12:00:00&keyword=vanh&deleted=0", ""},
		{"/getproduct.nv?idlist=170,165,999,170", "165 170"},
		{"/getproduct.nv?idlist=171,172,166&replyoption=1", "166"},
		{"/getproduct.nv?idlist=170,171,172&replyoption=2", "171"},
		{"/getproduct.nv?idlist=165,170,171&replyoption=3", "165"},
		{"/getproduct.nv?id=171", "171"},
		{"/getproduct.nv?id=171&replyoption=1", ""},
		{"/getproduct.nv?code=RYE-C", "165"},
		{"/getproduct.nv?codelist=%C3%84%C3%B6-%E2%82%AC1,RYE-C,none", "165 166"},
		{"/getproduct.nv?eancode=96385074", "165"},
		{"/getproduct.nv?eancode=1", ""},
		{"/extendedproductlist.nv", "165 166"},
		{"/extendedproductlist.nv?productnetvisorkeys=166,170,171", "166 170"},
		{"/extendedproductlist.nv?productchangedsince=2024-01-02T12:00", "166"},
		{"/extendedproductlist.nv?productcodekeyword=c", "165"},
		{"/extendedproductlist.nv?productnamekeyword=COMPLETE", "165"},
		{"/extendedproductlist.nv?producteancode=96385074", "165"},
		{"/extendedproductlist.nv?onlysellableproducts=true", "165"},
		{"/extendedproductlist.nv?onlystoragedproducts=1", "165"},
		{"/extendedproductlist.nv?productgroupnetvisorkeys=5", "166"},
		{"/extendedproductlist.nv?productgroupname=juomat", "165"},
		{"/extendedproductlist.nv?productgroupnamekeyword=juomat", "165 166"},
		{"/extendedproductlist.nv?productgroupnamefreetext=maito", "166"},
		{"/extendedproductlist.nv?excludeproductgroupnamefreetext=maito", "165"},
		{"/extendedproductlist.nv?productsonpage=1&page=2", "166"},
		{"/extendedproductlist.nv?productsonpage=1&page=3", ""},
	}
	c := inProcess(t, s)
	for _, tt := range tests {
		if got := keysIn(c.get(tt.target)); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.target, got, tt.want)
		}
	}
}

func TestPagesAddUp(t *testing.T) {
	t.Parallel()
	o := &Options{PageSize: 4}
	var want []string
	for i := range 11 {
		o.Products = append(o.Products, Product{Name: "p", Code: fmt.Sprint(i), Active: true})
		want = append(want, fmt.Sprint(i+1))
	}
	c := inProcess(t, newServer(t, o))
	var got []string
	for page := 1; page <= 4; page++ {
		body := c.get(fmt.Sprintf("/extendedproductlist.nv?page=%d", page))
		rows := map[int]int{1: 4, 2: 4, 3: 3, 4: 0}[page]
		head := fmt.Sprintf(`<Products CurrentPage="%d" PageCount="3" ProductsOnPage="%d" ProductsOnPages="11">`, page, rows)
		if !strings.Contains(body, head) {
			t.Errorf("no %s in %s", head, body)
		}
		got = append(got, strings.Fields(keysIn(body))...)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestRefusedReads(t *testing.T) {
	t.Parallel()
	c := inProcess(t, newServer(t, shop()))
	list := func(n int) string { return strings.Repeat("1,", n-1) + "1" }
	if got := keysIn(c.get("/getproduct.nv?idlist=" + list(399) + ",165")); got != "165" {
		t.Errorf("a list of 400: %q", got)
	}
	tests := []struct {
		target string
		status int
		code   string
	}{
		{"/getproduct.nv?idlist=" + list(401), 400, "INVALID_DATA_SIZE"},
		{"/getproduct.nv?codelist=" + list(401), 400, "INVALID_DATA_SIZE"},
		{"/getproduct.nv", 400, "INVALID_DATA"},
		{"/getproduct.nv?id=abc", 400, "INVALID_DATA"},
		{"/getproduct.nv?id=1,2", 400, "INVALID_DATA"},
		{"/getproduct.nv?id=165&replyoption=4", 400, "INVALID_DATA"},
		{"/productlist.nv?changedsince=yesterday", 400, "INVALID_DATA"},
		{"/productlist.nv?published=2", 400, "INVALID_DATA"},
		{"/productlist.nv?keyword=%zz", 400, "INVALID_DATA"},
		{"/extendedproductlist.nv?page=0", 400, "INVALID_DATA"},
		{"/extendedproductlist.nv?productsonpage=0", 400, "INVALID_DATA"},
		{"/extendedproductlist.nv?replyoptions=Everything", 400, "INVALID_DATA"},
		{"/product.nv?method=add", 400, "INVALID_DATA"},
		{"/unitlist.nv", 404, ""},
		{"/", 404, ""},
		{"/v2/productlist.nv", 404, ""},
	}
	for _, tt := range tests {
		status, body := c.do("GET", tt.target, "")
		if status != tt.status || code(body) != tt.code {
			t.Errorf("%.60s: got %d %s", tt.target, status, body)
		}
	}
	if status, body := c.do("POST", "/productlist.nv", ""); status != 400 || code(body) != "INVALID_DATA" {
		t.Errorf("POST to a list: %d %s", status, body)
	}
}

func TestReplyOptionsByName(t *testing.T) {
	t.Parallel()
	c := inProcess(t, newServer(t, shop()))
	for target, want := range map[string][2]bool{
		"/extendedproductlist.nv": {false, false},
		"/extendedproductlist.nv?replyoptions=IncludeProductShipmentInformation,%20includeproductaccountinginformation": {true, true},
		"/extendedproductlist.nv?replyoptions=16":         {true, false},
		"/extendedproductlist.nv?replyoptions=4294967295": {true, true},
	} {
		body := c.get(target)
		got := [2]bool{strings.Contains(body, "<ProductShipmentInformation>"), strings.Contains(body, "<ProductAccountInformation>")}
		if got != want {
			t.Errorf("%s: %v, want %v", target, got, want)
		}
	}
}

// TestRepeatedHour changes products before, in and after the hour that autumn
// repeats in Finland, 3 to 4 o'clock on 27 October 2024.
func TestRepeatedHour(t *testing.T) {
	t.Parallel()
	at := func(h, m int) time.Time { return time.Date(2024, 10, 27, h, m, 0, 0, time.UTC) }
	s := newServer(t, &Options{Products: []Product{
		{Key: 1, Name: "2:30 summer", LastChanged: time.Date(2024, 10, 26, 23, 30, 0, 0, time.UTC)},
		{Key: 2, Name: "3:30 summer", LastChanged: at(0, 30)},
		{Key: 3, Name: "3:10 winter", LastChanged: at(1, 10)},
		{Key: 4, Name: "4:00 winter", LastChanged: at(2, 0)},
	}})
	c := inProcess(t, s)
	for since, want := range map[string]string{"02:00": "1 2 3 4", "03:00": "2 3 4", "03:20": "2 4", "04:00": "4"} {
		if got := keysIn(c.get("/productlist.nv?changedsince=2024-10-27T" + since + ":00")); got != want {
			t.Errorf("since %s: %q, want %q", since, got, want)
		}
	}
}

func TestTimeStampSeasons(t *testing.T) {
	t.Parallel()
	for want, now := range map[string]time.Time{
		"9.10.2013 13:42:50":  time.Date(2013, 10, 9, 10, 42, 50, 0, time.UTC),
		"1.1.2024 01:02:03":   time.Date(2023, 12, 31, 23, 2, 3, 0, time.UTC),
		"31.12.2024 00:00:00": time.Date(2024, 12, 30, 22, 0, 0, 0, time.UTC),
	} {
		if got := stamp(now); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
