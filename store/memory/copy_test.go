package memory_test

import (
	"context"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
)

// reads are all calls whose answers have slices in them.
var reads = map[string]func(ctx context.Context, s *memory.Store) (any, error){
	"Pair":  func(ctx context.Context, s *memory.Store) (any, error) { return s.Pair(ctx, "p") },
	"Links": func(ctx context.Context, s *memory.Store) (any, error) { return s.Links(ctx, "p", []instep.LinkID{1}) },
	"Scan":  func(ctx context.Context, s *memory.Store) (any, error) { return s.Scan(ctx, "p", 0, 9) },
	"Keys":  func(ctx context.Context, s *memory.Store) (any, error) { return s.Keys(ctx, "p", []uint64{1}) },
	"Open": func(ctx context.Context, s *memory.Store) (any, error) {
		var list []instep.OpenWork
		for w, err := range s.Open(ctx, "p") {
			if err != nil {
				return nil, err
			}
			list = append(list, w)
		}
		return list, nil
	},
	"Activity": func(ctx context.Context, s *memory.Store) (any, error) { return s.Activity(ctx, "p", 0, 9) },
	"History":  func(ctx context.Context, s *memory.Store) (any, error) { return s.History(ctx, "p", 1, 9) },
}

// What a caller does with a batch it has committed, or with an answer, changes
// no answer that comes later.
func TestCopies(t *testing.T) {
	t.Parallel()
	for name, read := range reads {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			untouched, s := memory.New(), memory.New()
			b := fullBatch()
			commit(t, untouched, fullBatch())
			commit(t, s, b)
			want := answer(t, untouched, read)
			spoil(reflect.ValueOf(b))
			if diff := cmp.Diff(want, answer(t, s, read)); diff != "" {
				t.Errorf("after the batch was written over (- want, + got):\n%s", diff)
			}
			spoil(reflect.ValueOf(answer(t, s, read)))
			if diff := cmp.Diff(want, answer(t, s, read)); diff != "" {
				t.Errorf("after an answer was written over (- want, + got):\n%s", diff)
			}
		})
	}
}

func commit(t *testing.T, s *memory.Store, b *instep.Batch) {
	t.Helper()
	if err := s.Commit(t.Context(), b); err != nil {
		t.Fatal(err)
	}
}

func answer(t *testing.T, s *memory.Store, read func(context.Context, *memory.Store) (any, error)) any {
	t.Helper()
	v, err := read(t.Context(), s)
	if err != nil || reflect.ValueOf(v).IsZero() {
		t.Fatalf("the answer is %v, %v", v, err)
	}
	return v
}

// fullBatch has one of everything, with no field left empty, and takes nothing
// away.
func fullBatch() *instep.Batch {
	var b instep.Batch
	fill(reflect.ValueOf(&b).Elem())
	b.Pair, b.Dropped, b.Erased = "p", nil, nil
	return &b
}

// fill sets numbers to 1 and makes slices of one element.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for _, field := range v.Fields() {
			fill(field)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i))
		}
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	default:
		v.Set(reflect.ValueOf(1).Convert(v.Type()))
	}
}

// spoil writes over what the slices in a value hold.
func spoil(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		spoil(v.Elem())
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for _, field := range v.Fields() {
			spoil(field)
		}
	case reflect.Array:
		for i := range v.Len() {
			spoil(v.Index(i))
		}
	case reflect.Slice:
		for i := range v.Len() {
			spoil(v.Index(i))
			v.Index(i).SetZero()
		}
	default: // there is nothing behind it
	}
}
