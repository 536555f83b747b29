package rackbeat

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
)

func TestHeaders(t *testing.T) {
	t.Parallel()
	c, p := client(t, nil, answer(http.StatusOK, sample(t, "self.json")))
	if _, err := c.Self(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := p.last(t).Header
	for name, want := range map[string]string{
		"Authorization":    "Bearer " + testKey,
		"Accept":           "application/json; charset=utf8",
		"Content-Type":     "application/json; charset=utf8",
		"Api-Version":      "latest",
		"Consumer-Name":    "Instep tests",
		"Consumer-Contact": "dev@example.com",
		"User-Agent":       "Instep tests (dev@example.com)",
	} {
		if diff := cmp.Diff([]string{want}, got[name]); diff != "" {
			t.Errorf("%s differs (-want +got):\n%s", name, diff)
		}
	}
}

func TestSelf(t *testing.T) {
	t.Parallel()
	c, _ := client(t, nil, answer(http.StatusOK, sample(t, "self.json")))
	got, err := c.Self(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := Self{
		Account: Account{
			ID: Given("4711"), CompanyName: Given("Nordisk Handel ApS"),
			Address: Given(Address{
				Street: Given("Vestergade 1"), Street2: Null[string](), City: Given("Århus"), ZIPCode: Given("8000"), Country: Given("DK"),
			}),
		},
		User: User{ID: Given("3"), Name: Given("Søren"), Email: Given("soren@example.com")},
	}
	if diff := equal(want, got); diff != "" {
		t.Errorf("self differs (-want +got):\n%s", diff)
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		key      string
		consumer Consumer
		o        Options
		field    string
	}{
		"no key":          {"", testConsumer, Options{}, "key"},
		"word Bearer":     {"Bearer " + testKey, testConsumer, Options{}, "key"},
		"key with line":   {testKey + "\n", testConsumer, Options{}, "key"},
		"no name":         {testKey, Consumer{Email: "a@b"}, Options{}, "Consumer.Name"},
		"no e-mail":       {testKey, Consumer{Name: "x"}, Options{}, "Consumer.Email"},
		"odd e-mail":      {testKey, Consumer{Name: "x", Email: "b"}, Options{}, "Consumer.Email"},
		"header in name":  {testKey, Consumer{Name: "x\r\nX: y", Email: "a@b"}, Options{}, "Consumer.Name"},
		"no address":      {testKey, testConsumer, Options{BaseURL: "app.rackbeat.com"}, "Options.BaseURL"},
		"other scheme":    {testKey, testConsumer, Options{BaseURL: "ftp://app.rackbeat.com"}, "Options.BaseURL"},
		"no TLS":          {testKey, testConsumer, Options{BaseURL: "http://app.rackbeat.com/api/"}, "Options.BaseURL"},
		"user in address": {testKey, testConsumer, Options{BaseURL: "https://a:b@app.rackbeat.com/api/"}, "Options.BaseURL"},
		"query":           {testKey, testConsumer, Options{BaseURL: "https://app.rackbeat.com/api/?x=1"}, "Options.BaseURL"},
		"page size":       {testKey, testConsumer, Options{PageSize: 1001}, "Options.PageSize"},
		"encoding":        {testKey, testConsumer, Options{PathEncoding: 2}, "Options.PathEncoding"},
		"in flight":       {testKey, testConsumer, Options{InFlight: -1}, "Options.InFlight"},
		"reply":           {testKey, testConsumer, Options{MaxReply: -1}, "Options.MaxReply"},
		"attempt":         {testKey, testConsumer, Options{AttemptTimeout: -1}, "Options.AttemptTimeout"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := New(test.key, test.consumer, &test.o)
			e := wantKind(t, err, instep.Config)
			if e.Field != test.field || e.Remedy == "" {
				t.Errorf("%v is about field %q, want %q, with a remedy", e, e.Field, test.field)
			}
			if strings.Contains(e.Error(), "c2VjcmV0LWtleQ") {
				t.Errorf("the error shows the key: %v", e)
			}
		})
	}
}

func TestBaseURL(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                           "https://app.rackbeat.com/api/self",
		" https://x.example/api ":    "https://x.example/api/self",
		"https://x.example":          "https://x.example/self",
		"http://127.0.0.1:8080/api/": "http://127.0.0.1:8080/api/self",
		"http://localhost/api":       "http://localhost/api/self",
		"http://[::1]:1/api":         "http://[::1]:1/api/self",
		"https://x.example/a%2Fb":    "https://x.example/a%2Fb/self",
	} {
		var got string
		o := Options{BaseURL: in}
		c, _ := client(t, &o, func(w http.ResponseWriter, r *http.Request) {
			got = r.URL.String()
			_, _ = io.WriteString(w, `{"user_account":{}}`)
		})
		if _, err := c.Self(t.Context()); err != nil || got != want {
			t.Errorf("%q leads to %s (%v), want %s", in, got, err, want)
		}
	}
	if _, err := New(testKey, testConsumer, &Options{BaseURL: "http://x.example/", AllowHTTP: true}); err != nil {
		t.Errorf("AllowHTTP is not heard: %v", err)
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	read := func(ctx context.Context, c *Client) error {
		_, err := c.GetProduct(ctx, "A1")
		return err
	}
	create := func(ctx context.Context, c *Client) error {
		_, err := c.CreateProduct(ctx, ProductInput{Number: "A1", Name: "x", Group: "1"})
		return err
	}
	update := func(ctx context.Context, c *Client) error {
		_, err := c.UpdateProduct(ctx, "A1", ProductUpdate{Name: instep.Set("x")})
		return err
	}
	rename := func(ctx context.Context, c *Client) error {
		_, err := c.UpdateProduct(ctx, "A1", ProductUpdate{Number: instep.Set("A2")})
		return err
	}
	taken := `{"errors":{"number":["Nummer er allerede i brug."]}}`
	page := "<!DOCTYPE html><html>SECRET</html>"
	for name, test := range map[string]struct {
		call         func(context.Context, *Client) error
		status       int
		body         string
		kind         instep.Kind
		field, parts string // parts of the error, by |
	}{
		"no right key":       {read, 401, `{"message":"Unauthenticated."}`, instep.Unauthorized, "", "Unauthenticated|Company settings > API"},
		"no scope":           {read, 403, `{}`, instep.Forbidden, "", "give the API key the right to products"},
		"not there":          {read, 404, `{"message":"Not found"}`, instep.NotFound, "", "rackbeat: get product: product A1: not found|Not found"},
		"web page":           {read, 404, page, instep.NotFound, "", "check that the base URL"},
		"web page, fine":     {read, 200, page, instep.Malformed, "", "a web page where JSON was due|check that the base URL"},
		"redirect":           {read, 302, "", instep.Config, "", "check that the base URL"},
		"throttled":          {read, 429, "", instep.RateLimited, "", "HTTP 429"},
		"down":               {read, 503, "", instep.Unavailable, "", "HTTP 503"},
		"broken":             {read, 500, page, instep.Unavailable, "", "HTTP 500"},
		"empty":              {read, 200, "", instep.Malformed, "", "nothing where an object was due"},
		"refused":            {create, 422, "", instep.Invalid, "", "HTTP 422"},
		"refused, sample":    {create, 422, "refused.json", instep.Invalid, "min_inventory_quantity", "min_inventory_quantity: Skal være et tal. Må højst have 6 decimaler.; number: Nummer er allerede i brug."},
		"refused, message":   {create, 422, `{"message":"Nej"}`, instep.Invalid, "", "Nej"},
		"refused, one text":  {create, 422, `{"errors":{"name":"Nej"}}`, instep.Invalid, "name", "name: Nej"},
		"refused, odd":       {create, 422, `{"errors":[1,2],"message":{"a":1}}`, instep.Invalid, "", "HTTP 422"},
		"taken":              {create, 422, taken, instep.Duplicate, "number", "choose another number"},
		"taken by rename":    {rename, 422, taken, instep.Duplicate, "number", "choose another number"},
		"number, no rename":  {update, 422, taken, instep.Invalid, "number", "Nummer"},
		"create throttled":   {create, 429, "", instep.Lost, "", "HTTP 429"},
		"create broken":      {create, 500, "", instep.Lost, "", "HTTP 500"},
		"create, web page":   {create, 201, page, instep.Lost, "", "reply not understood|a web page"},
		"create, empty":      {create, 201, "", instep.Lost, "", "reply not understood"},
		"create, no number":  {create, 201, `{"product":{"name":"x"}}`, instep.Lost, "", "product.number: is missing"},
		"create, other key":  {create, 201, `{"item":{"number":"A1"}}`, instep.Lost, "", "product: is not in the reply"},
		"create redirected":  {create, 301, "", instep.Lost, "", "check that the base URL"},
		"update throttled":   {update, 429, "", instep.RateLimited, "", "HTTP 429"},
		"update, empty":      {update, 200, "", instep.Lost, "", "reply not understood"},
		"method not allowed": {update, 405, "", instep.Unsupported, "", "HTTP 405"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := test.body
			if strings.HasSuffix(body, ".json") {
				body = sample(t, body)
			}
			c, p := client(t, nil, answer(test.status, body))
			e := wantKind(t, test.call(t.Context(), c), test.kind)
			if e.Field != test.field {
				t.Errorf("field is %q, want %q", e.Field, test.field)
			}
			if !strings.HasPrefix(e.Op, "rackbeat: ") || e.Ref != productRef("A1") {
				t.Errorf("the error does not say what was done to which record: %q, %v", e.Op, e.Ref)
			}
			for part := range strings.SplitSeq(test.parts, "|") {
				if !strings.Contains(e.Error(), part) {
					t.Errorf("%q does not say %q", e, part)
				}
			}
			if strings.Contains(e.Error(), "SECRET") {
				t.Errorf("the error shows the body: %v", e)
			}
			if n := len(p.requests()); n != 1 {
				t.Errorf("%d requests were sent, want 1", n)
			}
		})
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	c, _ := client(t, nil, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "17")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	_, err := c.GetProduct(t.Context(), "A1")
	if e := wantKind(t, err, instep.RateLimited); e.RetryAfter != 17*time.Second {
		t.Errorf("Retry-After is %s, want 17s", e.RetryAfter)
	}
}

// An error keeps a bounded part of what the vendor says.
func TestLongAnswer(t *testing.T) {
	t.Parallel()
	c, _ := client(t, nil, answer(422, `{"message":"`+strings.Repeat("å", 100_000)+`"}`))
	_, err := c.GetProduct(t.Context(), "A1")
	if e := wantKind(t, err, instep.Invalid); len(e.Answer) > 2*maxAnswer+10 {
		t.Errorf("the error keeps %d bytes", len(e.Answer))
	}
}

// A create leaves this machine once; an update, a delete and a read come again.
func TestSentAgain(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		call func(context.Context, *Client) error
		want int64
		kind instep.Kind
	}{
		"create": {func(ctx context.Context, c *Client) error {
			_, err := c.CreateProduct(ctx, ProductInput{Number: "A1", Name: "x", Group: "1"})
			return err
		}, 1, instep.Lost},
		"draft": {func(ctx context.Context, c *Client) error {
			_, err := c.CreateProductDraft(ctx, ProductUpdate{Name: instep.Set("x")})
			return err
		}, 1, instep.Lost},
		"publish": {func(ctx context.Context, c *Client) error {
			_, err := c.PublishProduct(ctx, "A1")
			return err
		}, 1, instep.Lost},
		"group": {func(ctx context.Context, c *Client) error {
			_, err := c.CreateProductGroup(ctx, ProductGroupInput{Name: "x"})
			return err
		}, 1, instep.Lost},
		"update": {func(ctx context.Context, c *Client) error {
			_, err := c.UpdateProduct(ctx, "A1", ProductUpdate{Name: instep.Set("x")})
			return err
		}, 2, instep.Unclassified},
		"delete": {func(ctx context.Context, c *Client) error { return c.DeleteProduct(ctx, "A1") }, 2, instep.Unclassified},
		"read": {func(ctx context.Context, c *Client) error {
			_, err := c.GetProduct(ctx, "A1")
			return err
		}, 2, instep.Unclassified},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var n atomic.Int64
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if n.Add(1) == 1 {
					panic(http.ErrAbortHandler)
				}
				_, _ = io.WriteString(w, `{"product":{"number":"A1"}}`)
			}))
			t.Cleanup(s.Close)
			c, err := New(testKey, testConsumer, &Options{
				BaseURL: s.URL + "/api/", PerMinute: -1, Retries: 1, Transport: &http.Transport{DisableKeepAlives: true},
			})
			if err != nil {
				t.Fatal(err)
			}
			err = test.call(t.Context(), c)
			if instep.KindOf(err) != test.kind || (err == nil) != (test.kind == instep.Unclassified) {
				t.Errorf("got error %v, want kind %q", err, test.kind)
			}
			if n.Load() != test.want {
				t.Errorf("the request arrived %d times, want %d", n.Load(), test.want)
			}
			if s := c.Stats(); s.Reads+s.Writes != test.want {
				t.Errorf("stats are %+v, want %d in all", s, test.want)
			}
		})
	}
}

func TestNoRedirect(t *testing.T) {
	t.Parallel()
	var strayed atomic.Bool
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { strayed.Store(true) }))
	t.Cleanup(other.Close)
	s := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	t.Cleanup(s.Close)
	c, err := New(testKey, testConsumer, &Options{BaseURL: s.URL, PerMinute: -1, Retries: -1})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.CreateProduct(t.Context(), ProductInput{Number: "A1", Name: "x", Group: "1"})
	wantKind(t, err, instep.Lost)
	if strayed.Load() {
		t.Error("the request went where the redirect pointed")
	}
}

// Nothing that prints a client, its options or an error shows the key.
func TestSecret(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	o := Options{Logger: slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	var seen []string
	o.Observe = func(method, path string, status int, _ time.Duration, err error) {
		seen = append(seen, fmt.Sprint(method, path, status, err))
	}
	c, _ := client(t, &o, answer(422, `{"message":"the key `+testKey+` is bad","errors":{"x":["`+testKey+`"]}}`))
	_, err := c.ProductPage(t.Context(), 1, &ListOptions{Search: testKey})
	slog.New(slog.NewTextHandler(&log, nil)).Info("client", "client", c, "error", err)
	text := log.String() + fmt.Sprintf("%v %+v %#v %s", c, c, c, c) + err.Error() +
		fmt.Sprintf("%+v", err) + fmt.Sprint(seen) + fmt.Sprintf("%+v", c.Products())
	for _, part := range []string{testKey, "c2VjcmV0LWtleQ", "Bearer"} {
		if strings.Contains(text, part) {
			t.Errorf("%q is shown in %s", part, text)
		}
	}
	if len(seen) != 1 || !strings.HasPrefix(seen[0], "GET/api/products") {
		t.Errorf("Observe was told %q", seen)
	}
}

func TestSuppressWebhooks(t *testing.T) {
	t.Parallel()
	c, p := client(t, &Options{SuppressWebhooks: true}, answer(http.StatusOK, `{"product":{"number":"A1"},"products":[]}`))
	_, _ = c.GetProduct(t.Context(), "A1")
	_, _ = c.CreateProduct(t.Context(), ProductInput{Number: "A1", Name: "x", Group: "1"})
	_, _ = c.UpdateProduct(t.Context(), "A1", ProductUpdate{Name: instep.Set("x")})
	_ = c.DeleteProduct(t.Context(), "A1")
	if diff := cmp.Diff([]string{
		"GET /api/products/A1",
		"POST /api/products?suppress_webhooks=true",
		"PUT /api/products/A1?suppress_webhooks=true",
		"DELETE /api/products/A1?suppress_webhooks=true",
	}, p.requests()); diff != "" {
		t.Errorf("requests differ (-want +got):\n%s", diff)
	}
}

// A reply that is larger than allowed is never cut.
func TestLargeReply(t *testing.T) {
	t.Parallel()
	c, _ := client(t, &Options{MaxReply: 1000}, answer(200, `{"product":{"number":"A1","name":"`+strings.Repeat("x", 1000)+`"}}`))
	_, err := c.GetProduct(t.Context(), "A1")
	wantKind(t, err, instep.Malformed)
	_, err = c.CreateProduct(t.Context(), ProductInput{Number: "A1", Name: "x", Group: "1"})
	wantKind(t, err, instep.Lost)
}

func TestCanceled(t *testing.T) {
	t.Parallel()
	c, p := client(t, nil, answer(200, `{"product":{"number":"A1"}}`))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := c.GetProduct(ctx, "A1")
	wantKind(t, err, instep.Canceled)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v does not say that the caller stopped", err)
	}
	if n := len(p.requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// The Client is safe for concurrent use.
func TestConcurrent(t *testing.T) {
	t.Parallel()
	c, _ := client(t, nil, answer(200, `{"product":{"number":"A/1","urlfriendly_number":"A%252F1"}}`))
	done := make(chan error)
	const n = 8
	for range n {
		go func() {
			_, err := c.GetProduct(t.Context(), "A/1")
			done <- err
		}()
	}
	for range n {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if s := c.Stats(); s != (Stats{Reads: n}) {
		t.Errorf("stats are %+v, want %d reads", s, n)
	}
}
