package netvisor

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/instep-go/instep"
	"github.com/instep-go/instep/netvisor/netvisortest"
)

func TestGet(t *testing.T) {
	t.Parallel()
	c, _ := onFake(t, &netvisortest.Options{Products: []netvisortest.Product{
		{Key: 1, Name: "A", Group: "G"}, {Key: 2, Name: "B", Group: "G", Deleted: true}, {Key: 10, Name: "C", Group: "G"},
	}}, nil)
	var refs []instep.Ref
	for _, id := range []string{"10", "2", "1", "x", "", "01", "-1", "10", "9999999999999999999"} {
		refs = append(refs, instep.Ref{System: "netvisor", Entity: "product", ID: id})
	}
	records, err := c.Products().Get(t.Context(), refs)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i, r := range records {
		if r.Ref != refs[i] {
			t.Errorf("record %d is of %v", i, r.Ref)
		}
		got = append(got, r.Fields.Get(FieldName).String())
		if (r.Status == instep.Missing) != (r.Fields.Len() == 0) {
			t.Errorf("record %d: %v with %d fields", i, r.Status, r.Fields.Len())
		}
	}
	if diff := cmp.Diff([]string{"C", "", "A", "", "", "", "", "C", ""}, got); diff != "" {
		t.Error(diff)
	}
	if c.Stats().Reads != 1 {
		t.Errorf("%+v", c.Stats())
	}
	if none, err := c.Products().Get(t.Context(), nil); err != nil || len(none) != 0 || c.Stats().Reads != 1 {
		t.Errorf("%v, %v", none, err)
	}
	if _, err := c.Products().Get(t.Context(), []instep.Ref{{System: "rackbeat", Entity: "product", ID: "1"}}); instep.KindOf(err) != instep.Config {
		t.Errorf("%v", err)
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	c, _ := onFake(t, &netvisortest.Options{DuplicateCodes: true, Products: []netvisortest.Product{
		{Key: 1, Code: "a", Name: "A", Group: "G", PrimaryEAN: "111"}, {Key: 2, Code: "b,c", Name: "B", Group: "G", SecondaryEAN: "111"},
		{Key: 3, Code: "a", Name: "C", Group: "G", PrimaryEAN: "222"}, {Key: 4, Code: "A", Name: "D", Group: "G"}, {Key: 5, Name: "E", Group: "G"},
		{Key: 6, Code: "d", Name: "F", Group: "G", Deleted: true},
	}}, nil)
	texts := func(s ...string) (out []instep.Value) {
		for _, x := range s {
			out = append(out, instep.String(x))
		}
		return out
	}
	for _, tt := range []struct {
		field  string
		values []instep.Value
		want   []string
	}{
		{FieldCode, texts("b,c", "a", "", "A", "d", "none", "a"), []string{"2", "1 3", "", "4", "", "", "1 3"}},
		{FieldCode, []instep.Value{instep.Null(), instep.Int(1)}, []string{"", ""}},
		{FieldPrimaryEAN, texts("111", "222", "333", ""), []string{"1", "3", "", ""}},
	} {
		found, err := c.Products().Find(t.Context(), tt.field, tt.values)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, records := range found {
			got = append(got, ids(records))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s", tt.field, diff)
		}
	}
	if _, err := c.Products().Find(t.Context(), FieldName, texts("A")); instep.KindOf(err) != instep.Unsupported {
		t.Errorf("%v", err)
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	p := stubbed(t, always(200, sample(t, "productgroups.xml")), nil).Products()
	items, err := p.List(t.Context(), ListGroups)
	if diff := cmp.Diff([]instep.Item{{Code: "16", Name: "Books"}, {Code: "18", Name: "Romaner"}}, items); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if _, err := p.List(t.Context(), "units"); instep.KindOf(err) != instep.Unsupported || !strings.Contains(err.Error(), "product_groups") {
		t.Errorf("%v", err)
	}
}

func TestTraits(t *testing.T) {
	t.Parallel()
	got := stubbed(t, always(200, ""), nil).Products().Traits()
	want := instep.Traits{
		Entity: "product", System: "netvisor", MaxBatch: 20, MaxGet: 400, MaxInFlight: 1, CanBar: true,
		ReadLag: 10 * time.Second, RequestLife: 150 * time.Second,
	}
	if got != want {
		t.Errorf("%+v", got)
	}
	got = stubbed(t, always(200, ""), &Options{ReadLag: -1, RequestLife: time.Second}).Products().Traits()
	if got.ReadLag != 0 || got.RequestLife != time.Second {
		t.Errorf("%+v", got)
	}
}

// TestProbe: what is wrong shows as a failed check with a remedy.
func TestProbe(t *testing.T) {
	t.Parallel()
	denied := func(resource string) stub {
		return func(r *http.Request) (*http.Response, error) {
			if strings.HasSuffix(r.URL.Path, resource) {
				return answerWith(r, 403, failure("SERVICE_ACCESS_ERROR :: no")), nil
			}
			return answerWith(r, 200, envelope("")), nil
		}
	}
	for _, tt := range []struct {
		name   string
		reply  stub
		now    time.Time
		o      *Options
		failed []string
	}{
		{"all well", always(200, envelope("")), testStamp, nil, nil},
		{"wrong key", always(401, failure("AUTHENTICATION_FAILED :: x")), testStamp, nil, []string{"credentials accepted"}},
		{"a web page", always(200, "<html>"), testStamp, nil, []string{"credentials accepted"}},
		{"no list", denied("productlist.nv"), testStamp, nil, []string{"product list readable"}},
		{"no products", denied("getproduct.nv"), testStamp, nil, []string{"products readable"}},
		{"no groups", denied("getproductgroups.nv"), testStamp, nil, []string{"product groups readable"}},
		{"clock", always(200, envelope("")), testStamp.Add(5 * time.Minute), nil, []string{"clock in step"}},
		{"zone", always(200, envelope("")), testStamp, &Options{Location: time.UTC}, []string{"time zone of the change filter"}},
	} {
		c := stubbed(t, tt.reply, tt.o)
		c.now = func() time.Time { return tt.now }
		report, err := c.Products().Probe(t.Context())
		if err != nil || report.System != "netvisor" || report.Installation != "1967543-8@integration.netvisor.fi" {
			t.Errorf("%s: %+v, %v", tt.name, report, err)
		}
		var failed []string
		for _, check := range report.Checks {
			if check.OK {
				continue
			}
			if failed = append(failed, check.Name); check.Remedy == "" || check.Detail == "" {
				t.Errorf("%s: %+v", tt.name, check)
			}
		}
		if diff := cmp.Diff(tt.failed, failed); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

func TestProbeUnreachable(t *testing.T) {
	t.Parallel()
	c, err := New(testCredentials, &Options{BaseURL: "http://127.0.0.1:1", Retries: -1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Products().Probe(t.Context()); instep.KindOf(err) != instep.Unavailable || !strings.Contains(err.Error(), "check the address") {
		t.Errorf("%v", err)
	}
}

// TestInstallation: test and production differ, the port does not matter.
func TestInstallation(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]string{
		Production: "1967543-8@integration.netvisor.fi", TestSystem: "1967543-8@isvapi.netvisor.fi",
		"http://127.0.0.1:4711": "1967543-8@127.0.0.1", "http://127.0.0.1:4712/x": "1967543-8@127.0.0.1",
		"https://INTEGRATION.netvisor.fi": "1967543-8@integration.netvisor.fi",
	} {
		report, err := stubbed(t, always(200, envelope("")), &Options{BaseURL: base}).Products().Probe(t.Context())
		if err != nil || report.Installation != want {
			t.Errorf("%s: %s, %v", base, report.Installation, err)
		}
	}
}

// TestErrorsComeThrough: an error of a request inside is the error of the whole.
func TestErrorsComeThrough(t *testing.T) {
	t.Parallel()
	p := stubbed(t, always(503, ""), nil).Products()
	for name, err := range map[string]error{
		"get":          second(p.Get(t.Context(), []instep.Ref{refOf("product", 1)})),
		"find by code": second(p.Find(t.Context(), FieldCode, []instep.Value{instep.String("a")})),
		"find by EAN":  second(p.Find(t.Context(), FieldPrimaryEAN, []instep.Value{instep.String("1")})),
		"list":         second(p.List(t.Context(), ListGroups)),
	} {
		if instep.KindOf(err) != instep.Unavailable {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestStrangeItems: what is not a product is passed over, and a key that is no
// number is an error.
func TestStrangeItems(t *testing.T) {
	t.Parallel()
	strange := envelope("<ProductList><Note/><Product><NetvisorKey>3</NetvisorKey></Product></ProductList><Products><Note/></Products><Advert/>")
	c := stubbed(t, always(200, strange), nil)
	list, err := c.ListProducts(t.Context(), nil)
	if err != nil || len(list.Rows) != 1 {
		t.Errorf("%+v, %v", list, err)
	}
	if got, err := c.GetProducts(t.Context(), []int64{3}, nil); err != nil || len(got) != 0 {
		t.Errorf("%v, %v", got, err)
	}
	c = stubbed(t, always(200, envelope("<ProductList><Product><NetvisorKey>3x</NetvisorKey></Product></ProductList>")), nil)
	if _, err := c.ListProducts(t.Context(), nil); instep.KindOf(err) != instep.Malformed {
		t.Errorf("%v", err)
	}
	c = stubbed(t, always(200, envelope(`<Products CurrentPage="one"><Product/></Products>`)), nil)
	for _, err := range c.ExtendedProducts(t.Context(), nil) {
		if instep.KindOf(err) != instep.Malformed {
			t.Errorf("%v", err)
		}
	}
}
