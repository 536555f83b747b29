package rackbeat_test

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/rackbeat"
	"github.com/instep-go/instep/rackbeat/rackbeattest"
)

// A page that is not what it says never passes for all there is.
func TestRegistersSpoiledPages(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		fault    rackbeattest.ListFaultKind
		records  int  // seen in the walk
		complete bool // which is right
	}{
		{rackbeattest.DoubledRow, 95, true},
		{rackbeattest.Truncated, 85, false},
		{rackbeattest.EmptyPage, 20, false}, // nothing comes after an empty page
		{rackbeattest.SwappedRow, 94, false},
	} {
		t.Run(string(tt.fault), func(t *testing.T) {
			t.Parallel()
			registries(t, rackbeattest.Options{}, rackbeat.Options{PageSize: 20}, func(t *testing.T, r *registry, _ *rackbeat.Client) {
				r.seed(t, 95)
				r.server.SpoilLists(rackbeattest.ListFault{Kind: tt.fault, Path: r.entity + "s", Page: 2})
				all, last := r.walk(t, "")
				if len(all) != tt.records || last.Sweep.Complete != tt.complete {
					t.Errorf("%d records, sweep %+v; want %d", len(all), last.Sweep, tt.records)
				}
				if all, last = r.walk(t, ""); len(all) != 95 || !last.Sweep.Complete {
					t.Errorf("%d records in the walk after it, sweep %+v", len(all), last.Sweep)
				}
			})
		})
	}
}

// What is no JSON, or half of it, fails the read; no part of the page counts.
func TestRegistersMalformedPages(t *testing.T) {
	t.Parallel()
	spoil := map[string]func(*registry){
		"cut":  func(r *registry) { r.server.SpoilLists(rackbeattest.ListFault{Kind: rackbeattest.CutBody, Page: 2}) },
		"html": func(r *registry) { r.server.Script(secondPage(rackbeattest.HTMLPage(http.StatusOK))) },
		"html 206": func(r *registry) {
			r.server.Script(secondPage(rackbeattest.HTMLPage(http.StatusPartialContent)))
		},
		"nothing": func(r *registry) { r.server.Script(secondPage(rackbeattest.Step{Status: http.StatusOK})) },
		"other key": func(r *registry) {
			r.server.Script(secondPage(rackbeattest.Step{Status: http.StatusOK, Body: `{"products":[],"total":0,"pages":0,"limit":20,"page":2}`}))
		},
		"page 1 again": func(r *registry) {
			r.server.Script(secondPage(rackbeattest.Step{Status: 206, Body: `{"` + r.entity + `s":[{"number":1}],"total":30,"pages":2,"limit":20,"page":1}`}))
		},
		"no number": func(r *registry) {
			r.server.Script(secondPage(rackbeattest.Step{Status: 206, Body: `{"` + r.entity + `s":[{"name":"x"}],"total":30,"pages":2,"limit":20,"page":2}`}))
		},
	}
	for name, spoil := range spoil {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			registries(t, rackbeattest.Options{}, rackbeat.Options{PageSize: 20}, func(t *testing.T, r *registry, _ *rackbeat.Client) {
				r.seed(t, 30)
				first, err := r.Read(t.Context(), "")
				if err != nil || len(first.Records) != 20 || !first.More {
					t.Fatal(first, err)
				}
				spoil(r)
				page, err := r.Read(t.Context(), first.Next)
				e, ok := errors.AsType[*instep.Error](err)
				if !ok || e.Kind != instep.Malformed || len(page.Records) != 0 {
					t.Fatalf("%d records, %v", len(page.Records), err)
				}
				if strings.HasPrefix(name, "html") && !strings.Contains(e.Remedy, "base URL") || strings.Contains(e.Error(), "moment") {
					t.Errorf("%v, remedy %q", e, e.Remedy)
				}
				if page, err = r.Read(t.Context(), first.Next); err != nil || len(page.Records) != 10 || !page.Sweep.Complete {
					t.Errorf("read again: %d records, %+v, %v", len(page.Records), page.Sweep, err)
				}
			})
		})
	}
}

// secondPage lets a step answer the second page of a list.
func secondPage(s rackbeattest.Step) rackbeattest.Step {
	s.Match = func(r *http.Request) bool { return r.URL.Query().Get("page") == "2" }
	return s
}

// A page of HTML in place of the reply to a write leaves the write in doubt.
func TestRegistersHTMLForWrites(t *testing.T) {
	t.Parallel()
	registries(t, rackbeattest.Options{}, rackbeat.Options{}, func(t *testing.T, r *registry, _ *rackbeat.Client) {
		step := rackbeattest.HTMLPage(http.StatusOK)
		step.Handle = true
		step.Match = func(r *http.Request) bool { return r.Method != http.MethodGet }
		for _, op := range []instep.Op{
			{Ref: r.ref(7), Fields: r.good()},
			{Action: instep.Update, Ref: r.ref(7), Fields: instep.NewFields(text("number", "8"))},
		} {
			r.server.Script(step)
			results, err := r.Write(t.Context(), []instep.Op{op})
			if err != nil || instep.KindOf(results[0].Err) != instep.Lost {
				t.Errorf("%v: %+v, %v", op.Action, results[0], err)
			}
		}
		if all := r.all(); len(all) != 1 || all[0].Number != 8 {
			t.Errorf("there are %+v", all)
		}
	})
}

// What the vendor refuses keeps its field, under the name that it has here.
func TestRegistersRefusals(t *testing.T) {
	t.Parallel()
	registries(t, rackbeattest.Options{}, rackbeat.Options{}, func(t *testing.T, r *registry, _ *rackbeat.Client) {
		r.seed(t, 2)
		refused := func(body string) rackbeattest.Step {
			return rackbeattest.Step{
				Match:  func(req *http.Request) bool { return req.Method == http.MethodPut },
				Status: http.StatusUnprocessableEntity, Body: body,
			}
		}
		for _, tt := range []struct {
			body   string // "" is the fake's own answer
			fields instep.Fields
			kind   instep.Kind
			field  string
		}{
			{"", instep.NewFields(text("number", "2")), instep.Duplicate, "number"},
			{"", instep.NewFields(text("currency", "XYZ")), instep.Invalid, "currency"},
			{"", instep.NewFields(text("name", strings.Repeat("å", 300))), instep.Invalid, "name"},
			{"", instep.NewFields(text("address_city", strings.Repeat("å", 300))), instep.Invalid, "address_city"},
			{`{"errors":{"address_country":["x"]}}`, instep.NewFields(text("country", "FI")), instep.Invalid, "country"},
			{`{"errors":{"payment_terms_id":["x"]}}`, instep.NewFields(text("payment_term", "Netto 8 dage")), instep.Invalid, "payment_term"},
			{`{"errors":{"company_vat":["x"]}}`, instep.NewFields(text("business_id", "1")), instep.Invalid, "business_id"},
			{`{"errors":{"billing_address.city":["a","b"],"number":["taken"]}}`, instep.NewFields(text("number", "9")), instep.Invalid, "billing_address.city"},
			{`{"message":"Kunden har ordrer"}`, instep.NewFields(text("name", "x")), instep.Invalid, ""},
			{`{"errors":[]}`, instep.NewFields(text("name", "x")), instep.Invalid, ""},
			{`no JSON`, instep.NewFields(text("name", "x")), instep.Invalid, ""},
		} {
			if tt.body != "" {
				r.server.Script(refused(tt.body))
			}
			results, err := r.Write(t.Context(), []instep.Op{{Action: instep.Update, Ref: r.ref(1), Fields: tt.fields}})
			e, ok := errors.AsType[*instep.Error](results[0].Err)
			if err != nil || !ok || e.Kind != tt.kind || e.Field != tt.field || e.Ref != r.ref(1) || e.Status != 422 {
				t.Errorf("%s: %v, %v", tt.body, results[0].Err, err)
			}
		}
		if err := r.edit(2, func(p *rackbeattest.Party) { p.HasHistory = true }); err != nil {
			t.Fatal(err)
		}
		results, _ := r.Write(t.Context(), []instep.Op{{Action: instep.Delete, Ref: r.ref(2)}, {Action: instep.Delete, Ref: r.ref(1)}, {Action: instep.Delete, Ref: r.ref(1)}})
		for i, want := range []instep.Kind{instep.Invalid, instep.Unclassified, instep.NotFound} {
			if got := instep.KindOf(results[i].Err); got != want {
				t.Errorf("delete %d: %v, want kind %q", i, results[i].Err, want)
			}
		}
	})
}

// A probe names the one resource that the key may not use.
func TestRegistersProbe(t *testing.T) {
	t.Parallel()
	registries(t, rackbeattest.Options{}, rackbeat.Options{}, func(t *testing.T, r *registry, _ *rackbeat.Client) {
		asked := []string{r.entity + "s", r.entity + "-groups", "payment-terms", "products"}
		if r.entity == "customer" {
			asked = append(asked, "layouts")
		}
		for _, denied := range asked {
			if err := r.server.Deny(denied); err != nil {
				t.Fatal(err)
			}
			report, err := r.Probe(t.Context())
			if err != nil || report.Name != rackbeattest.DefaultCompany {
				t.Fatalf("%+v, %v", report, err)
			}
			var failed []string
			for _, c := range report.Checks {
				if !c.OK {
					failed = append(failed, c.Name+": "+c.Remedy)
				}
			}
			name := strings.ReplaceAll(denied, "-", " ")
			want := []string{name + " readable: give the API key the right to " + name + ", or use a key with all permissions"}
			if denied == "products" { // which this register does without
				want = nil
			}
			if diff := cmp.Diff(want, failed); diff != "" {
				t.Errorf("without %s the failed checks differ (-want +got):\n%s", denied, diff)
			}
		}
		if err := r.server.Deny(r.entity + "s"); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Read(t.Context(), ""); instep.KindOf(err) != instep.Forbidden || !strings.Contains(err.Error(), "right to "+r.entity+"s") {
			t.Errorf("a read without the right: %v", err)
		}
	})
}

// Over a connection that breaks, no record is made twice, each is found by the
// number that was chosen for it, and a rename is done, or not, or in doubt.
func TestRegistersLostReplies(t *testing.T) {
	t.Parallel()
	faults, err := rackbeattest.ParseFaults("lost=15%,lostbefore=10%,500=10%,500after=10%")
	if err != nil {
		t.Fatal(err)
	}
	o := rackbeat.Options{Retries: -1, Transport: &http.Transport{DisableKeepAlives: true}}
	registries(t, rackbeattest.Options{ShowIDs: true}, o, func(t *testing.T, r *registry, _ *rackbeat.Client) {
		const n = 12
		r.server.SetFaults(faults, 11)
		lost := 0
		for i := range n {
			lost += r.insist(t, instep.Op{Ref: r.ref(100 + i), Fields: r.good(text("name", "Firma "+strconv.Itoa(i)))}, instep.Duplicate)
		}
		all := r.all()
		if len(all) != n || lost == 0 {
			t.Fatalf("%d records, want %d; %d replies lost", len(all), n, lost)
		}
		for i, p := range all {
			current := instep.Record{Ref: r.ref(p.Number), Identity: "id:" + strconv.Itoa(p.ID)}
			r.insist(t, instep.Op{
				Action: instep.Update, Ref: current.Ref, Current: &current, Fields: instep.NewFields(text("number", strconv.Itoa(500+i))),
			}, instep.NotFound)
		}
		r.server.SetFaults(rackbeattest.Faults{}, 0)
		all = r.all()
		for i, p := range all {
			if p.Number != 500+i {
				t.Errorf("record %d has the number %d", i, p.Number)
			}
		}
		numbers, last := r.walk(t, "")
		if len(numbers) != n || len(all) != n || !last.Sweep.Complete {
			t.Errorf("%d records, sweep %+v", len(numbers), last.Sweep)
		}
	})
}

// insist repeats an op until it is carried out, or fails in the way that shows
// that it was before. It returns how often the outcome was not known.
func (r *registry) insist(t *testing.T, op instep.Op, before instep.Kind) (lost int) {
	t.Helper()
	for range 50 {
		results, _ := r.Write(t.Context(), []instep.Op{op})
		switch kind := instep.KindOf(results[0].Err); {
		case results[0].Err == nil || kind == before:
			return lost
		case kind == instep.Lost:
			lost++
		case kind != instep.Unavailable:
			t.Fatal(results[0].Err)
		}
	}
	t.Fatalf("%v is never carried out", op.Ref)
	return lost
}

// Deleted records are gone from lists, or say so, as the vendor has it.
func TestRegistersDeleted(t *testing.T) {
	t.Parallel()
	for _, listed := range []bool{false, true} {
		t.Run(strconv.FormatBool(listed), func(t *testing.T) {
			t.Parallel()
			registries(t, rackbeattest.Options{ListDeleted: listed}, rackbeat.Options{}, func(t *testing.T, r *registry, _ *rackbeat.Client) {
				r.seed(t, 3)
				r.do(t, instep.Op{Action: instep.Delete, Ref: r.ref(2)})
				page, err := r.Read(t.Context(), "")
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, rec := range page.Records {
					got = append(got, rec.Ref.ID+" "+rec.Status.String())
				}
				slices.Sort(got)
				want := []string{"1 live", "3 live"}
				if listed {
					want = []string{"1 live", "2 deleted", "3 live"}
				}
				if diff := cmp.Diff(want, got); diff != "" || !page.Sweep.Complete {
					t.Errorf("sweep %+v; records differ (-want +got):\n%s", page.Sweep, diff)
				}
			})
		})
	}
}

// A change that a shortened page kept back comes with the next walk.
func TestRegistersSpoiledChanges(t *testing.T) {
	t.Parallel()
	for _, fault := range []rackbeattest.ListFaultKind{rackbeattest.Truncated, rackbeattest.EmptyPage} {
		for _, bad := range []int{1, 2} {
			t.Run(string(fault)+" "+strconv.Itoa(bad), func(t *testing.T) {
				t.Parallel()
				registries(t, rackbeattest.Options{}, rackbeat.Options{PageSize: 10, Overlap: -1}, func(t *testing.T, r *registry, _ *rackbeat.Client) {
					r.seed(t, 40)
					_, last := r.walk(t, "")
					var want []string
					for n := 11; n <= 30; n++ {
						if err := r.edit(n, func(p *rackbeattest.Party) { p.City = "Åbo" }); err != nil {
							t.Fatal(err)
						}
						want = append(want, strconv.Itoa(n))
					}
					r.server.SpoilLists(rackbeattest.ListFault{Kind: fault, Path: r.entity + "s", Page: bad})
					got, spoiled := r.walk(t, last.Next)
					again, sound := r.walk(t, spoiled.Next)
					seen := append(got, again...)
					slices.Sort(seen)
					seen = slices.DeleteFunc(slices.Compact(seen), func(n string) bool { return n == "40" }) // the mark itself
					if diff := cmp.Diff(want, seen); diff != "" || len(got) > 20 {
						t.Errorf("%d changes; both walks differ (-want +got):\n%s", len(got), diff)
					}
					if idle, _ := r.walk(t, sound.Next); len(idle) != 1 {
						t.Errorf("an idle walk gives %v", idle)
					}
				})
			})
		}
	}
}
