package netvisortest

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// vectorOptions are the credentials of the published recipe's vectors.
func vectorOptions() *Options {
	return &Options{
		CustomerID: "CUST_1", CustomerKey: "7cd680e89e880553358bc07cd28b0ee2",
		PartnerID: "PART_1", PartnerKey: "07f94228d149a96b2f25e3edad55096e",
		OrganisationID: "1967543-8",
		Now:            func() time.Time { return time.Unix(1704110400, 0) },
	}
}

func TestVectors(t *testing.T) {
	t.Parallel()
	const latin = "Meik\xe4l\xe4inen Oy" // as ISO-8859-15
	tests := []struct{ name, alg, sender, mac string }{
		{"hmac", "HMACSHA256", "Testiclient", "aa91592634fb69efdd5cd6d57cdda54cbfc3cc83df5d9b3cf81d46b96f01cdc4"},
		{"sha256", "SHA256", "Testiclient", "5f2416bc20afc8b99f2c357fd7c1864b77c749e8c52ce9473f34750facb6b58c"},
		{"sha256 in upper case", "SHA256", "Testiclient", "5F2416BC20AFC8B99F2C357FD7C1864B77C749E8C52CE9473F34750FACB6B58C"},
		{"md5 unnamed", "", "Testiclient", "12fead10f0c8c750db5b99a62db72f5f"},
		{"md5 named", "md5", "Testiclient", "12fead10f0c8c750db5b99a62db72f5f"},
		{"latin header, latin hash", "HMACSHA256", latin, "3940be88e225676857c750cbc7d2729ce917a6deed78bc2402d51ea27de6dd79"},
		{"latin header, utf-8 hash", "HMACSHA256", latin, "b724db0f08889e843628da14d7a073bd7a4e6d57ec6184b62aa2e63e70b24406"},
		{"utf-8 header, latin hash", "HMACSHA256", "Meikäläinen Oy", "3940be88e225676857c750cbc7d2729ce917a6deed78bc2402d51ea27de6dd79"},
		{"utf-8 header, utf-8 hash", "HMACSHA256", "Meikäläinen Oy", "b724db0f08889e843628da14d7a073bd7a4e6d57ec6184b62aa2e63e70b24406"},
	}
	for _, tt := range tests {
		for _, flip := range []bool{false, true} {
			t.Run(fmt.Sprint(tt.name, " broken ", flip), func(t *testing.T) {
				t.Parallel()
				s := newServer(t, vectorOptions())
				mac := tt.mac
				if flip {
					mac = strings.Replace(mac, mac[:1], "0", 1)
				}
				req, _ := http.NewRequestWithContext(t.Context(), "GET", "https://isvapi.netvisor.fi/customerlist.nv?changedsince=2024-01-01T00:00:00", nil)
				for k, v := range map[string]string{
					"Authentication-Sender": tt.sender, "Authentication-CustomerId": "CUST_1", "Authentication-PartnerId": "PART_1",
					"Authentication-Timestamp": "2024-01-01 12:00:00.000", "Interface-Language": "FI", "Organisation-ID": "1967543-8",
					"Authentication-TransactionId": "a3b1c2d4e5f60718293a4b5c6d7e8f90", "Authentication-TimestampUnix": "1704110400",
					"Authentication-MACHashCalculationAlgorithm": tt.alg, "Authentication-UseHTTPResponseStatusCodes": "1",
					"Authentication-MAC": mac,
				} {
					req.Header.Set("X-Netvisor-"+k, v)
				}
				if tt.alg == "" {
					req.Header.Del("X-Netvisor-Authentication-MACHashCalculationAlgorithm")
				}
				res, err := s.Transport().RoundTrip(req)
				if err != nil {
					t.Fatal(err)
				}
				if want := map[bool]int{false: 200, true: 401}[flip]; res.StatusCode != want {
					t.Errorf("got %d, want %d", res.StatusCode, want)
				}
			})
		}
	}
}

func TestBothWaysIn(t *testing.T) {
	t.Parallel()
	for _, alg := range []string{"HMACSHA256", "SHA256", ""} {
		s := newServer(t, nil)
		for _, c := range []*client{inProcess(t, s), overSocket(t, s)} {
			c.alg = alg
			wantSample(t, "customerlist-empty.xml", c.get("/CustomerList.nv?ChangedSince=2024-01-01&x=%C3%A4+%20y"))
		}
	}
}

// TestDecodedTarget signs the address without percent-encoding and sends it
// encoded, as clients do that leave the encoding to their HTTP library.
func TestDecodedTarget(t *testing.T) {
	t.Parallel()
	s := newServer(t, nil)
	c := inProcess(t, s)
	c.mac = func(alg, msg string) string { return testMAC(alg, strings.ReplaceAll(msg, "%C3%A4%20", "ä ")) }
	c.get("/customerlist.nv?keyword=%C3%A4%20")
	c.mac = func(alg, msg string) string { return testMAC(alg, strings.ReplaceAll(msg, "%C3%A4", "ö")) }
	if status, _ := c.do("GET", "/customerlist.nv?keyword=%C3%A4", ""); status != 401 {
		t.Errorf("a signature over another target: %d", status)
	}
}

func TestAuthenticationFailures(t *testing.T) {
	t.Parallel()
	set := func(name, value string) func(http.Header) {
		return func(h http.Header) { h.Set("X-Netvisor-"+name, value) }
	}
	unix := func(d time.Duration) func(http.Header) {
		return set("Authentication-TimestampUnix", strconv.FormatInt(noon.Add(d).Unix(), 10))
	}
	tests := []struct {
		name string
		o    Options
		alg  string
		head func(http.Header)
		late func(http.Header)
		want int
	}{
		{name: "good", want: 200},
		{name: "other partner", head: set("Authentication-PartnerId", "x"), want: 401},
		{name: "other customer", head: set("Authentication-CustomerId", "x"), want: 401},
		{name: "other company", head: set("Organisation-ID", "1366959-8"), want: 401},
		{name: "company without hyphen", head: set("Organisation-ID", "19675438"), want: 401},
		{name: "no seconds", head: set("Authentication-TimestampUnix", ""), want: 401},
		{name: "words for seconds", head: set("Authentication-TimestampUnix", "now"), want: 401},
		{name: "no seconds needed", alg: "SHA256", head: set("Authentication-TimestampUnix", ""), want: 200},
		{name: "just old enough", head: unix(-5 * time.Minute), want: 200},
		{name: "too old", head: unix(-5*time.Minute - time.Second), want: 401},
		{name: "too new", head: unix(5*time.Minute + time.Second), want: 401},
		{name: "old but not checked", alg: "SHA256", head: unix(-time.Hour), want: 200},
		{name: "wide window", o: Options{ClockSkew: 2 * time.Hour}, head: unix(-time.Hour), want: 200},
		{name: "no window", o: Options{ClockSkew: -1}, head: unix(-9e6 * time.Second), want: 200},
		{name: "timestamp without milliseconds", head: set("Authentication-Timestamp", "2024-01-15 12:00:00"), want: 401},
		{name: "unknown algorithm", alg: "SHA1", want: 401},
		{name: "old algorithm refused", o: Options{OnlyHMAC: true}, alg: "SHA256", want: 401},
		{name: "oldest refused", o: Options{OnlyHMAC: true}, alg: "-", want: 401},
		{name: "hmac only", o: Options{OnlyHMAC: true}, want: 200},
		{name: "sender changed after signing", late: set("Authentication-Sender", "Other"), want: 401},
		{name: "language changed after signing", late: set("Interface-Language", "en"), want: 401},
		{name: "language in lower case", head: set("Interface-Language", "en"), want: 200},
		{name: "no signature", late: set("Authentication-MAC", ""), want: 401},
		{name: "resource denied", o: Options{Denied: []string{"CustomerList.nv"}}, want: 403},
		{name: "another resource denied", o: Options{Denied: []string{"product.nv"}}, want: 200},
	}
	for _, name := range []string{"Sender", "CustomerId", "PartnerId", "Timestamp", "TransactionId"} {
		tests = append(tests, struct {
			name string
			o    Options
			alg  string
			head func(http.Header)
			late func(http.Header)
			want int
		}{name: "without " + name, head: func(h http.Header) { h.Del("X-Netvisor-Authentication-" + name) }, want: 401})
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := inProcess(t, newServer(t, &tt.o))
			c.head, c.late = tt.head, tt.late
			switch tt.alg {
			case "":
			case "-":
				c.alg = ""
			default:
				c.alg = tt.alg
			}
			status, body := c.do("GET", "/customerlist.nv", "")
			if status != tt.want {
				t.Errorf("got %d %s, want %d", status, body, tt.want)
			}
			if want := map[int]string{200: "", 401: "AUTHENTICATION_FAILED", 403: "SERVICE_ACCESS_ERROR"}[tt.want]; code(body) != want {
				t.Errorf("code %q, want %q", code(body), want)
			}
			for _, secret := range []string{DefaultCustomerKey, DefaultPartnerKey} {
				if strings.Contains(body, secret) {
					t.Error("a key in the reply")
				}
			}
		})
	}
}

func TestTransactionIDs(t *testing.T) {
	t.Parallel()
	s := newServer(t, nil)
	c := inProcess(t, s)
	c.head = func(h http.Header) { h.Set("X-Netvisor-Authentication-TransactionId", "once") }
	good := c.mac
	c.mac = func(string, string) string { return "00" }
	if status, _ := c.do("GET", "/customerlist.nv", ""); status != 401 {
		t.Fatal(status)
	}
	c.mac = good // an unsigned request does not use the id up
	c.get("/customerlist.nv")
	for _, alg := range []string{"HMACSHA256", "SHA256", ""} {
		c.alg = alg
		status, body := c.do("GET", "/customerlist.nv", "")
		if status != 400 || code(body) != "REQUEST_NOT_UNIQUE" {
			t.Errorf("%s: %d %s", alg, status, body)
		}
	}
}

func TestTransactionsAreBounded(t *testing.T) {
	t.Parallel()
	var tr transactions
	for i := range maxTransactions + 1 {
		if !tr.add(strconv.Itoa(i)) {
			t.Fatal("a new id is known:", i)
		}
	}
	if len(tr.set) != maxTransactions || len(tr.ring) != maxTransactions {
		t.Errorf("%d and %d kept", len(tr.set), len(tr.ring))
	}
	if tr.add("1") {
		t.Error("the second id was forgotten")
	}
	if !tr.add("0") {
		t.Error("the oldest id is still there")
	}
}

func TestStatusOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	s := newServer(t, nil)
	for _, ask := range []string{"1", "0", "", "true"} {
		c := inProcess(t, s)
		c.head = func(h http.Header) {
			h.Set("X-Netvisor-Organisation-ID", "1366959-8")
			h.Set("X-Netvisor-Authentication-UseHTTPResponseStatusCodes", ask)
		}
		status, body := c.do("GET", "/customerlist.nv", "")
		if want := map[bool]int{true: 401, false: 200}[ask == "1"]; status != want || code(body) != "AUTHENTICATION_FAILED" {
			t.Errorf("%q: %d %s", ask, status, body)
		}
	}
}

func TestMalformedAuthentication(t *testing.T) {
	t.Parallel()
	s := newServer(t, &Options{MalformedAuth: true})
	c := inProcess(t, s)
	c.head = func(h http.Header) { h.Set("X-Netvisor-Authentication-TransactionId", "tx") }
	c.mac = func(string, string) string { return "00" }
	status, body := c.do("GET", "/customerlist.nv?a=1&b=2", "")
	if status != 401 {
		t.Errorf("status %d", status)
	}
	want := "https://isvapi.netvisor.fi/customerlist.nv?a=1&b=2&Testiclient&INSTEP_CUST_1&2024-01-15 12:00:00.000&EN&1967543-8&tx&1705320000&***&***"
	if !strings.Contains(body, want) {
		t.Errorf("no string to hash in %s", body)
	}
	if strings.Contains(body, DefaultCustomerKey) || strings.Contains(body, DefaultPartnerKey) {
		t.Error("a key in the reply")
	}
	if _, f := parseMessage([]byte(body)); f == nil {
		t.Error("the body is well-formed")
	}
	if between(body, "<Status>FAILED</Status><Status>", ".") != "AUTHENTICATION_FAILED :: The check value does not match" {
		t.Errorf("a scan for Status finds %q", body)
	}
}

func TestPublicURL(t *testing.T) {
	t.Parallel()
	s := newServer(t, &Options{PublicURL: "https://netvisor.example"})
	c := overSocket(t, s)
	local := c.base
	c.mac = func(alg, msg string) string {
		return testMAC(alg, strings.Replace(msg, local, "https://netvisor.example", 1))
	}
	c.get("/customerlist.nv")
	for _, bad := range []string{"netvisor.example", "https://", "https://a/b", "https://a?b", "http://[::1"} {
		if _, err := New(&Options{PublicURL: bad}); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestOverlap(t *testing.T) {
	t.Parallel()
	for _, refuse := range []bool{false, true} {
		s := newServer(t, &Options{RefuseOverlap: refuse})
		arrived, done := make(chan struct{}), make(chan struct{})
		s.Script(Step{Handle: true, Delay: 300 * time.Millisecond, Match: func(r *http.Request) bool {
			slow := r.URL.RawQuery == "slow"
			if slow {
				close(arrived)
			}
			return slow
		}})
		go func() {
			defer close(done)
			_, _, _ = inProcess(t, s).try("GET", "/customerlist.nv?slow", "")
		}()
		<-arrived
		status, body := inProcess(t, s).do("GET", "/customerlist.nv", "")
		<-done
		if want := map[bool]string{true: "TECHNICAL_ERROR"}[refuse]; code(body) != want {
			t.Errorf("refuse %v: %d %s", refuse, status, body)
		}
		if log := s.Requests(); !log[0].Overlapped || !log[1].Overlapped {
			t.Error("the log does not show the overlap")
		}
	}
}
