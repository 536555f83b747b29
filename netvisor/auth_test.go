package netvisor

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/instep-go/instep"
)

// vector is the request of the published facts about signatures.
func vector() signed {
	return signed{
		url:    "https://isvapi.netvisor.fi/customerlist.nv?changedsince=2024-01-01T00:00:00",
		sender: "Testiclient", customerID: "CUST_1", timestamp: "2024-01-01 12:00:00.000", language: "FI",
		organisationID: "1967543-8", transactionID: "a3b1c2d4e5f60718293a4b5c6d7e8f90", timestampUnix: "1704110400",
		customerKey: "7cd680e89e880553358bc07cd28b0ee2", partnerKey: "07f94228d149a96b2f25e3edad55096e",
	}
}

func TestMAC(t *testing.T) {
	t.Parallel()
	finnish := vector()
	finnish.sender = "Meikäläinen Oy"
	for _, tt := range []struct {
		name    string
		s       signed
		a       Algorithm
		charset Charset
		want    string
	}{
		{"HMACSHA256", vector(), HMACSHA256, UTF8, "aa91592634fb69efdd5cd6d57cdda54cbfc3cc83df5d9b3cf81d46b96f01cdc4"},
		{"SHA256", vector(), SHA256, UTF8, "5f2416bc20afc8b99f2c357fd7c1864b77c749e8c52ce9473f34750facb6b58c"},
		{"ISO-8859-15", finnish, HMACSHA256, Latin9, "3940be88e225676857c750cbc7d2729ce917a6deed78bc2402d51ea27de6dd79"},
		{"UTF-8", finnish, HMACSHA256, UTF8, "b724db0f08889e843628da14d7a073bd7a4e6d57ec6184b62aa2e63e70b24406"},
	} {
		if got := tt.s.mac(tt.a, tt.charset); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// TestSignature takes the vector through a whole request.
func TestSignature(t *testing.T) {
	t.Parallel()
	var got http.Header
	c := stubbed(t, stub(func(r *http.Request) (*http.Response, error) {
		got = r.Header.Clone()
		return answerWith(r, 200, sample(t, "productlist-empty.xml")), nil
	}), &Options{BaseURL: TestSystem, Sender: "Testiclient", Language: Finnish})
	c.now = func() time.Time { return time.Date(2024, 1, 1, 14, 0, 0, 0, time.FixedZone("", 7200)) }
	if _, err := c.ListProducts(t.Context(), &ProductFilter{Keyword: "ä b+c,d"}); err != nil {
		t.Fatal(err)
	}
	s := vector()
	s.url = "https://isvapi.netvisor.fi/productlist.nv?keyword=%C3%A4%20b%2Bc,d"
	s.transactionID = got.Get("X-Netvisor-Authentication-TransactionId")
	want := map[string]string{
		"X-Netvisor-Authentication-Sender":                      "Testiclient",
		"X-Netvisor-Authentication-CustomerId":                  "CUST_1",
		"X-Netvisor-Authentication-PartnerId":                   "PART_1",
		"X-Netvisor-Authentication-Timestamp":                   "2024-01-01 12:00:00.000",
		"X-Netvisor-Authentication-TimestampUnix":               "1704110400",
		"X-Netvisor-Interface-Language":                         "FI",
		"X-Netvisor-Organisation-ID":                            "1967543-8",
		"X-Netvisor-Authentication-MAC":                         s.mac(HMACSHA256, UTF8),
		"X-Netvisor-Authentication-MACHashCalculationAlgorithm": "HMACSHA256",
		"X-Netvisor-Authentication-UseHTTPResponseStatusCodes":  "1",
	}
	for name, value := range want {
		if got.Get(name) != value {
			t.Errorf("%s is %q, want %q", name, got.Get(name), value)
		}
	}
	uuid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	if !uuid.MatchString(s.transactionID) {
		t.Errorf("transaction id %q is not a random UUID", s.transactionID)
	}
}

func TestSignedURL(t *testing.T) {
	t.Parallel()
	u, err := url.Parse("https://integration.netvisor.fi/productlist.nv?keyword=%C3%A4%20%2B")
	if err != nil {
		t.Fatal(err)
	}
	if got := (&Client{signedForm: AsSent}).signedURL(u); got != u.String() {
		t.Errorf("as sent: %q", got)
	}
	if got, want := (&Client{signedForm: Unescaped}).signedURL(u), "https://integration.netvisor.fi/productlist.nv?keyword=ä +"; got != want {
		t.Errorf("unescaped: %q, want %q", got, want)
	}
}

func TestSHA256HasNoUnixTime(t *testing.T) {
	t.Parallel()
	c := stubbed(t, stub(func(r *http.Request) (*http.Response, error) {
		if v, ok := r.Header["X-Netvisor-Authentication-Timestampunix"]; ok {
			t.Errorf("TimestampUnix %q was sent", v)
		}
		return answerWith(r, 200, sample(t, "productlist-empty.xml")), nil
	}), &Options{Algorithm: SHA256})
	if _, err := c.ListProducts(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
}

// secretsOf are the texts that must never be seen.
var secretsOf = []string{testCredentials.CustomerKey, testCredentials.PartnerKey, testCredentials.CustomerID, testCredentials.PartnerID}

func assertNoSecrets(t *testing.T, where, text string) {
	t.Helper()
	for _, secret := range secretsOf {
		if strings.Contains(text, secret) {
			t.Errorf("%s shows a secret: %s", where, text)
		}
	}
}

func TestSecretsStayHidden(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	o := Options{Logger: logger, Retries: -1}
	c := stubbed(t, always(200, sample(t, "authentication-malformed.xml")), &o)
	_, err := c.ListProducts(t.Context(), nil)
	if err == nil {
		t.Fatal("a refusal of the credentials gave no error")
	}
	for _, v := range []any{testCredentials, &testCredentials, struct{ C Credentials }{testCredentials}, c, o, &o} {
		for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			assertNoSecrets(t, fmt.Sprintf("%T by %s", v, format), fmt.Sprintf(format, v))
		}
		logger.Info("value", "v", v)
		text, jsonErr := json.Marshal(v)
		if jsonErr == nil {
			assertNoSecrets(t, fmt.Sprintf("%T as JSON", v), string(text))
		}
	}
	assertNoSecrets(t, "the log", log.String())
	assertNoSecrets(t, "the error", fmt.Sprintf("%v %+v %#v", err, err, err))
	e, ok := errors.AsType[*instep.Error](err)
	if !ok || e.Kind != instep.Unauthorized || e.Code != "AUTHENTICATION_FAILED" || e.Remedy == "" {
		t.Errorf("error %#v", e)
	}
	for _, hidden := range []string{"aa91592634fb69efdd5cd6d57cdda54cbfc3cc83df5d9b3cf81d46b96f01cdc4", "a3b1c2d4e5f60718293a4b5c6d7e8f90"} {
		if strings.Contains(e.Answer, hidden) {
			t.Errorf("the answer shows a signature or transaction id: %s", e.Answer)
		}
	}
	if !strings.Contains(e.Answer, "Integration login failed") {
		t.Errorf("the vendor's words are gone: %q", e.Answer)
	}
}

func TestCredentialsAreChecked(t *testing.T) {
	t.Parallel()
	for i, change := range []func(*Credentials){
		func(c *Credentials) { c.CustomerID = "" },
		func(c *Credentials) { c.CustomerKey = "key with space" },
		func(c *Credentials) { c.PartnerID = "\n" },
		func(c *Credentials) { c.PartnerKey = "ä" },
		func(c *Credentials) { c.OrganisationID = "1967543-8 " },
	} {
		creds := testCredentials
		change(&creds)
		_, err := New(creds, nil)
		if instep.KindOf(err) != instep.Config {
			t.Errorf("case %s: %v", strconv.Itoa(i), err)
		}
		if err != nil {
			assertNoSecrets(t, "the error", err.Error())
		}
	}
}
