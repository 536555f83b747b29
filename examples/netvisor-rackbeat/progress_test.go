package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/instep-go/instep/reconcile"
)

func TestPlainProgressIsShort(t *testing.T) {
	t.Parallel()
	for _, total := range []int{1, 2, 9, 10, 11, 99, 2000, 1_000_000} {
		var out bytes.Buffer
		l := &lines{w: &out}
		for done := 1; done <= total; done++ {
			l.wrote(reconcile.Wrote{Done: done, Total: total})
		}
		l.stop()
		n := strings.Count(out.String(), "\n")
		if n > 12 || n < 1 || !strings.HasSuffix(out.String(), number(total)+" of "+number(total)+"\n") {
			t.Errorf("%d writes give %d lines:\n%s", total, n, &out)
		}
	}
}

func TestBarEnds(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	b := &bar{w: &out}
	b.stop() // before anything was written
	for done := 1; done <= 50; done++ {
		b.wrote(reconcile.Wrote{Done: done, Total: 50})
	}
	b.wrote(reconcile.Wrote{Done: 1, Total: 2}) // a further pass that is stopped
	b.stop()
	b.stop()
	if !strings.Contains(out.String(), "Writing 50 products") || !strings.Contains(out.String(), "done!") {
		t.Errorf("the bar shows %q", &out)
	}
}

func TestNumber(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		if got := number(n); got != want {
			t.Errorf("number(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestRefs(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{"rackbeat/product/AB-100", "rackbeat/product/AB-100"},
		{"netvisor/product/31", "netvisor/product/31"},
		{"31", "rackbeat/product/31 netvisor/product/31"},
		{"Ø-12/A", "rackbeat/product/Ø-12/A netvisor/product/Ø-12/A"},
		{"rackbeat/product/A/B", "rackbeat/product/A/B"},
		{"rackbeat/product/", ""},
		{"netvisor/31", ""},
		{"", ""},
	}
	for _, test := range tests {
		got, err := (&settings{registers: []*register{&products}}).refs("-only", test.in)
		texts := []string{}
		for _, r := range got {
			texts = append(texts, r.String())
		}
		if s := strings.Join(texts, " "); s != test.want || (err == nil) != (test.want != "") {
			t.Errorf("refs(%q) = %q, %v, want %q", test.in, s, err, test.want)
		}
	}
}
