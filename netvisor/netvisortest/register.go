package netvisortest

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/instep-go/instep/internal/fakeserver"
)

var (
	errDuplicate = errors.New("the code is in use")
	errMissing   = errors.New("there is no such record")
)

// record is what a register asks of a pointer to its kind of record.
type record[T any] interface {
	*T
	head() (key *int, code *string, changed *time.Time)
	gone() bool // deleted, though still there
	clone() T   // so deep that the copy can be changed freely
}

// register holds the records of one kind. A stored record is never changed,
// only replaced, so that readers need the lock for as long as they gather
// pointers.
type register[T any, P record[T]] struct {
	st     *store
	name   string        // of the file
	tidy   func(P) error // does what the vendor does to what it stores, refuses what it could not store
	needs  func(P) error // creates what the record names
	file   *fakeserver.Journal[P]
	list   []P // by key
	byCode map[string][]int
	last   int // the highest key ever given
}

func (r *register[T, P]) open(dir string) (err error) {
	r.byCode = map[string][]int{}
	r.file, err = fakeserver.OpenJournal[P](dir, r.name)
	return err
}

func (r *register[T, P]) close() error { return closeJournal(r.file) }
func (r *register[T, P]) empty() error { return emptyJournal(r.file) }

// load takes in what the file holds.
func (r *register[T, P]) load() {
	for _, p := range r.file.Load() {
		r.list = append(r.list, p)
		r.index(p)
	}
	slices.SortFunc(r.list, func(a, b P) int { return cmp.Compare(keyOf(a), keyOf(b)) })
	r.last = r.st.remembered(r.name)
	if n := len(r.list); n > 0 {
		r.last = max(r.last, keyOf(r.list[n-1]))
	}
}

// seed adds the records to begin with.
func (r *register[T, P]) seed(all []T) error {
	for i := range all {
		p := P(&all[i])
		if _, err := r.add(p.clone()); err != nil {
			key, code, _ := p.head()
			return fmt.Errorf("netvisortest: %s: %d %q: %w", r.name, *key, *code, err)
		}
	}
	return nil
}

// snapshot returns the records by key. The slice is the caller's, the records
// are not to be changed.
func (r *register[T, P]) snapshot() []P {
	r.st.mu.RLock()
	defer r.st.mu.RUnlock()
	return slices.Clone(r.list)
}

// copies returns a copy of all records by key.
func (r *register[T, P]) copies() []T {
	list := r.snapshot()
	out := make([]T, len(list))
	for i, p := range list {
		out[i] = p.clone()
	}
	return out
}

// get returns the records with the keys, by key; unknown keys are left out.
func (r *register[T, P]) get(keys []int) []P {
	r.st.mu.RLock()
	defer r.st.mu.RUnlock()
	out := make([]P, 0, len(keys))
	for _, k := range slices.Compact(slices.Sorted(slices.Values(keys))) {
		if i, ok := r.find(k); ok {
			out = append(out, r.list[i])
		}
	}
	return out
}

// keysOf returns the keys of the records with exactly this code.
func (r *register[T, P]) keysOf(code string) []int {
	r.st.mu.RLock()
	defer r.st.mu.RUnlock()
	return slices.Clone(r.byCode[code])
}

// add stores a new record under its key, or the next free key when that is 0,
// and returns the key.
func (r *register[T, P]) add(rec T) (int, error) {
	r.st.mu.Lock()
	defer r.st.mu.Unlock()
	p := P(&rec)
	key, _, changed := p.head()
	if *key < 0 {
		return 0, fmt.Errorf("key %d is not positive", *key)
	}
	if *key == 0 {
		*key = r.last + 1
	}
	if _, found := r.find(*key); found {
		return 0, fmt.Errorf("key %d is in use", *key)
	}
	if changed.IsZero() {
		*changed = r.st.now()
	}
	return *key, r.put(p)
}

// edit stores what change makes of the record with the key, and returns a copy
// of it. The time of change is that of now.
func (r *register[T, P]) edit(key int, change func(P) error) (rec T, err error) {
	r.st.mu.Lock()
	defer r.st.mu.Unlock()
	return r.change(key, func(p P) error {
		err := change(p)
		_, _, changed := p.head()
		*changed = r.st.now()
		return err
	})
}

// mark is edit for what is no change of the record itself: the time of change
// stays.
func (r *register[T, P]) mark(key int, change func(P)) error {
	r.st.mu.Lock()
	defer r.st.mu.Unlock()
	_, err := r.change(key, func(p P) error { change(p); return nil })
	return err
}

func (r *register[T, P]) change(key int, change func(P) error) (rec T, err error) {
	i, ok := r.find(key)
	if !ok {
		return rec, errMissing
	}
	next := r.list[i].clone()
	p := P(&next)
	if err := change(p); err != nil {
		return rec, err
	}
	k, _, _ := p.head()
	*k = key
	if err := r.put(p); err != nil {
		return rec, err
	}
	return p.clone(), nil
}

// remove takes the record with the key away, unless check refuses. Its key is
// not given again.
func (r *register[T, P]) remove(key int, check func(P) error) error {
	r.st.mu.Lock()
	defer r.st.mu.Unlock()
	i, ok := r.find(key)
	if !ok {
		return errMissing
	}
	if err := check(r.list[i]); err != nil {
		return err
	}
	if err := r.st.state.Put(lastKey+r.name, strconv.Itoa(r.last)); err != nil {
		return err
	}
	if err := r.file.Delete(strconv.Itoa(key)); err != nil {
		return err
	}
	r.unindex(r.list[i])
	r.list = slices.Delete(r.list, i, i+1)
	return nil
}

// put stores p, creating what it names first: a process killed in between
// leaves an unused group, not a record without one.
func (r *register[T, P]) put(p P) error {
	if err := r.tidy(p); err != nil {
		return err
	}
	if r.taken(p) {
		return errDuplicate
	}
	if err := r.needs(p); err != nil {
		return err
	}
	key := keyOf(p)
	if err := r.file.Put(strconv.Itoa(key), p); err != nil {
		return err
	}
	i, found := r.find(key)
	if found {
		r.unindex(r.list[i])
		r.list[i] = p
	} else {
		r.list = slices.Insert(r.list, i, p)
	}
	r.last = max(r.last, key)
	r.index(p)
	return nil
}

// taken tells whether another record that is not deleted has p's code.
func (r *register[T, P]) taken(p P) bool {
	key, code, _ := p.head()
	if r.st.o.DuplicateCodes || *code == "" || p.gone() {
		return false
	}
	return slices.ContainsFunc(r.byCode[*code], func(k int) bool {
		i, ok := r.find(k)
		return ok && k != *key && !r.list[i].gone()
	})
}

func (r *register[T, P]) index(p P) {
	if key, code, _ := p.head(); *code != "" {
		r.byCode[*code] = append(r.byCode[*code], *key)
	}
}

func (r *register[T, P]) unindex(p P) {
	key, code, _ := p.head()
	keys := slices.DeleteFunc(r.byCode[*code], func(k int) bool { return k == *key })
	if len(keys) == 0 {
		delete(r.byCode, *code)
		return
	}
	r.byCode[*code] = keys
}

func (r *register[T, P]) find(key int) (int, bool) {
	return slices.BinarySearchFunc(r.list, key, func(p P, k int) int { return cmp.Compare(keyOf(p), k) })
}

func keyOf[T any, P record[T]](p P) int {
	key, _, _ := p.head()
	return *key
}

// nextCode is the code after the highest one of digits only: what the vendor
// calls the next free one (inferred).
func (r *register[T, P]) nextCode() string {
	highest := uint64(0)
	for code := range r.byCode {
		if n, err := strconv.ParseUint(code, 10, 63); err == nil {
			highest = max(highest, n)
		}
	}
	return strconv.FormatUint(highest+1, 10)
}

func closeJournal[T any](j *fakeserver.Journal[T]) error {
	if j == nil {
		return nil
	}
	return j.Close()
}

func emptyJournal[T any](j *fakeserver.Journal[T]) error {
	for key := range j.Load() {
		if err := j.Delete(key); err != nil {
			return err
		}
	}
	return nil
}
