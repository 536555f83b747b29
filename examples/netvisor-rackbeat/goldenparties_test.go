package main

import (
	"strings"
	"testing"
)

// TestGoldenParties pins what people see of customers and suppliers: the page
// for a bookkeeper, and the plan.
func TestGoldenParties(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	for _, step := range []struct{ file, args string }{
		{"report-parties", "-customers 88 -suppliers 36 -products 0 -registers customers,suppliers -report"},
		{"plan-customers", "-registers customers"},
	} {
		golden(t, step.file, steady(must(t, state, strings.Fields(step.args)...).out))
	}
}
