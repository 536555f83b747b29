package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestBadCommands gives commands that make no sense: one clear sentence,
// status 1, and the state goes on working.
func TestBadCommands(t *testing.T) {
	t.Parallel()
	state, dir := t.TempDir(), t.TempDir()
	must(t, state, "-apply", "-products", "60")
	atFakes(t, state, rename("AB-100", "Uusi nimi"))
	file := func(name, body string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	plan, unsealed := filepath.Join(dir, "plan.json"), filepath.Join(dir, "unsealed.json")
	must(t, state, "-out", unsealed)
	foreign := filepath.Join(dir, "foreign.json")
	other := newCompany(t, "2345678-1")
	if r := execute(t, other.env, other.args(t.TempDir(), "-out", foreign)...); r.status != exitDone {
		t.Fatal(r.err)
	}
	notPlan, newer := file("not.json", "{}"), file("newer.json", `{"format":"instep plan 2"}`)
	for _, test := range []struct{ args, want string }{
		{"-apply -out " + plan, "-apply and -out do not go together"},
		{"-apply -apply-plan " + unsealed, "-apply and -apply-plan do not go together"},
		{"-out " + plan + " -apply-plan " + unsealed, "-out and -apply-plan do not go together"},
		{"-reviews -apply", "-apply and -reviews do not go together"},
		{"-reviews -why AB-100", "-reviews and -why do not go together"},
		{"-plan -answer products/7=new", "-plan and -answer do not go together"},
		{"-apply-plan " + unsealed + " -limit 3", "-limit has no effect with -apply-plan"},
		{"-why AB-100 -sweep", "-sweep has no effect with -why"},
		{"-answer products/7=new -limit 3", "-apply as well"},
		{"-read-only -apply-plan " + unsealed, "-read-only and -apply-plan"},
		{"-values", "give -out or -apply-plan as well"},
		{"-out=", "-out is empty"},
		{"-out " + notPlan, "is there already"},
		{"-out " + filepath.Join(dir, "none", "plan.json"), "none"},
		{"-apply-plan " + plan, "plan.json"},
		{"-apply-plan " + notPlan, "is no saved plan"},
		{"-apply-plan " + newer, "instep plan 2"},
		{"-apply-plan " + foreign, "other installations"},
		{"-apply-plan " + unsealed + " -values", "holds no values"},
		{"-deletes burn", "ignore, unlink, deactivate or delete"},
		{"-why=", "-why is empty"},
		{"-why NO-SUCH", "nothing is known of it"},
		{"-why rackbeat/customer/1", "rackbeat/product/AB-100"},
		{"-answer nonsense", "products/12=link:netvisor/product/31"},
		{"-answer products/7=perhaps", "-reviews lists the answers"},
		{"-answer products/7=left", "link, never, new, drop"},
		{"-answer products/9999=drop", "list the reviews again"},
		{"-answer products/7=link:netvisor/product/9999", "9999"},
		{"-answer products/7=link:netvisor/product/38", "it is linked with"},
		{"-links burn " + notPlan, "export or import"},
		{"-links export", "needs a file"},
		{"-links export " + notPlan, "is there already"},
		{"-links export a b", `unexpected argument "b"`},
		{"-links export - -json", "both print to the standard output"},
		{"-links import " + filepath.Join(dir, "none.csv"), "none.csv"},
		{"-links import " + file("empty.csv", ""), "no header"},
		{"-links import " + file("pair.csv", "pair,left,right\ncustomers,1,2\n"), `no pair "customers"`},
		{"-links import " + file("ids.csv", "pair,left,right\nproducts,NO-SUCH,2\nproducts,AB-100,9999\n"), "nothing was imported"},
		{"stray", `unexpected argument "stray"`},
	} {
		env := map[string]string{planKey: testKey}
		r := execute(t, env, append([]string{"-state", state}, strings.Fields(test.args)...)...)
		if r.status != exitFailed || !strings.Contains(r.err, test.want) || strings.Count(r.err, "\n") != 1 {
			t.Errorf("%s: status %d, want one sentence with %q: %s", test.args, r.status, test.want, r.err)
		}
	}
	if _, err := os.Stat(plan); err == nil {
		t.Error("a plan was saved by a command that was refused")
	}
	if _, sum := mustJSON(t, state, "-apply"); sum.Requests.Write != 1 || sum.Registers["products"]["review"] != 3 {
		t.Errorf("the run after all that: %+v", sum)
	}
}
