package netvisor

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"

	"github.com/instep-go/instep"
)

// system names this vendor in refs.
const system = "netvisor"

// refOf names a record by its NetvisorKey.
func refOf(entity string, key int64) instep.Ref {
	return instep.Ref{System: system, Entity: entity, ID: keyText(key)}
}

// keyOf returns the key that a ref of that entity holds, 0 if it holds none
// that can exist.
func keyOf(ref instep.Ref, entity string) (int64, error) {
	if ref.System != system || ref.Entity != entity {
		return 0, &instep.Error{
			Kind: instep.Config, Op: "netvisor: " + entity + "s", Ref: ref, Err: errors.New("it is not a " + entity + " of Netvisor"),
		}
	}
	return parseKey(ref.ID), nil
}

// parseKey returns the key of an id, 0 if it is not how one is written.
func parseKey(id string) int64 {
	key, err := strconv.ParseInt(id, 10, 64)
	if err != nil || key < 0 || keyText(key) != id {
		return 0
	}
	return key
}

// keyGetter returns the records with these keys, without those that are not
// there.
type keyGetter func(ctx context.Context, keys []int64) (map[int64]instep.Record, answer, error)

// getRecords returns a record for each ref, asking for at most so many keys a
// request.
func getRecords(ctx context.Context, entity string, refs []instep.Ref, most int, get keyGetter) ([]instep.Record, error) {
	keys := make([]int64, len(refs)) // 0: none that can exist
	asked := make(map[int64]bool, len(refs))
	for i, ref := range refs {
		var err error
		if keys[i], err = keyOf(ref, entity); err != nil {
			return nil, err
		}
		if keys[i] > 0 {
			asked[keys[i]] = true
		}
	}
	found, err := getAll(ctx, slices.Sorted(maps.Keys(asked)), most, get)
	if err != nil {
		return nil, err
	}
	records := make([]instep.Record, len(refs))
	for i, ref := range refs {
		if r, ok := found[keys[i]]; ok {
			records[i] = r
		} else {
			records[i] = instep.Record{Ref: ref, Status: instep.Missing}
		}
	}
	return records, nil
}

// getAll gets any number of keys, at most so many a request.
func getAll(ctx context.Context, keys []int64, most int, get keyGetter) (map[int64]instep.Record, error) {
	all := make(map[int64]instep.Record, len(keys))
	for batch := range slices.Chunk(keys, most) {
		found, _, err := get(ctx, batch)
		if err != nil {
			return nil, err
		}
		maps.Copy(all, found)
	}
	return all, nil
}

// inOrder gets any number of keys, at most so many a request, and returns what
// is there in the order of the keys.
func inOrder[T any](
	ctx context.Context, keys []int64, most int, get func(context.Context, []int64) (map[int64]T, answer, error),
) ([]T, error) {
	var out []T
	for batch := range slices.Chunk(keys, most) {
		found, _, err := get(ctx, batch)
		if err != nil {
			return nil, err
		}
		for _, key := range batch {
			if v, ok := found[key]; ok {
				out = append(out, v)
			}
		}
	}
	return out, nil
}

// asRecords maps what was read by key to records.
func asRecords[T, U any](t *table[T, U], found map[int64]T) map[int64]instep.Record {
	records := make(map[int64]instep.Record, len(found))
	for key, v := range found {
		records[key] = t.record(&v)
	}
	return records
}

// without splits a request for keys that is refused because of one that is not
// there: it gets the halves apart until each key stands alone. A key that is
// refused alone counts as not there. The vendor's refusal has the one code
// INVALID_DATA for this and for other faults of a request, so that nothing
// better can be told apart (inferred).
func without[T any](
	ctx context.Context, keys []int64, get func(context.Context, []int64) (map[int64]T, answer, error),
) (map[int64]T, answer, error) {
	found, a, err := get(ctx, keys)
	e, ok := errors.AsType[*instep.Error](err)
	if !ok || e.Code != codeInvalid {
		return found, a, err
	}
	if len(keys) == 1 {
		return map[int64]T{}, answer{}, nil
	}
	half := len(keys) / 2
	found, a, err = without(ctx, keys[:half], get)
	if err != nil {
		return nil, answer{}, err
	}
	rest, last, err := without(ctx, keys[half:], get)
	if err != nil {
		return nil, answer{}, err
	}
	maps.Copy(found, rest)
	if !last.at.IsZero() {
		a = last
	}
	return found, a, nil
}

// noList is the error for a list that is not there.
func noList(list, known string) error {
	return &instep.Error{
		Kind: instep.Unsupported, Op: "netvisor: list", Field: list,
		Err:    errors.New("there is no such list"),
		Remedy: "ask for " + known,
	}
}

// unique returns the texts in order, each once.
func unique(texts []string) []string {
	seen := make(map[string]bool, len(texts))
	var out []string
	for _, t := range texts {
		if !seen[t] {
			seen[t] = true
			out = append(out, t)
		}
	}
	return out
}
