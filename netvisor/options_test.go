package netvisor

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/instep-go/instep"
)

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		field string
		o     Options
	}{
		{"Options.BaseURL", Options{BaseURL: "integration.netvisor.fi"}},
		{"Options.BaseURL", Options{BaseURL: "ftp://integration.netvisor.fi"}},
		{"Options.BaseURL", Options{BaseURL: "https://user:secret@integration.netvisor.fi"}},
		{"Options.BaseURL", Options{BaseURL: "https://integration.netvisor.fi/?a=b"}},
		{"Options.BaseURL", Options{BaseURL: "https://integration.netvisor.fi/#x"}},
		{"Options.BaseURL", Options{BaseURL: "http://integration.netvisor.fi/"}},
		{"Options.BaseURL", Options{BaseURL: "https://%zz"}},
		{"Options.Sender", Options{Sender: "Meikäläinen Oy"}},
		{"Options.Sender", Options{Sender: " x"}},
		{"Options.Sender", Options{Sender: "a\nb"}},
		{"Options.Language", Options{Language: "en"}},
		{"Options.Algorithm", Options{Algorithm: "MD5"}},
		{"Options.SignedURL", Options{SignedURL: "x"}},
		{"Options.Charset", Options{Charset: "utf8"}},
		{"Options.PageSize", Options{PageSize: 401}},
		{"Options.PageSize", Options{PageSize: -1}},
		{"Options.MaxReply", Options{MaxReply: -1}},
		{"Options.AttemptTimeout", Options{AttemptTimeout: -1}},
	} {
		_, err := New(testCredentials, &tt.o)
		e, ok := errors.AsType[*instep.Error](err)
		if !ok || e.Kind != instep.Config || e.Field != tt.field || e.Remedy == "" {
			t.Errorf("%s of %+v: %v", tt.field, tt.o, err)
		}
	}
	for _, o := range []*Options{
		nil, {}, {BaseURL: "http://localhost:1"}, {BaseURL: "http://[::1]:1/x"}, {BaseURL: "http://10.0.0.1", AllowHTTP: true},
		{BaseURL: TestSystem, Sender: "A B", Language: Swedish, Algorithm: SHA256, Charset: Latin9, PageSize: 400},
	} {
		if _, err := New(testCredentials, o); err != nil {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

func TestObserve(t *testing.T) {
	t.Parallel()
	var method, path string
	var status int
	c := stubbed(t, always(404, ""), &Options{
		Retries: -1,
		Observe: func(m, p string, s int, _ time.Duration, _ error) { method, path, status = m, p, s },
	})
	_, err := c.ListProducts(t.Context(), &ProductFilter{Keyword: "private"})
	if err == nil || method != http.MethodGet || path != "/productlist.nv" || status != 404 {
		t.Errorf("%s %s %d, %v", method, path, status, err)
	}
}

func TestReplyTooLarge(t *testing.T) {
	t.Parallel()
	c := stubbed(t, always(200, sample(t, "productlist.xml")), &Options{MaxReply: 100, Retries: -1})
	if _, err := c.ListProducts(t.Context(), nil); instep.KindOf(err) != instep.Malformed {
		t.Errorf("a read: %v", err)
	}
	if err := calls[adds](t.Context(), c); instep.KindOf(err) != instep.Lost {
		t.Errorf("an add: %v", err)
	}
}
