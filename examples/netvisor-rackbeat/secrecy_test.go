package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/instep-go/instep/examples/internal/catalogue"
	"github.com/instep-go/instep/netvisor/netvisortest"
	"github.com/instep-go/instep/rackbeat/rackbeattest"
)

// TestSecrecy plants marks in every field of customers, suppliers, their
// contacts and addresses, has the systems refuse, garble and lose things and
// send the marks along while they do so, and looks for the marks where no person is
// meant to see them: in the state, also while a run is under way, in the log and
// errors, in a saved plan, and in exported links.
func TestSecrecy(t *testing.T) {
	t.Parallel()
	for _, from := range systemIDs {
		t.Run("from "+from, func(t *testing.T) {
			t.Parallel()
			ro, no := markedTown()
			w := found(t, ro, no)
			folder := t.TempDir()
			step := func(what string, more ...string) ran {
				w.Helper()
				r := w.run(append(more, "-from", from, "-new", "customer.layout=Suomi", "-new", "supplier.payment_term="+catalogue.PaymentTerms()[0].Name)...)
				w.secret(what, r)
				return r
			}
			if r := step("a plan", "-v"); !strings.Contains(r.out, mark+" pair") || !strings.Contains(r.err, "level=DEBUG") {
				t.Fatalf("the plan does not show the marks, or there is no log:\n%s", r.out)
			}
			step("a report", "-report")
			step("a saved plan", "-out", filepath.Join(folder, "plan.json"))
			w.spoilWrites()
			if r := step("writes that go wrong", "-apply", "-v", "-json"); !strings.Contains(r.err, cannotStore) {
				t.Errorf("nothing went wrong:\n%s", r.err)
			}
			step("writes that went wrong", "-apply", "-v")
			step("reviews", "-reviews", "-v")
			step("an export", "-links", "export", filepath.Join(folder, "links.csv"))
			for _, body := range garbled {
				w.garble(body)
				step("a garbled reply: "+body[:20], "-apply", "-sweep", "-v", "-json")
			}
			step("the rest", "-apply", "-sweep", "-v", "-json")
			step("why", "-why", "rackbeat/customer/9103")
			w.searchFolder("the files beside the state", folder)
			if n, m := len(w.n.Customers()), len(w.r.Customers()); n < 8 || from == "netvisor" && m < 8 {
				t.Errorf("%d customers in Netvisor and %d in Rackbeat: too little went over to say anything", n, m)
			}
		})
	}
}

// secret looks at what a run printed and left behind.
func (w *town) secret(what string, r ran) {
	w.Helper()
	w.oneErrorLine(what, r)
	if l := leaks(r.err); len(l) > 0 {
		w.Errorf("%s: %q on the standard error:\n%s", what, l, linesWith(r.err, l))
	}
	if strings.Contains(r.out, vendorMark) {
		w.Errorf("%s: what a vendor says is on the standard output:\n%s", what, linesWith(r.out, []string{strings.ToLower(vendorMark)}))
	}
	for line := range strings.Lines(r.out) {
		var l struct {
			Text, Error string
			Reason      json.RawMessage
		}
		if json.Unmarshal([]byte(line), &l) != nil {
			continue // it is for people, who are meant to see names
		}
		if found := leaks(l.Text + l.Error + string(l.Reason)); len(found) > 0 {
			w.Errorf("%s: %q in a reason or an error:\n%s", what, found, line)
		}
	}
	w.searchFolder(what, w.state)
}

// oneErrorLine wants the log, if there is one, to end with one sentence.
func (w *town) oneErrorLine(what string, r ran) {
	w.Helper()
	n := 0
	for line := range strings.Lines(r.err) {
		if !strings.HasPrefix(line, "time=") {
			n++
		}
	}
	if want := min(r.status, 1); n != want {
		w.Errorf("%s: status %d, and %d sentences, want %d:\n%s", what, r.status, n, want, r.err)
	}
}

// linesWith returns the lines of a text that hold one of some marks.
func linesWith(text string, marks []string) (out string) {
	for line := range strings.Lines(text) {
		for _, m := range marks {
			if strings.Contains(strings.ToLower(line), m) {
				out += line
				break
			}
		}
	}
	return out
}

// searchFolder looks for marks in all files of a folder.
func (w *town) searchFolder(what, folder string) {
	w.Helper()
	files := 0
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		if err != nil && runtime.GOOS == "windows" {
			return nil // what is locked cannot be read there
		}
		if err != nil {
			return err
		}
		files++
		if l := leaks(string(body)); len(l) > 0 {
			w.Errorf("%s: %q in %s", what, l, entry.Name())
		}
		return nil
	})
	if err != nil || files == 0 {
		w.Errorf("%s: %d files searched in %s, %v", what, files, folder, err)
	}
}

// spoilWrites has writes refused, answered with nonsense and lost, all of it in
// words that quote the marks. While they are under way the state is searched as
// well, as what is not in the database yet is in the file beside it.
func (w *town) spoilWrites() {
	w.Helper()
	posts := func(path string) func(*http.Request) bool {
		return func(r *http.Request) bool {
			if r.Method == http.MethodGet || !strings.Contains(r.URL.Path, path) {
				return false
			}
			w.searchFolder("a write to "+path, w.state)
			return true
		}
	}
	page := "<html><body>" + spoken + "</body></html>"
	for _, resource := range []string{"customer.nv", "vendor.nv"} {
		w.n.Script(
			netvisortest.Step{Match: posts(resource), Status: http.StatusOK, Body: netvisortest.FailureBody("INVALID_DATA", refusal)},
			netvisortest.Step{Match: posts(resource), Handle: true, Drop: true},
			netvisortest.Step{Match: posts(resource), Status: http.StatusOK, Body: page, Handle: true},
		)
	}
	invalid := fmt.Sprintf(`{"message":%q,"errors":{%q:[%q]}}`, refusal, refusedField, refusal)
	for _, resource := range []string{"/customers", "/suppliers"} {
		w.r.Script(
			rackbeattest.Step{Match: posts(resource), Status: http.StatusUnprocessableEntity, Body: invalid},
			rackbeattest.Step{Match: posts(resource), Handle: true, Drop: true},
			rackbeattest.Step{Match: posts(resource), Status: http.StatusInternalServerError, Body: page},
		)
	}
}

// garbled are replies to what lists people and firms.
var garbled = []string{
	`{"customers":[{"number":"` + spoken + `"`,
	`{"customers":[{"number":"` + mark + `","name":{"` + vendorMark + `":1}}],"` + spoken + `":0}`,
	`<Root><ResponseStatus><Status>OK</Status><` + mark + `>` + spoken + `</Root>`,
	`<Root><ResponseStatus><Status>OK</Status></ResponseStatus><Customerlist><Customer><Netvisorkey>` + spoken + `</Netvisorkey></Customer></Customerlist></Root>`,
	`<Root><ResponseStatus><Status>FAILED</Status><Status>INVALID_DATA :: ` + cannotRead + `</Status></ResponseStatus><` + mark + `>` + spoken + `</` + mark + `></Root>`,
	"<!doctype html><title>" + spoken + "</title>",
}

// garble has the next lists of both systems answer with a text.
func (w *town) garble(body string) {
	lists := func(r *http.Request) bool {
		return r.Method == http.MethodGet && (strings.HasSuffix(r.URL.Path, "/customers") || strings.HasSuffix(r.URL.Path, "customerlist.nv"))
	}
	if strings.HasPrefix(body, "{") {
		w.r.Script(rackbeattest.Step{Match: lists, Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: body})
		return
	}
	w.n.Script(netvisortest.Step{Match: lists, Status: http.StatusOK, Header: http.Header{"Content-Type": {"text/xml"}}, Body: body})
}
