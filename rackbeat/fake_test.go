package rackbeat_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/rackbeat"
	"github.com/instep-go/instep/rackbeat/rackbeattest"
)

// clock is a time that moves by a second whenever it is asked for.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(time.Second)
	return c.at
}

func fake(t testing.TB, o *rackbeattest.Options) *rackbeattest.Server {
	t.Helper()
	if o == nil {
		o = &rackbeattest.Options{}
	}
	if o.Now == nil {
		o.Now = (&clock{at: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)}).now
	}
	o.RateLimit = -1
	s, err := rackbeattest.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func connect(t testing.TB, s *rackbeattest.Server, o rackbeat.Options) (*rackbeat.Client, *rackbeat.Products) {
	t.Helper()
	if o.Transport == nil {
		o.Transport = s.Transport()
	}
	o.PerMinute = -1
	c, err := rackbeat.New(rackbeattest.DefaultKey, rackbeat.Consumer{Name: "Instep tests", Email: "dev@example.com"}, &o)
	if err != nil {
		t.Fatal(err)
	}
	return c, c.Products()
}

func ref(number string) instep.Ref {
	return instep.Ref{System: "rackbeat", Entity: "product", ID: number}
}

func field(name string, v instep.Value) instep.Field { return instep.Field{Name: name, Value: v} }

func products(n int) []rackbeattest.Product {
	list := make([]rackbeattest.Product, n)
	for i := range list {
		list[i] = rackbeattest.Product{Number: fmt.Sprintf("P-%04d", i), Name: fmt.Sprintf("Vare %d", i), SalesPrice: "12.5", Group: 1}
	}
	return list
}

// numbers walks from a cursor to the end.
func numbers(t testing.TB, p *rackbeat.Products, from instep.Cursor) (list []string, last instep.Page) {
	t.Helper()
	for {
		page, err := p.Read(t.Context(), from)
		if err != nil {
			t.Fatal(err)
		}
		for _, rec := range page.Records {
			list = append(list, rec.Ref.ID)
		}
		if from = page.Next; !page.More {
			slices.Sort(list)
			return slices.Compact(list), page
		}
	}
}

func TestFakeWalks(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]rackbeattest.Options{"zoneless": {}, "zoned": {ZonedTimes: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o.Products = products(45)
			s := fake(t, &o)
			_, p := connect(t, s, rackbeat.Options{PageSize: 10, Overlap: -1})
			all, last := numbers(t, p, "")
			if want := (instep.Sweep{Complete: true, Total: 45}); len(all) != 45 || last.Sweep != want {
				t.Fatalf("%d products, sweep %+v", len(all), last.Sweep)
			}
			s.ResetLog()
			if idle, again := numbers(t, p, last.Next); len(idle) != 1 || again.Next != last.Next {
				t.Errorf("an idle walk gives %q and moves the mark: %v", idle, again.Next != last.Next)
			}
			if reads, _ := s.Counts(); reads != 1 {
				t.Errorf("an idle walk takes %d requests, want 1", reads)
			}
			for _, n := range []string{"P-0003", "P-0044", "P-0020"} {
				if err := s.Edit(n, func(p *rackbeattest.Product) { p.Name += "!" }); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.Remove("P-0001"); err != nil {
				t.Fatal(err)
			}
			changed, last := numbers(t, p, last.Next)
			if diff := cmp.Diff([]string{"P-0003", "P-0020", "P-0044"}, changed); diff != "" {
				t.Errorf("changes differ (-want +got):\n%s", diff)
			}
			if _, last = numbers(t, p, ""); last.Sweep != (instep.Sweep{Complete: true, Total: 44}) {
				t.Errorf("sweep is %+v", last.Sweep)
			}
		})
	}
}

func TestFakeWrites(t *testing.T) {
	t.Parallel()
	for name, double := range map[string]bool{"once": false, "twice": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := fake(t, &rackbeattest.Options{
				DoubleEncoding: double,
				Groups:         []rackbeattest.Group{{Number: 1, Name: "Varer"}, {Number: 2, Name: "VVS"}},
				Units:          []rackbeattest.Unit{{Number: 1, Name: "stk."}, {Number: 2, Name: "m"}},
			})
			c, p := connect(t, s, rackbeat.Options{})
			const odd = "RØR/12 #4"
			result := write(t, p, instep.Op{Ref: ref(odd), Fields: instep.NewFields(
				field("name", instep.String("Kobberrør")), field("sales_price", instep.Number(instep.MustDecimal("129.123456"))),
				field("group", instep.String("VVS")), field("unit", instep.String("m")), field("barcode", instep.String("057")),
				field("min_stock", instep.Int(3)), field("weight", instep.Number(instep.MustDecimal("1.25"))), field("weight_unit", instep.String("kg")),
			)})
			if result.Ref != ref(odd) || result.After == nil || result.After.Identity == "" {
				t.Fatalf("result is %+v", result)
			}
			identity := result.After.Identity
			for name, want := range map[string]instep.Value{
				"sales_price": instep.Number(instep.MustDecimal("129.123456")), "group": instep.String("VVS"), "unit": instep.String("m"),
				"min_stock": instep.Number(instep.MustDecimal("3")), "description": instep.Null(), "weight": instep.Number(instep.MustDecimal("1.25")),
			} {
				if got := result.After.Fields.Get(name); got != want {
					t.Errorf("%s is %v, want %v", name, got, want)
				}
			}
			result = write(t, p, instep.Op{Action: instep.Update, Ref: ref(odd), Fields: instep.NewFields(
				field("number", instep.String("rør/12")), field("unit", instep.Null()), field("is_barred", instep.Bool(true)),
			)})
			if result.Ref != ref("rør/12") || result.After.Identity != identity || result.After.Status != instep.Inactive {
				t.Errorf("result is %+v", result)
			}
			got, err := p.Get(t.Context(), []instep.Ref{ref("rør/12"), ref(odd)})
			if err != nil || got[0].Status != instep.Inactive || got[1].Status != instep.Missing {
				t.Fatalf("got %v, %v", got, err)
			}
			if !got[0].Fields.Equal(result.After.Fields) || got[0].Modified != result.After.Modified {
				t.Errorf("the reply of the update was\n%v, a read gives\n%v", result.After.Fields, got[0].Fields)
			}
			found, err := p.Find(t.Context(), "barcode", []instep.Value{instep.String("057")})
			if err != nil || len(found[0]) != 1 || found[0][0].Ref != ref("rør/12") {
				t.Errorf("found %v, %v", found, err)
			}
			write(t, p, instep.Op{Action: instep.Delete, Ref: ref("rør/12")})
			if _, err := c.GetProduct(t.Context(), "rør/12"); instep.KindOf(err) != instep.NotFound {
				t.Errorf("the product is still there: %v", err)
			}
		})
	}
}

func write(t testing.TB, p *rackbeat.Products, op instep.Op) instep.Result {
	t.Helper()
	results, err := p.Write(t.Context(), []instep.Op{op})
	if err != nil || results[0].Err != nil {
		t.Fatal(err, results[0].Err)
	}
	return results[0]
}

func TestFakeRefusals(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"en", "da"} {
		s := fake(t, &rackbeattest.Options{Products: products(2), Language: language})
		c, _ := connect(t, s, rackbeat.Options{})
		for name, test := range map[string]struct {
			call func(context.Context) error
			kind instep.Kind
			part string // of the field
		}{
			"taken": {func(ctx context.Context) error {
				_, err := c.CreateProduct(ctx, rackbeat.ProductInput{Number: "P-0001", Name: "x", Group: "1"})
				return err
			}, instep.Duplicate, "number"},
			"taken by rename": {func(ctx context.Context) error {
				_, err := c.UpdateProduct(ctx, "P-0000", rackbeat.ProductUpdate{Number: instep.Set("P-0001")})
				return err
			}, instep.Duplicate, "number"},
			"unknown group": {func(ctx context.Context) error {
				_, err := c.CreateProduct(ctx, rackbeat.ProductInput{Number: "x", Name: "x", Group: "99"})
				return err
			}, instep.Invalid, "group"},
			"not there": {func(ctx context.Context) error {
				_, err := c.UpdateProduct(ctx, "p-0001", rackbeat.ProductUpdate{Name: instep.Set("x")})
				return err
			}, instep.NotFound, ""},
			"two faults": {func(ctx context.Context) error {
				_, err := c.CreateProduct(ctx, rackbeat.ProductInput{Number: "P-0001", Name: "x", Group: "99"})
				return err
			}, instep.Invalid, "group"},
		} {
			err := test.call(t.Context())
			if instep.KindOf(err) != test.kind {
				t.Errorf("%s, %s: got %v, want kind %q", language, name, err, test.kind)
				continue
			}
			if e, _ := errors.AsType[*instep.Error](err); e.Field != test.part {
				t.Errorf("%s, %s: field is %q, want %q", language, name, e.Field, test.part)
			}
		}
	}
}

func TestFakeDrafts(t *testing.T) {
	t.Parallel()
	s := fake(t, nil)
	c, p := connect(t, s, rackbeat.Options{})
	draft, err := c.CreateProductDraft(t.Context(), rackbeat.ProductUpdate{Number: instep.Set("D/1"), Name: instep.Set("Kladde")})
	if err != nil || draft.Number != "D/1" || !draft.IsDraft.Or(false) {
		t.Fatalf("got %+v, %v", draft, err)
	}
	if got, err := p.Get(t.Context(), []instep.Ref{ref("D/1")}); err != nil || got[0].Status != instep.Hidden {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := c.PublishProduct(t.Context(), "D/1"); instep.KindOf(err) != instep.Invalid {
		t.Errorf("an incomplete draft was published: %v", err)
	}
	if _, err := c.UpdateProduct(t.Context(), "D/1", rackbeat.ProductUpdate{
		SalesPrice: instep.Set(instep.MustDecimal("1")), Group: instep.Set("1"),
	}); err != nil {
		t.Fatal(err)
	}
	product, err := c.PublishProduct(t.Context(), "D/1")
	if err != nil || product.IsDraft.Or(true) {
		t.Errorf("got %+v, %v", product, err)
	}
}

func TestFakeLists(t *testing.T) {
	t.Parallel()
	s := fake(t, nil)
	c, p := connect(t, s, rackbeat.Options{})
	group, err := c.CreateProductGroup(t.Context(), rackbeat.ProductGroupInput{Name: "VVS", HasInventory: instep.Set(true)})
	if err != nil || group.Name != "VVS" || group.Number == "" {
		t.Fatalf("got %+v, %v", group, err)
	}
	if got, err := c.GetProductGroup(t.Context(), group.Number); err != nil || got.Name != "VVS" {
		t.Errorf("got %+v, %v", got, err)
	}
	unit, err := c.CreateUnit(t.Context(), rackbeat.UnitInput{Name: "m"})
	if err != nil || unit.Name != "m" {
		t.Fatalf("got %+v, %v", unit, err)
	}
	if got, err := c.GetUnit(t.Context(), unit.Number); err != nil || got != unit {
		t.Errorf("got %+v, %v", got, err)
	}
	groups, err := p.List(t.Context(), "product_groups")
	if diff := cmp.Diff([]instep.Item{{Code: "1", Name: "Varer"}, {Code: group.Number, Name: "VVS"}}, groups); err != nil || diff != "" {
		t.Errorf("%v, groups differ (-want +got):\n%s", err, diff)
	}
}

func TestFakeProbe(t *testing.T) {
	t.Parallel()
	s := fake(t, &rackbeattest.Options{Denied: []string{"units"}})
	_, p := connect(t, s, rackbeat.Options{})
	report, err := p.Probe(t.Context())
	if err != nil || report.Installation != fmt.Sprint(rackbeattest.DefaultAccountID) || report.Name != rackbeattest.DefaultCompany {
		t.Fatalf("got %+v, %v", report, err)
	}
	for _, check := range report.Checks {
		if ok := check.Name != "units readable"; check.OK != ok {
			t.Errorf("%+v", check)
		}
	}
}

// Over a real connection that breaks and throttles, no product is made twice,
// and each that was made is found by the number that was chosen for it.
func TestFakeFaults(t *testing.T) {
	t.Parallel()
	s := fake(t, nil)
	faults, err := rackbeattest.ParseFaults("lost=15%,lostbefore=10%,500=10%,500after=10%")
	if err != nil {
		t.Fatal(err)
	}
	address := s.Start(t)
	s.SetFaults(faults, 7)
	_, p := connect(t, s, rackbeat.Options{
		BaseURL: address, Retries: -1, Transport: &http.Transport{DisableKeepAlives: true},
	})
	const n = 60
	kinds := map[instep.Kind]int{}
	made := map[string]bool{}
	for i := range n {
		number := fmt.Sprintf("F-%02d", i)
		for range 20 {
			results, _ := p.Write(t.Context(), []instep.Op{{Ref: ref(number), Fields: instep.NewFields(
				field("name", instep.String("x")), field("sales_price", instep.Int(1)), field("group", instep.String("Varer")),
			)}})
			kind := instep.KindOf(results[0].Err)
			kinds[kind]++
			if made[number] && kind != instep.Duplicate && kind != instep.Lost && kind != instep.Unavailable {
				t.Errorf("%s was made again: %v", number, results[0].Err)
			}
			if results[0].Err == nil || kind == instep.Duplicate {
				break
			}
			if slices.ContainsFunc(s.Products(), func(p rackbeattest.Product) bool { return p.Number == number }) {
				if kind != instep.Lost {
					t.Errorf("%s is there, but the create ended with %v", number, results[0].Err)
				}
				made[number] = true
			}
		}
	}
	s.SetFaults(rackbeattest.Faults{}, 0)
	all, last := numbers(t, p, "")
	if len(all) != n || !last.Sweep.Complete {
		t.Errorf("%d products, want %d; outcomes %v", len(all), n, kinds)
	}
	if kinds[instep.Lost] == 0 {
		t.Error("no reply was lost: the test shows nothing")
	}
}

// The wish for no webhooks arrives with a write.
func TestFakeSuppressWebhooks(t *testing.T) {
	t.Parallel()
	s := fake(t, nil)
	c, _ := connect(t, s, rackbeat.Options{SuppressWebhooks: true})
	_, _ = c.CreateProduct(t.Context(), rackbeat.ProductInput{Number: "x", Name: "x", Group: "1"})
	requests := s.Requests()
	if got := requests[len(requests)-1].Target; !strings.HasSuffix(got, "?suppress_webhooks=true") {
		t.Errorf("target is %s", got)
	}
}
