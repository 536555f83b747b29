package netvisortest

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/instep-go/instep/internal/fakeserver"
)

var (
	errDuplicate = errors.New("the product code is in use")
	errNoProduct = errors.New("there is no such product")
)

// store holds the records. A stored *Product is never changed, only replaced,
// so that readers need the lock for as long as they gather pointers.
type store struct {
	mu       sync.RWMutex
	o        *Options
	products *fakeserver.Journal[*Product]
	groups   *fakeserver.Journal[Group]
	units    *fakeserver.Journal[Group]  // only their numbers are ever seen
	state    *fakeserver.Journal[string] // tells whether seeding came to its end

	list      []*Product // by key
	byCode    map[string][]int
	groupList []Group // by key
	unitKeys  map[string]int
	view      atomic.Pointer[directory] // nil when groups or units are newer
}

func openStore(o *Options) (*store, error) {
	st := &store{o: o, byCode: map[string][]int{}, unitKeys: map[string]int{}}
	if err := st.open(); err != nil {
		return nil, errors.Join(err, st.close())
	}
	for range st.state.Load() { // seeded before: go on from there
		st.load()
		return st, nil
	}
	if err := st.seed(); err != nil {
		return nil, errors.Join(err, st.close())
	}
	return st, nil
}

func (st *store) open() (err error) {
	if st.products, err = fakeserver.OpenJournal[*Product](st.o.Dir, "products"); err != nil {
		return err
	}
	if st.groups, err = fakeserver.OpenJournal[Group](st.o.Dir, "groups"); err != nil {
		return err
	}
	if st.units, err = fakeserver.OpenJournal[Group](st.o.Dir, "units"); err != nil {
		return err
	}
	st.state, err = fakeserver.OpenJournal[string](st.o.Dir, "state")
	return err
}

func (st *store) close() error {
	return errors.Join(closeJournal(st.products), closeJournal(st.groups), closeJournal(st.units), closeJournal(st.state))
}

func closeJournal[T any](j *fakeserver.Journal[T]) error {
	if j == nil {
		return nil
	}
	return j.Close()
}

func (st *store) load() {
	for _, p := range st.products.Load() {
		st.list = append(st.list, p)
		st.index(p)
	}
	slices.SortFunc(st.list, byKey)
	for _, g := range st.groups.Load() {
		st.groupList = append(st.groupList, g)
	}
	slices.SortFunc(st.groupList, func(a, b Group) int { return cmp.Compare(a.Key, b.Key) })
	for name, u := range st.units.Load() {
		st.unitKeys[name] = u.Key
	}
}

// seed writes the records to begin with. What a seeding that was killed left
// behind is removed first.
func (st *store) seed() error {
	if err := errors.Join(emptyJournal(st.products), emptyJournal(st.groups), emptyJournal(st.units)); err != nil {
		return err
	}
	for _, g := range st.o.Groups {
		if err := st.seedGroup(g); err != nil {
			return fmt.Errorf("netvisortest: group %q: %w", g.Name, err)
		}
	}
	for _, p := range st.o.Products {
		if _, err := st.add(p.clone()); err != nil {
			return fmt.Errorf("netvisortest: product %d %q: %w", p.Key, p.Code, err)
		}
	}
	return st.state.Put("seeded", st.o.Now().UTC().Format(time.RFC3339))
}

func emptyJournal[T any](j *fakeserver.Journal[T]) error {
	for key := range j.Load() {
		if err := j.Delete(key); err != nil {
			return err
		}
	}
	return nil
}

func (st *store) seedGroup(g Group) error {
	if g.Key == 0 {
		g.Key = st.nextGroup()
	}
	i, found := st.findGroup(g.Key)
	if found {
		return fmt.Errorf("key %d is given twice", g.Key)
	}
	if err := st.groups.Put(strconv.Itoa(g.Key), g); err != nil {
		return err
	}
	st.groupList = slices.Insert(st.groupList, i, g)
	st.view.Store(nil)
	return nil
}

// snapshot returns the products by key. The slice is the caller's, the
// products are not to be changed.
func (st *store) snapshot() []*Product {
	st.mu.RLock()
	defer st.mu.RUnlock()
	return slices.Clone(st.list)
}

// get returns the products with the keys, by key; unknown keys are left out.
func (st *store) get(keys []int) []*Product {
	st.mu.RLock()
	defer st.mu.RUnlock()
	out := make([]*Product, 0, len(keys))
	for _, k := range keys {
		if i, ok := st.find(k); ok {
			out = append(out, st.list[i])
		}
	}
	slices.SortFunc(out, byKey)
	return slices.Compact(out)
}

// keysOf returns the keys of the products with exactly this code.
func (st *store) keysOf(code string) []int {
	st.mu.RLock()
	defer st.mu.RUnlock()
	return slices.Clone(st.byCode[code])
}

// add stores a new product under p.Key, or the next free key when that is 0,
// and returns the key.
func (st *store) add(p Product) (int, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if p.Key < 0 {
		return 0, fmt.Errorf("key %d is not positive", p.Key)
	}
	if p.Key == 0 {
		p.Key = 1
		if n := len(st.list); n > 0 {
			p.Key = st.list[n-1].Key + 1
		}
	}
	if _, found := st.find(p.Key); found {
		return 0, fmt.Errorf("key %d is in use", p.Key)
	}
	if p.LastChanged.IsZero() {
		p.LastChanged = st.now()
	}
	return p.Key, st.put(p)
}

// edit stores what change makes of the product with the key.
func (st *store) edit(key int, change func(*Product) error) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	i, ok := st.find(key)
	if !ok {
		return errNoProduct
	}
	p := st.list[i].clone()
	if err := change(&p); err != nil {
		return err
	}
	p.Key, p.LastChanged = key, st.now()
	return st.put(p)
}

// now is the clock without what a file could not hold.
func (st *store) now() time.Time { return st.o.Now().UTC().Round(0) }

// put stores p, creating its group and unit first: a process killed in between
// leaves an unused group, not a product without one.
func (st *store) put(p Product) error {
	if err := p.normalise(st.o.LossyPrices); err != nil {
		return err
	}
	if st.taken(&p) {
		return errDuplicate
	}
	if err := st.ensureGroup(p.Group); err != nil {
		return err
	}
	if err := st.ensureUnit(p.Unit); err != nil {
		return err
	}
	if err := st.products.Put(strconv.Itoa(p.Key), &p); err != nil {
		return err
	}
	i, found := st.find(p.Key)
	if found {
		st.unindex(st.list[i])
		st.list[i] = &p
	} else {
		st.list = slices.Insert(st.list, i, &p)
	}
	st.index(&p)
	return nil
}

// taken tells whether another product that is not deleted has p's code.
func (st *store) taken(p *Product) bool {
	if st.o.DuplicateCodes || p.Code == "" || p.Deleted {
		return false
	}
	return slices.ContainsFunc(st.byCode[p.Code], func(k int) bool {
		i, ok := st.find(k)
		return ok && k != p.Key && !st.list[i].Deleted
	})
}

func (st *store) index(p *Product) {
	if p.Code != "" {
		st.byCode[p.Code] = append(st.byCode[p.Code], p.Key)
	}
}

func (st *store) unindex(p *Product) {
	keys := slices.DeleteFunc(st.byCode[p.Code], func(k int) bool { return k == p.Key })
	if len(keys) == 0 {
		delete(st.byCode, p.Code)
		return
	}
	st.byCode[p.Code] = keys
}

func (st *store) ensureGroup(name string) error {
	if name == "" || st.groupOf(name) != nil {
		return nil
	}
	g := Group{Key: st.nextGroup(), Name: name}
	if err := st.groups.Put(strconv.Itoa(g.Key), g); err != nil {
		return err
	}
	st.groupList = append(st.groupList, g)
	st.view.Store(nil)
	return nil
}

func (st *store) ensureUnit(name string) error {
	if _, ok := st.unitKeys[name]; ok || name == "" {
		return nil
	}
	u := Group{Key: len(st.unitKeys) + 1, Name: name}
	if err := st.units.Put(name, u); err != nil {
		return err
	}
	st.unitKeys[name] = u.Key
	st.view.Store(nil)
	return nil
}

func (st *store) nextGroup() int {
	if n := len(st.groupList); n > 0 {
		return st.groupList[n-1].Key + 1
	}
	return 1
}

// groupOf finds a group by its name, else by its path.
func (st *store) groupOf(name string) *Group {
	for _, same := range []func(Group) bool{
		func(g Group) bool { return g.Name == name },
		func(g Group) bool { return strings.Contains(name, groupSeparator) && pathOf(st.groupList, g) == name },
	} {
		if i := slices.IndexFunc(st.groupList, same); i >= 0 {
			return &st.groupList[i]
		}
	}
	return nil
}

func (st *store) find(key int) (int, bool) {
	return slices.BinarySearchFunc(st.list, key, func(p *Product, k int) int { return cmp.Compare(p.Key, k) })
}

func (st *store) findGroup(key int) (int, bool) {
	return slices.BinarySearchFunc(st.groupList, key, func(g Group, k int) int { return cmp.Compare(g.Key, k) })
}

func byKey(a, b *Product) int { return cmp.Compare(a.Key, b.Key) }

const groupSeparator = " / "

// pathOf is the name of g after those of the groups above it.
func pathOf(groups []Group, g Group) string {
	path := g.Name
	for range len(groups) { // a ring of parents ends here
		i, ok := slices.BinarySearchFunc(groups, g.Parent, func(g Group, k int) int { return cmp.Compare(g.Key, k) })
		if g.Parent == 0 || !ok {
			break
		}
		g = groups[i]
		path = g.Name + groupSeparator + path
	}
	return path
}

// directory is a view of groups and units for one reply; it is not changed.
type directory struct {
	groups []Group
	byName map[string]Group // by name, and by path where no group has that name
	paths  map[int]string
	units  map[string]int
}

// directory returns the view of now. It is kept until a group or unit comes
// up: to keep it under the read lock is safe, since none can come up then.
func (st *store) directory() *directory {
	st.mu.RLock()
	defer st.mu.RUnlock()
	if d := st.view.Load(); d != nil {
		return d
	}
	d := &directory{
		groups: slices.Clone(st.groupList),
		byName: make(map[string]Group, len(st.groupList)),
		paths:  make(map[int]string, len(st.groupList)),
		units:  maps.Clone(st.unitKeys),
	}
	for _, g := range slices.Backward(d.groups) { // the first of a path wins
		d.paths[g.Key] = pathOf(d.groups, g)
		d.byName[d.paths[g.Key]] = g
	}
	for _, g := range slices.Backward(d.groups) { // and the first of a name over any path
		d.byName[g.Name] = g
	}
	st.view.Store(d)
	return d
}
