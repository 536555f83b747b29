package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/instep-go/instep/rackbeat/rackbeattest"
)

// serving is the program while it serves.
type serving struct {
	announcement
	client *http.Client
	stop   func() (status int)
}

// start runs the program until the test ends.
func start(t *testing.T, env map[string]string, args ...string) *serving {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	ended := make(chan int, 1)
	var stderr bytes.Buffer
	go func() {
		status := run(ctx, append(args, "-json"), in, &stderr, func(name string) string { return env[name] })
		_ = in.CloseWithError(io.ErrUnexpectedEOF)
		ended <- status
	}()
	s := &serving{}
	if err := json.NewDecoder(out).Decode(&s.announcement); err != nil {
		t.Fatalf("nothing is announced: %v, %s", err, &stderr)
	}
	pem, err := os.ReadFile(s.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		t.Fatal("the certificate file holds no certificate")
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	s.client = &http.Client{Transport: transport}
	stopped := false
	s.stop = func() int {
		if stopped {
			return 0
		}
		stopped = true
		transport.CloseIdleConnections()
		cancel()
		return <-ended
	}
	t.Cleanup(func() { s.stop() })
	return s
}

// ask sends a request with a bearer token and returns the reply.
func (s *serving) ask(t *testing.T, method, url, token, body string) (status int, text string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := s.client.Do(req)
	if err != nil {
		return 0, err.Error() // no reply
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(data)
}

func (s *serving) total(t *testing.T, base string) int {
	t.Helper()
	status, body := s.ask(t, http.MethodGet, base+"products?limit=1", rackbeattest.DefaultKey, "")
	var list struct{ Total int }
	if err := json.Unmarshal([]byte(body), &list); err != nil || status != http.StatusPartialContent {
		t.Fatalf("status %d, %v: %s", status, err, body)
	}
	return list.Total
}

func TestServesEveryVendor(t *testing.T) {
	t.Parallel()
	s := start(t, nil, "-products", "60")
	for _, v := range vendors {
		a, ok := s.Vendors[v.name]
		if !ok || a.Control != "" || len(a.Environment) != len(v.environment) {
			t.Errorf("%s is announced as %+v", v.name, a)
		}
		for _, base := range []string{a.HTTP, a.HTTPS} {
			if status, body := s.ask(t, http.MethodGet, base+"no-such-thing", "", ""); status != http.StatusNotFound {
				t.Errorf("%s: status %d, %s", base, status, body)
			}
			if !strings.Contains(base, "://127.0.0.1:") || !strings.HasSuffix(base, v.path) {
				t.Errorf("base URL %q", base)
			}
		}
	}
	r := s.Vendors["rackbeat"]
	if plain, secure := s.total(t, r.HTTP), s.total(t, r.HTTPS); plain < 40 || plain != secure {
		t.Errorf("%d products over HTTP, %d over HTTPS", plain, secure)
	}
	distrustful := &serving{client: &http.Client{}}
	if status, _ := distrustful.ask(t, http.MethodGet, r.HTTPS, "", ""); status != 0 {
		t.Error("HTTPS is trusted without its certificate")
	}
	if got := s.total(t, r.HTTP); got != r.Records.Products {
		t.Errorf("%d products are announced, %d there", r.Records.Products, got)
	}
	if status := s.stop(); status != 0 {
		t.Errorf("stopped with status %d", status)
	}
	if _, err := os.Stat(s.Certificate); err == nil {
		t.Error("the temporary folder is left over")
	}
}

// TestSizes has each flag decide about its own register.
func TestSizes(t *testing.T) {
	t.Parallel()
	s := start(t, map[string]string{"VENDORS_CONTROL_TOKEN": "sesame"}, "-products", "0", "-customers", "120", "-suppliers", "50")
	for name, a := range s.Vendors {
		_, records := s.ask(t, http.MethodGet, a.Control+"records", "sesame", "")
		want := holdings{
			Products:  strings.Count(records, `"entity":"product"`),
			Customers: strings.Count(records, `"entity":"customer"`),
			Suppliers: strings.Count(records, `"entity":"supplier"`) + strings.Count(records, `"entity":"vendor"`),
		}
		if a.Records != want || want.Products != 0 || want.Customers < 80 || want.Customers > 130 || want.Suppliers < 35 || want.Suppliers > 55 {
			t.Errorf("%s announces %+v and holds %+v", name, a.Records, want)
		}
	}
	r := s.Vendors["rackbeat"]
	for _, path := range []string{"customers?limit=1", "suppliers?limit=1", "customer-groups", "supplier-groups", "payment-terms", "layouts"} {
		if status, body := s.ask(t, http.MethodGet, r.HTTP+path, rackbeattest.DefaultKey, ""); status != http.StatusPartialContent || !strings.Contains(body, `"number"`) {
			t.Errorf("%s: status %d, %s", path, status, body)
		}
	}
}

func TestControlDoor(t *testing.T) {
	t.Parallel()
	s := start(t, map[string]string{"VENDORS_CONTROL_TOKEN": "sesame"}, "-products", "30")
	for name, a := range s.Vendors {
		if status, _ := s.ask(t, http.MethodGet, a.Control+"records", "wrong", ""); status != http.StatusUnauthorized {
			t.Errorf("%s: status %d for a wrong token", name, status)
		}
		status, body := s.ask(t, http.MethodGet, a.Control+"records", "sesame", "")
		if status != http.StatusOK || strings.Count(body, `"product"`) < 20 {
			t.Errorf("%s: status %d, records: %.200s", name, status, body)
		}
		if status, body = s.ask(t, http.MethodGet, a.HTTP+"records", "sesame", ""); status == http.StatusOK {
			t.Errorf("%s: the control door is on the vendor's own port: %s", name, body)
		}
	}
	r := s.Vendors["rackbeat"]
	if status, body := s.ask(t, http.MethodPost, r.Control+"faults?seed=3", "sesame", "500=100%"); status != http.StatusOK {
		t.Fatalf("setting faults: %d, %s", status, body)
	}
	if status, _ := s.ask(t, http.MethodGet, r.HTTP+"self", rackbeattest.DefaultKey, ""); status != http.StatusInternalServerError {
		t.Errorf("status %d, want the fault", status)
	}
	if status, body := s.ask(t, http.MethodGet, r.Control+"log", "sesame", ""); status != http.StatusOK || !strings.Contains(body, "/self") {
		t.Errorf("the log: %d, %s", status, body)
	}
}

// TestFaults has every request meet the faults of the flag.
func TestFaults(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		faults string
		status int
		after  string // Retry-After
		dated  bool   // it is a date
		slow   bool
	}{
		{faults: "429=100%", status: http.StatusTooManyRequests, after: "1"},
		{faults: "429=100%,retryafter=0", status: http.StatusTooManyRequests, after: "0"},
		{faults: "429=100%,retryafter=30", status: http.StatusTooManyRequests, after: "30"},
		{faults: "429=100%,retryafter=none", status: http.StatusTooManyRequests},
		{faults: "429=100%,retryafter=date+300ms", status: http.StatusTooManyRequests, dated: true},
		{faults: "500=100%,retryafter=5", status: http.StatusInternalServerError},
		{faults: "slowreply=100%,slowby=30ms", status: http.StatusOK, slow: true},
		{faults: "slow=30ms", status: http.StatusOK, slow: true},
	} {
		t.Run(test.faults, func(t *testing.T) {
			t.Parallel()
			s := start(t, nil, "-products", "20", "-faults", test.faults)
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.Vendors["rackbeat"].HTTP+"self", nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", "Bearer "+rackbeattest.DefaultKey)
			began := time.Now()
			resp, err := s.client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if body, err := io.ReadAll(resp.Body); err != nil || len(body) == 0 || resp.StatusCode != test.status {
				t.Errorf("status %d, %q, %v", resp.StatusCode, body, err)
			}
			if test.slow && time.Since(began) < 30*time.Millisecond {
				t.Errorf("answered after %v", time.Since(began))
			}
			after := resp.Header.Get("Retry-After")
			if !test.dated && after != test.after {
				t.Errorf("Retry-After %q, want %q", after, test.after)
			}
			if test.dated && secondsFrom(t, resp.Header.Get("Date"), after) > 1 {
				t.Errorf("Retry-After %q, Date %q", after, resp.Header.Get("Date"))
			}
		})
	}
}

// secondsFrom returns how far one HTTP date is from another.
func secondsFrom(t *testing.T, from, to string) float64 {
	t.Helper()
	a, err := http.ParseTime(from)
	if err != nil {
		t.Fatal(err)
	}
	b, err := http.ParseTime(to)
	if err != nil {
		t.Fatal(err)
	}
	if b.Before(a) {
		t.Errorf("%s is before %s", to, from)
	}
	return b.Sub(a).Seconds()
}

// TestFolder has a second server go on where the first one was.
func TestFolder(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	first := start(t, nil, "-dir", dir, "-products", "30", "-empty", "netvisor")
	base := first.Vendors["rackbeat"].HTTP
	before := first.total(t, base)
	if status, body := first.ask(t, http.MethodDelete, base+"products/AB-100", rackbeattest.DefaultKey, ""); status != http.StatusOK {
		t.Fatalf("delete: %d, %s", status, body)
	}
	first.stop()
	second := start(t, nil, "-dir", dir, "-products", "500", "-control", "x")
	if n := second.total(t, second.Vendors["rackbeat"].HTTPS); n != before-1 {
		t.Errorf("%d products, want %d", n, before-1)
	}
	_, records := second.ask(t, http.MethodGet, second.Vendors["netvisor"].Control+"records", "x", "")
	if got := second.Vendors["rackbeat"].Records; got.Products != before-1 || got.Customers != first.Vendors["rackbeat"].Records.Customers {
		t.Errorf("%+v are announced, want a product less than %d and as many customers", got, before)
	}
	if got := second.Vendors["netvisor"].Records; got != (holdings{}) {
		t.Errorf("the empty vendor announces %+v", got)
	}
	if strings.Contains(records, `"product_code"`) || strings.Contains(records, `"internal_identifier"`) {
		t.Error("-empty made records, or they were made anew")
	}
	if filepath.Dir(second.Certificate) != dir {
		t.Errorf("the certificate is in %s", second.Certificate)
	}
}

func TestFaultsFromTheStart(t *testing.T) {
	t.Parallel()
	s := start(t, nil, "-products", "0", "-faults", "429=100%")
	for name, a := range s.Vendors {
		if status, _ := s.ask(t, http.MethodGet, a.HTTP, "", ""); status != http.StatusTooManyRequests {
			t.Errorf("%s: status %d", name, status)
		}
	}
}

func TestForPeople(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, stderr bytes.Buffer
	env := map[string]string{"VENDORS_CONTROL_TOKEN": "sesame"}
	if status := run(ctx, []string{"-products", "0", "-customers", "3", "-suppliers", "0"}, &out, &stderr, func(n string) string { return env[n] }); status != 0 {
		t.Fatalf("status %d, %s", status, &stderr)
	}
	for _, want := range []string{"rackbeat\n  http://127.0.0.1:", "/api/\n", "(control)", "  products 0, customers 3, suppliers 0\n", "export NETVISOR_PARTNER_KEY=", "certificate.pem", "Ctrl-C"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, &out)
		}
	}
	if strings.Contains(out.String(), "sesame") {
		t.Error("the control token is printed")
	}
}

func TestBadFlags(t *testing.T) {
	t.Parallel()
	taken := start(t, nil, "-products", "0")
	port := strings.TrimSuffix(taken.Vendors["netvisor"].HTTP[len("http://127.0.0.1:"):], "/")
	folderOfFile := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(folderOfFile, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"unknown flag":    {[]string{"-port", "1"}, "-help"},
		"argument":        {[]string{"now"}, `"now"`},
		"unknown fault":   {[]string{"-faults", "fire=5%"}, "fire"},
		"how slow":        {[]string{"-faults", "slowreply=5%"}, "slowby"},
		"bad wait":        {[]string{"-faults", "429=5%,retryafter=soon"}, "seconds such as 0"},
		"unknown vendor":  {[]string{"-empty", "visma"}, "rackbeat, netvisor"},
		"too few":         {[]string{"-products", "-1"}, "-products"},
		"few customers":   {[]string{"-customers", "-1"}, "-customers -1"},
		"many customers":  {[]string{"-customers", "1000001"}, "1000000"},
		"few suppliers":   {[]string{"-suppliers", "-7"}, "-suppliers -7"},
		"no such port":    {[]string{"-rackbeat-port", "70000"}, "rackbeat"},
		"port in use":     {[]string{"-rackbeat-port", port}, "choose another"},
		"not a folder":    {[]string{"-dir", folderOfFile}, "file"},
		"unreadable data": {[]string{"-dir", spoilt(t)}, "rackbeat"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out, stderr bytes.Buffer
			status := run(t.Context(), test.args, &out, &stderr, func(string) string { return "" })
			if status != 1 || !strings.Contains(stderr.String(), test.want) || strings.Count(stderr.String(), "\n") != 1 || out.Len() > 0 {
				t.Errorf("status %d, %q, %q", status, &stderr, &out)
			}
		})
	}
}

// spoilt returns a folder whose data cannot be read.
func spoilt(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	s := start(t, nil, "-dir", dir, "-products", "20")
	s.stop()
	files, err := filepath.Glob(filepath.Join(dir, "rackbeat", "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no data: %v", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, append([]byte("{]\n"), data...), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
