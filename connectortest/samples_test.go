package connectortest

import (
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/instep-go/instep"
)

// A store could lose a field that no sample has. So the samples have them all,
// also those that are added to the vocabulary one day.
func TestSamplesFillEveryField(t *testing.T) {
	t.Parallel()
	byStore := map[string]bool{"LastLink": true, "LastUnit": true, "N": true, "Pair": true}
	for name, sample := range map[string]any{
		"PairState": fullState(1),
		"Link":      variedLinks(),
		"Mark":      fullMark(1, instep.Right),
		"Unit":      fullUnit(1),
		"Fence":     fullFence(1, instep.Right),
		"Decision":  fullDecision("a", "b", instep.KeepAlone),
		"Activity":  fullActivity("run"),
	} {
		filled := map[string]bool{}
		fields(filled, "", reflect.ValueOf(sample))
		for _, field := range slices.Sorted(maps.Keys(filled)) {
			if !filled[field] && !byStore[field] {
				t.Errorf("no sample of %s has something in the field %s", name, field)
			}
		}
	}
}

// fields notes for each field below v whether it holds something; of lists
// and arrays, one element is enough.
func fields(filled map[string]bool, path string, v reflect.Value) {
	switch _, isTime := v.Interface().(time.Time); {
	case v.Kind() == reflect.Struct && !isTime:
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			if path != "" {
				name = path + "." + name
			}
			fields(filled, name, v.Field(i))
		}
	case v.Kind() == reflect.Slice || v.Kind() == reflect.Array:
		if elem := v.Type().Elem(); v.Len() == 0 {
			fields(filled, path, reflect.Zero(elem))
		}
		for i := range v.Len() {
			fields(filled, path, v.Index(i))
		}
	default:
		filled[path] = filled[path] || !v.IsZero()
	}
}
