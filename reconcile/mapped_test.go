package reconcile

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
)

// After a change of the mapping each field is known as far as its rule was in
// the old one, wherever it stood there.
func TestBaseOfAnEarlierMapping(t *testing.T) {
	t.Parallel()
	p := &pair{rules: make([]rule, 4), prints: []string{"name", "new", "price", "code"}}
	made := &instep.MappingPrint{Prints: []string{"code", "name", "gone", "price"}}
	if diff := cmp.Diff(vector{2, 0, 4, 1}, p.base(vector{1, 2, 3, 4}.bytes(), made)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(vector{2, 0, 0, 1}, p.base(vector{1, 2, 3}.bytes(), made)); diff != "" {
		t.Errorf("of fewer fields than rules (-want +got):\n%s", diff)
	}
	if got := p.base(nil, made); got != nil {
		t.Errorf("of no record it is %v", got)
	}
}
