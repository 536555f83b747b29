package transport

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/instep-go/instep"
)

func TestRedact(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		secrets    []string
		want       string
	}{
		{"none", "nothing here", []string{"abc"}, "nothing here"},
		{"empty secrets", "abc", []string{"", ""}, "abc"},
		{"literal", "key=abc;", []string{"abc"}, "key=[redacted];"},
		{"several", "abc abcabc", []string{"abc"}, "[redacted] [redacted][redacted]"},
		{"longest wins", "abcdef", []string{"abc", "abcdef"}, "[redacted]"},
		{"overlapping", "-abcde-", []string{"abc", "cde"}, "-[redacted]-"},
		{"within another", "abcde", []string{"c", "abcde"}, "[redacted]"},
		{"query form", "k=a%2Fb%26c+d", []string{"a/b&c d"}, "k=[redacted]"},
		{"path form, lower case", "/a%2fb%26c%20d/", []string{"a/b&c d"}, "/[redacted]/"},
		{"needlessly encoded", "%61bc", []string{"abc"}, "[redacted]"},
		{"encoded twice", "a%252Fb", []string{"a/b"}, "[redacted]"},
		{"encoded three times", "a%25252Fb", []string{"a/b"}, "[redacted]"},
		{"a secret with percent signs", "x%41y and xAy and x%2541y", []string{"x%41y"},
			"[redacted] and xAy and [redacted]"},
		{"bad encoding around it", "%zz%abc%", []string{"bc"}, "%zz%a[redacted]%"},
		{"beyond ASCII", "k=p%C3%A4ss%C3%B6 pässö", []string{"pässö"}, "k=[redacted] [redacted]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := Redact(tt.text, tt.secrets); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestRedactURL(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{"https://h/p?page=2&limit=1000", "https://h/p?page=2&limit=1000"},
		{"https://user:pw@h/p", "https://h/p"},
		{"https://h/p?api_key=x&page=2", "https://h/p?api_key=[redacted]&page=2"},
		{"https://h/p?apiKey=x&APIKEY=y&key=z&Key=", "https://h/p?apiKey=[redacted]&APIKEY=[redacted]&key=[redacted]&Key="},
		{"https://h/p?access_token=x&refreshToken=y", "https://h/p?access_token=[redacted]&refreshToken=[redacted]"},
		{"https://h/p?client%5Fsecret=x", "https://h/p?client%5Fsecret=[redacted]"},
		{"https://h/p?new-password=x&signature=y&mac=z", "https://h/p?new-password=[redacted]&signature=[redacted]&mac=[redacted]"},
		{"https://h/p?netvisorkey=31&machine=a&keyword=b", "https://h/p?netvisorkey=31&machine=a&keyword=b"},
		{"https://h/p?%zz=x&a=b", "https://h/p?%zz=[redacted]&a=b"},
		{"https://h/customers/s3%2Fcret/x?q=s3%2fcret", "https://h/customers/[redacted]/x?q=[redacted]"},
	}
	for _, tt := range tests {
		u, err := url.Parse(tt.in)
		if err != nil {
			t.Fatal(err)
		}
		if got := RedactURL(u, []string{"s3/cret"}); got != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.in, got, tt.want)
		}
		if u.String() != tt.in {
			t.Errorf("the URL itself became %s", u)
		}
	}
	if got := RedactURL(nil, nil); got != "" {
		t.Errorf("nil URL is %q", got)
	}
}

// TestNothingLeaks sends secrets everywhere a client may put them, through
// replies, repetitions and failures of every sort, and greps what is told.
func TestNothingLeaks(t *testing.T) {
	t.Parallel()
	secrets := []string{"s3cr/t+key &x", "userpass", "tööken"}
	bases := map[string]http.RoundTripper{
		"echo in error": roundTrip(func(r *http.Request) (*http.Response, error) {
			return nil, fmt.Errorf("cannot send %s with %q", r.URL, r.Header)
		}),
		"url error": roundTrip(func(r *http.Request) (*http.Response, error) {
			return nil, &url.Error{Op: "Get", URL: r.URL.String(), Err: errors.New(secrets[0])}
		}),
		"wrapped url error": roundTrip(func(r *http.Request) (*http.Response, error) {
			return nil, fmt.Errorf("proxy: %w", &url.Error{Op: "Get", URL: r.URL.String(), Err: errCut})
		}),
		"dial":    &script{steps: []step{{err: fmt.Errorf("%w: tööken", errDial)}}},
		"trouble": &script{steps: []step{{status: 500}, {err: errCut}}},
		"reply":   &script{steps: []step{{status: 200}}},
	}
	query := "?k=" + url.QueryEscape(secrets[0]) + "&access_token=other&n=" + url.QueryEscape("tööken")
	target := "https://user:userpass@h.example/" + url.PathEscape(secrets[0]) + "/x" + query
	for name, base := range bases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := new(logBuffer)
			var told strings.Builder
			rt := New(quick(Options{
				Base: base, Secrets: secrets, Logger: log.logger(),
				Sign: func(r *http.Request) error {
					r.Header.Set("Authorization", "Bearer "+secrets[0])
					r.URL.RawQuery += "&sig=" + url.QueryEscape(secrets[0])
					return nil
				},
				Observe: func(a Attempt) { fmt.Fprintf(&told, "%+v\n", a) },
			}))
			for _, method := range []string{"GET", "PUT", "POST"} {
				_, _, err := send(t.Context(), rt, method, target, "x")
				fmt.Fprintf(&told, "%v\n%+v\n%q\n", err, err, err)
			}
			all := log.String() + told.String()
			if !strings.Contains(all, redacted) || !strings.Contains(log.String(), "msg=request") {
				t.Fatalf("nothing was told at all: %s", all)
			}
			for _, form := range []func(string) string{
				func(s string) string { return s }, url.QueryEscape, url.PathEscape,
				func(s string) string { return strings.ToLower(url.QueryEscape(s)) },
			} {
				for _, s := range append(secrets, "other") {
					if strings.Contains(all, form(s)) {
						t.Errorf("%q is told:\n%s", form(s), lineWith(all, form(s)))
					}
				}
			}
		})
	}
}

func lineWith(text, s string) string {
	for line := range strings.Lines(text) {
		if strings.Contains(line, s) {
			return line
		}
	}
	return ""
}

func TestHiddenErrorIsStillKnown(t *testing.T) {
	t.Parallel()
	err := redactError(fmt.Errorf("abc: %w", errCut), []string{"abc"})
	if err.Error() != "[redacted]: connection cut" || !errors.Is(err, errCut) {
		t.Errorf("got %q", err)
	}
}

func TestSecretHidesItself(t *testing.T) {
	t.Parallel()
	type config struct {
		Key  Secret
		Keys []Secret
		Map  map[Secret]string `json:"-"`
	}
	s := Secret("hunter22")
	c := config{s, []Secret{s}, map[Secret]string{s: "v"}}
	var b strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%10s", "%T"} {
		fmt.Fprintf(&b, verb+" "+verb+" "+verb+"\n", s, c, &c)
	}
	js, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	type element struct{ Key Secret }
	xm, err := xml.Marshal(element{s})
	if err != nil {
		t.Fatal(err)
	}
	log := new(logBuffer)
	log.logger().Info("m", "s", s, "c", c)
	slog.New(slog.NewJSONHandler(log, nil)).Info("m", "s", s, "c", c)
	all := b.String() + string(js) + string(xm) + log.String() + fmt.Sprint(s, c) + fmt.Errorf("%w: %v", errCut, s).Error()
	if strings.Contains(all, "hunter22") || strings.Contains(all, fmt.Sprintf("%x", "hunter22")) {
		t.Errorf("the secret is shown:\n%s", all)
	}
	if strings.Count(all, redacted) < 40 {
		t.Errorf("too few marks:\n%s", all)
	}
	if s.Reveal() != "hunter22" {
		t.Error("Reveal does not reveal")
	}
	if got := fmt.Sprintf("%v|%s|%q|%#v", Secret(""), Secret(""), Secret(""), Secret("")); got != `||""|""` {
		t.Errorf("the empty secret is %s", got)
	}
	if got, err := json.Marshal(Secret("")); err != nil || string(got) != `""` {
		t.Errorf("the empty secret is %s, %v", got, err)
	}
}

// FuzzRedact: what is left between the marks holds no secret, in no spelling.
func FuzzRedact(f *testing.F) {
	f.Add("key=a%2Fb&x", "a/b", "x")
	f.Add("%2525252F", "/", "%2F")
	f.Add("abcde", "abc", "cde")
	f.Add("%", "%", "%25")
	f.Add("a+b%2Bc", "a b+c", "a")
	f.Fuzz(func(t *testing.T, text, s1, s2 string) {
		got := Redact(text, []string{s1, s2})
		rest := strings.Split(got, redacted)
		for _, s := range []string{s1, s2} {
			if s == "" {
				continue
			}
			for _, piece := range rest {
				if strings.Contains(piece, s) || strings.Contains(piece, url.QueryEscape(s)) ||
					strings.Contains(piece, url.PathEscape(s)) {
					t.Errorf("%q in %q of %q", s, piece, got)
				}
			}
		}
		if !strings.Contains(text, redacted) && len(rest) > 1 {
			for _, piece := range rest {
				if !strings.Contains(text, piece) {
					t.Errorf("%q is not from %q", piece, text)
				}
			}
		}
		if again := Redact(text, nil); again != text {
			t.Errorf("without secrets %q became %q", text, again)
		}
	})
}

func TestRefusedRequests(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"ftp://h/p", "https:///p", "file:///etc/passwd"} {
		base := &script{steps: []step{{status: 200}}}
		_, _, err := send(t.Context(), New(Options{Base: base}), "GET", address, "")
		if e := errorOf(t, err, instep.Config); e.Remedy == "" || base.count() != 0 {
			t.Errorf("%s: %v, sent %d times", address, e, base.count())
		}
	}
}
