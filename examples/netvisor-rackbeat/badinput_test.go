package main

import (
	"database/sql"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/instep-go/instep/examples/internal/catalogue"
	"github.com/instep-go/instep/netvisor/netvisortest"
	"github.com/instep-go/instep/rackbeat/rackbeattest"
	"github.com/instep-go/instep/store/sqlite"
)

// installation is a pair of fakes behind real sockets.
type installation struct {
	rackbeat, netvisor string // base URLs
	env                map[string]string
}

func newCompany(t *testing.T, organisation string) installation {
	t.Helper()
	c := catalogue.New(1, 40)
	r, err := rackbeattest.New(c.RackbeatOptions(""))
	if err != nil {
		t.Fatal(err)
	}
	o := c.NetvisorOptions("")
	o.OrganisationID = organisation
	n, err := netvisortest.New(o)
	if err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"NETVISOR_ORGANISATION_ID": organisation}
	for _, name := range []string{
		"RACKBEAT_KEY", "RACKBEAT_CONSUMER_NAME", "RACKBEAT_CONSUMER_EMAIL", "NETVISOR_CUSTOMER_ID",
		"NETVISOR_CUSTOMER_KEY", "NETVISOR_PARTNER_ID", "NETVISOR_PARTNER_KEY",
	} {
		env[name] = (&fakes{}).getenv(name)
	}
	return installation{r.Start(t), n.Start(t) + "/", env}
}

func (c installation) args(state string, more ...string) []string {
	return append([]string{
		"-state", state, "-rackbeat", c.rackbeat, "-netvisor", c.netvisor, "-request-life", "0s", "-per-minute", "-1",
	}, more...)
}

// with returns a copy with one variable changed.
func (c installation) with(name, value string) installation {
	c.env = maps.Clone(c.env)
	c.env[name] = value
	return c
}

func babble(t *testing.T, body string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }))
	t.Cleanup(s.Close)
	return s.URL + "/"
}

// TestBadInput gives the program what it cannot work with, on a state that is
// in use: one clear sentence, status 1, and the state goes on working.
func TestBadInput(t *testing.T) {
	t.Parallel()
	good := newCompany(t, "1967543-8")
	other := newCompany(t, "2345678-1")
	// In step before the tests share it: what one state creates is new to another.
	if r := execute(t, good.env, good.args(t.TempDir(), "-apply")...); r.status != exitDone {
		t.Fatalf("the first load: %+v", r)
	}
	file := filepath.Join(t.TempDir(), "mapping.json")
	misspelt := strings.Replace(execute(t, nil, "-print-mapping").out, `"sales_price"`, `"sales_prise"`, 1)
	if err := os.WriteFile(file, []byte(misspelt), 0o600); err != nil {
		t.Fatal(err)
	}
	notMapping := filepath.Join(t.TempDir(), "not.json")
	if err := os.WriteFile(notMapping, []byte(`{"products":{"rules":[{"nane":"code"}]}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	withURL := func(rackbeat, netvisor string) installation {
		c := good
		if rackbeat != "" {
			c.rackbeat = rackbeat
		}
		if netvisor != "" {
			c.netvisor = netvisor
		}
		return c
	}
	tests := []struct {
		name         string
		installation installation
		more         []string
		spoil        func(t *testing.T, state string) (mend func())
		want         []string // parts of the sentence
	}{
		{name: "unreachable host", installation: withURL("", "http://127.0.0.1:1/"), want: []string{"127.0.0.1:1", "check the address"}},
		{name: "wrong Rackbeat key", installation: good.with("RACKBEAT_KEY", "wrong-key-of-some-length"), want: []string{"rackbeat", "API key"}},
		{name: "wrong Netvisor key", installation: good.with("NETVISOR_CUSTOMER_KEY", "wrong-key-of-some-length"), want: []string{"netvisor", "credentials"}},
		{name: "a variable is missing", installation: good.with("RACKBEAT_KEY", " "), want: []string{"RACKBEAT_KEY is not set"}},
		{name: "malformed JSON", installation: withURL(babble(t, `{"user_account":{"id":`), ""), want: []string{"rackbeat", "not understood"}},
		{name: "HTML for JSON", installation: withURL(babble(t, `<!doctype html><p>sign in`), ""), want: []string{"rackbeat", "not understood"}},
		{name: "malformed XML", installation: withURL("", babble(t, `<Root><ResponseStatus><Status>OK</Status>`)), want: []string{"netvisor", "not understood"}},
		{name: "no TLS", installation: withURL("http://rackbeat.example/api/", ""), want: []string{"no TLS"}},
		{name: "state of another company", installation: other, want: []string{"1967543-8", "2345678-1", "state"}},
		{name: "state of the fakes' company", more: []string{"-rackbeat", "", "-netvisor", "", "-request-life", "-1s", "-per-minute", "0"}, installation: good, want: []string{"netvisor.fake", "state"}},
		{name: "state of a newer version", installation: good, spoil: newerVersion, want: []string{"newer"}},
		{name: "two runs at once", installation: good, spoil: secondRun, want: []string{"in use"}},
		{name: "unknown field in the mapping", installation: good, more: []string{"-mapping", file}, want: []string{"sales_prise", "did you mean", "sales_price"}},
		{name: "not a mapping", installation: good, more: []string{"-mapping", notMapping}, want: []string{"nane", "-print-mapping"}},
		{name: "unknown flag", installation: good, more: []string{"-aply"}, want: []string{"-aply", "-help"}},
		{name: "unknown system", installation: good, more: []string{"-from", "visma"}, want: []string{"visma", "rackbeat or netvisor"}},
		{name: "plan and apply", installation: good, more: []string{"-plan"}, want: []string{"-plan and -apply"}},
		{name: "read-only and apply", installation: good, more: []string{"-read-only"}, want: []string{"-read-only and -apply"}},
		{name: "one address", installation: good, more: []string{"-netvisor", ""}, want: []string{"give both"}},
		{name: "changes in a real company", installation: good, more: []string{"-changes", "4"}, want: []string{"fakes only"}},
		{name: "half a reference", installation: good, more: []string{"-only", "rackbeat/customer/1"}, want: []string{"rackbeat/product/AB-100"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if testing.Short() && test.name == "unreachable host" {
				t.Skip("the clients try for 10 seconds")
			}
			state := t.TempDir()
			if r := execute(t, good.env, good.args(state, "-apply")...); r.status != exitDone {
				t.Fatalf("the first run: %+v", r)
			}
			mend := func() {}
			if test.spoil != nil {
				mend = test.spoil(t, state)
			}
			r := execute(t, test.installation.env, test.installation.args(state, append([]string{"-apply"}, test.more...)...)...)
			mend()
			test.want = append(test.want, "\n")
			for _, part := range test.want {
				if r.status != exitFailed || !strings.Contains(r.err, part) {
					t.Errorf("status %d, want 1, and a sentence with %q: %s", r.status, part, r.err)
				}
			}
			if strings.Count(r.err, "\n") != 1 || utf8.RuneCountInString(r.err) > maxSentence+2 || strings.Contains(r.err, "wrong-key") {
				t.Errorf("not one clear sentence: %s", r.err)
			}
			again := execute(t, good.env, good.args(state, "-apply", "-json")...)
			if again.status != exitDone {
				t.Fatalf("the state is spoilt: %s", again.err)
			}
			if s := lastLine(t, []byte(again.out)); s.Requests.Write != 0 || s.Registers["products"]["linked"] != 0 {
				t.Errorf("the state has changed: %+v", s)
			}
		})
	}
}

// newerVersion marks the state as made by a later version of the program.
func newerVersion(t *testing.T, state string) (mend func()) {
	t.Helper()
	set := func(version string) {
		db, err := sql.Open("sqlite", filepath.Join(state, "state", "state.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.ExecContext(t.Context(), "PRAGMA user_version = "+version); err != nil {
			t.Fatal(err)
		}
	}
	db, err := sql.Open("sqlite", filepath.Join(state, "state", "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	var now string
	if err := db.QueryRowContext(t.Context(), "PRAGMA user_version").Scan(&now); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	set("999")
	return func() { set(now) }
}

// secondRun holds the state as another run does.
func secondRun(t *testing.T, state string) (mend func()) {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(state, "state"), nil)
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestVerboseKeepsSecrets looks for secrets in the log.
func TestVerboseKeepsSecrets(t *testing.T) {
	t.Parallel()
	c := newCompany(t, "1967543-8")
	r := execute(t, c.env, c.args(t.TempDir(), "-apply", "-v")...)
	if r.status != exitDone || !strings.Contains(r.err, "level=DEBUG") {
		t.Fatalf("status %d, log: %.300s", r.status, r.err)
	}
	for _, name := range []string{"RACKBEAT_KEY", "NETVISOR_CUSTOMER_KEY", "NETVISOR_PARTNER_KEY"} {
		if strings.Contains(r.err+r.out, c.env[name]) {
			t.Errorf("%s is in the log", name)
		}
	}
}
