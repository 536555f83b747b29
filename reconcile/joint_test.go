package reconcile

import (
	"reflect"
	"testing"

	"github.com/instep-go/instep"
)

// TestJointTakesAll gives a joint commit batches with something in every field, so
// that a field that Batch gets later is not forgotten here.
func TestJointTakesAll(t *testing.T) {
	t.Parallel()
	var bs []*instep.Batch
	for range 2 {
		b := &instep.Batch{Pair: "products", State: &instep.PairState{}}
		v := reflect.ValueOf(b).Elem()
		for _, f := range v.Fields() {
			if f.Kind() == reflect.Slice {
				f.Set(reflect.MakeSlice(f.Type(), 1, 1))
			}
		}
		bs = append(bs, b)
	}
	v := reflect.ValueOf(*joinBatches(bs))
	for i := range v.NumField() {
		f, name := v.Field(i), v.Type().Field(i).Name
		switch {
		case f.Kind() == reflect.Slice && f.Len() != 2:
			t.Errorf("%s has %d of 2", name, f.Len())
		case name == "State" && f.IsNil():
			t.Error("the state is lost")
		}
	}
}
