package netvisortest

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

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

// seedTerm adds a payment term to begin with: there is no other way to one.
func (st *store) seedTerm(t PaymentTerm) error {
	if t.Key == 0 {
		t.Key = 1
		if n := len(st.termList); n > 0 {
			t.Key = st.termList[n-1].Key + 1
		}
	}
	if t.Description = strings.TrimSpace(t.Description); t.Description == "" {
		return errors.New("the description is missing")
	}
	for _, other := range st.termList {
		if other.Key == t.Key || other.Description == t.Description {
			return fmt.Errorf("key %d or its description is given twice", t.Key)
		}
	}
	if t.DiscountPercent != "" {
		v, ok := parseDecimal(t.DiscountPercent)
		if !ok {
			return fmt.Errorf("%q is not a decimal number", t.DiscountPercent)
		}
		t.DiscountPercent = v
	}
	if err := st.terms.Put(strconv.Itoa(t.Key), t); err != nil {
		return err
	}
	st.termList = append(st.termList, t)
	slices.SortFunc(st.termList, byTermKey)
	st.view.Store(nil)
	return nil
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

// ensure gives a name its number in one of the lists.
func (st *store) ensure(n *numbered, name string) error {
	fresh, err := n.ensure(name)
	if fresh {
		st.view.Store(nil)
	}
	return err
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

func (st *store) findGroup(key int) (int, bool) {
	return slices.BinarySearchFunc(st.groupList, key, func(g Group, k int) int { return cmp.Compare(g.Key, k) })
}

func byGroupKey(a, b Group) int      { return cmp.Compare(a.Key, b.Key) }
func byTermKey(a, b PaymentTerm) int { return cmp.Compare(a.Key, b.Key) }

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

// directory is a view of the lists for one reply; it is not changed.
type directory struct {
	groups []Group
	byName map[string]Group // by name, and by path where no group has that name
	paths  map[int]string
	units  map[string]int
	buyers map[string]int // customer groups
	terms  []PaymentTerm
}

// directory returns the view of now. It is kept until something comes up in a
// list: to keep it under the read lock is safe, since nothing can come up then.
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
		units:  maps.Clone(st.units.keys),
		buyers: maps.Clone(st.buyers.keys),
		terms:  slices.Clone(st.termList),
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

// termKey is the key of the payment term with this description, 0 for none.
func (d *directory) termKey(description string) int {
	for _, t := range d.terms {
		if t.Description == description {
			return t.Key
		}
	}
	return 0
}
