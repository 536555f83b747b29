package rackbeat

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
)

func TestProbe(t *testing.T) {
	t.Parallel()
	c, _ := client(t, nil, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat))
		switch r.URL.Path {
		case "/api/self":
			answer(200, sample(t, "self.json"))(w, r)
		case "/api/products":
			answer(403, "")(w, r)
		case "/api/product-groups":
			answer(206, `{"product_groups":[],"total":0,"pages":1,"limit":1,"page":1}`)(w, r)
		default:
			answer(500, "")(w, r)
		}
	})
	got, err := c.Products().Probe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got.System != "rackbeat" || got.Installation != "4711" || got.Name != "Nordisk Handel ApS" {
		t.Errorf("report is %+v", got)
	}
	want := map[string]bool{
		"key accepted": true, "products readable": false, "product groups readable": true, "units readable": false, "clocks agree": false,
	}
	checks := map[string]bool{}
	for _, check := range got.Checks {
		checks[check.Name] = check.OK
		if !check.OK && (check.Remedy == "" || check.Detail == "") {
			t.Errorf("%+v says not what to do", check)
		}
	}
	if diff := cmp.Diff(want, checks); diff != "" {
		t.Errorf("checks differ (-want +got):\n%s", diff)
	}
}

func TestProbeFails(t *testing.T) {
	t.Parallel()
	c, p := client(t, nil, answer(401, ""))
	got, err := c.Products().Probe(t.Context())
	wantKind(t, err, instep.Unauthorized)
	if len(got.Checks) != 1 || got.Checks[0].OK || !strings.Contains(got.Checks[0].Remedy, "create an API key") {
		t.Errorf("checks are %+v", got.Checks)
	}
	if n := len(p.requests()); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
	c, _ = client(t, nil, answer(200, `{"user_account":{"company_name":"x"},"user":{}}`))
	_, err = c.Products().Probe(t.Context())
	if e := wantKind(t, err, instep.Malformed); e.Field != "user_account.id" {
		t.Errorf("%v names field %q", e, e.Field)
	}
}

func TestClockCheck(t *testing.T) {
	t.Parallel()
	at := time.Date(2025, 1, 8, 10, 30, 0, 0, time.UTC)
	for _, test := range []struct {
		date time.Time
		ok   bool
		says string
	}{
		{time.Time{}, true, "does not tell"},
		{at, true, ""},
		{at.Add(4 * time.Minute), true, "behind by 3m59s"},
		{at.Add(-10 * time.Minute), false, "ahead by 10m0s"},
		{at.Add(10 * time.Minute), false, "behind by 9m59s"},
	} {
		got := clockCheck(test.date, at, at.Add(time.Second))
		if got.OK != test.ok || !strings.Contains(got.Detail, test.says) || got.OK != (got.Remedy == "") {
			t.Errorf("%v gives %+v", test.date, got)
		}
	}
}
