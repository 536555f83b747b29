package rackbeattest

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

func sortedWords(words []string) string {
	slices.Sort(words)
	return strings.Join(words, " ")
}

func wireServer(t testing.TB, lang string) *Server {
	c := &clock{noon}
	return newServer(t, &Options{
		Language: lang,
		Now:      c.now,
		Groups: []Group{{Number: 1, Name: "Varer"},
			{Number: 2, Name: "VVS", HasInventory: true, IsSellable: true, VATDomestic: 1100, VATEU: 1200}},
		Units: []Unit{{Number: 1, Name: "stk."}, {Number: 3, Name: "m"}},
	})
}

// TestSamples compares replies with literal files.
func TestSamples(t *testing.T) {
	t.Parallel()
	s := wireServer(t, "")
	p := inProcess(t, s)
	sameJSON(t, p.want(http.StatusCreated, "POST", "products?suppress_webhooks=true", sample(t, "create.json")).body,
		sample(t, "product.json"))
	sameJSON(t, p.want(http.StatusOK, "GET", "products/R%C3%98R%2F12%20%234", "").body, sample(t, "product.json"))
	sameJSON(t, p.want(http.StatusPartialContent, "GET", "product-groups", "").body, sample(t, "groups.json"))
	sameJSON(t, p.want(http.StatusPartialContent, "GET", "units", "").body, sample(t, "units.json"))
	sameJSON(t, p.want(http.StatusOK, "GET", "self", "").body, sample(t, "self.json"))

	r := s.Requests()[0]
	if !strings.Contains(r.Target, "suppress_webhooks=true") || !strings.Contains(r.Body, `"suppress_webhooks": true`) {
		t.Errorf("request log does not show suppress_webhooks: %s %s", r.Target, r.Body)
	}
	if got := r.Header.Get("Authorization"); strings.Contains(got, DefaultKey) {
		t.Errorf("request log shows the key: %q", got)
	}
}

// TestSamplesOverHTTP holds the in-process transport and the listener together.
func TestSamplesOverHTTP(t *testing.T) {
	t.Parallel()
	p := overHTTP(t, wireServer(t, ""))
	want := strings.ReplaceAll(sample(t, "product.json"), vendorHost, p.base)
	sameJSON(t, p.want(http.StatusCreated, "POST", "products", sample(t, "create.json")).body, want)
	a := p.want(http.StatusOK, "GET", "products/R%C3%98R%2F12%20%234", "")
	sameJSON(t, a.body, want)
	if got := a.header.Get("Content-Type"); got != "application/json" {
		t.Errorf("Content-Type %q", got)
	}
}

func TestInvalidSamples(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "da"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			p := inProcess(t, wireServer(t, lang))
			p.want(http.StatusCreated, "POST", "products", `{"number":"A","name":"x","sales_price":1,"group":1}`)
			a := p.want(http.StatusUnprocessableEntity, "POST", "products",
				`{"number":"A","sales_price":"1.1234567","group":77,"physical":{"weight":1.234,"weight_unit":"kg"}}`)
			sameJSON(t, a.body, sample(t, "invalid_"+lang+".json"))
		})
	}
}

// TestBytes pins what a JSON decoder cannot see: digits and escapes.
func TestBytes(t *testing.T) {
	t.Parallel()
	p := inProcess(t, wireServer(t, ""))
	p.want(http.StatusCreated, "POST", "products",
		`{"number":"A/b","name":"æ\"😀\\\n\u0001","sales_price":1e2,"group":1,"recommended_cost_price":"00.100"}`)
	got := p.want(http.StatusOK, "GET", "products/A%2Fb?fields=number,name,sales_price,recommended_cost_price", "").body
	want := `{"product":{"number":"A\/b","name":"\u00e6\"\ud83d\ude00\\\n\u0001",` +
		`"sales_price":100,"recommended_cost_price":0.100}}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestLanguagesAreComplete(t *testing.T) {
	t.Parallel()
	for lang, texts := range catalogue {
		for m := msgInvalid; m <= msgAttribute; m++ {
			if texts[m] == "" || strings.Count(texts[m], "%") != strings.Count(catalogue["en"][m], "%") {
				t.Errorf("language %s, message %d: %q", lang, m, texts[m])
			}
		}
	}
}
