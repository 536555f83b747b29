package reconcile

import (
	"context"
	"slices"
	"strconv"

	"github.com/instep-go/instep"
)

// A reference is brought into the shared form "left/ID", the id of the record
// it names on the left side; if that has no counterpart there yet, into
// "right/ID", which equals no other.

// raw takes a rule's value of side s out of a record.
func (r *rule) raw(s instep.Side, rec *instep.Record) instep.Value {
	end := r.End(s)
	if end.Field != instep.IDField {
		return r.fromFields(s, rec.Fields)
	}
	if rec.Ref.ID == "" {
		return instep.Value{}
	}
	return instep.String(rec.Ref.ID)
}

// fromFields is raw for a rule that does not ask for the record's id.
func (r *rule) fromFields(s instep.Side, f instep.Fields) instep.Value {
	end := r.End(s)
	v := f.Get(end.Field)
	if len(end.Also) == 0 {
		if v.IsAbsent() && r.writesBack(s) {
			return instep.Null()
		}
		return v
	}
	values := make([]instep.Value, 0, 1+len(end.Also))
	for _, name := range append([]string{end.Field}, end.Also...) {
		if v := f.Get(name); v.IsAbsent() {
			values = append(values, instep.Null())
		} else {
			values = append(values, v)
		}
	}
	return instep.List(values...)
}

// writesBack reports whether a rule carries the id of the other side's record
// into a field of side s.
func (r *rule) writesBack(s instep.Side) bool {
	return r.End(s.Other()).Field == instep.IDField && r.Direction.Allows(s)
}

// shared brings a rule's value of a record of side s into the shared form.
func (ps *pass) shared(r *rule, s instep.Side, rec *instep.Record) (instep.Value, error) {
	return ps.sharedOf(r, s, r.raw(s, rec))
}

// sharedOf is shared for what raw returned.
func (ps *pass) sharedOf(r *rule, s instep.Side, raw instep.Value) (instep.Value, error) {
	v, err := r.read(s, raw)
	if err != nil || r.Refs == "" {
		return v, err
	}
	id := refID(v)
	if id == "" {
		return v, nil
	}
	if s == instep.Right {
		if left := ps.counterpart(instep.Wait{Pair: r.Refs, Side: s, ID: id}); left != "" {
			s, id = instep.Left, left
		}
	}
	return instep.String(s.String() + "/" + id), nil
}

func refID(v instep.Value) string {
	if ref, ok := v.AsRef(); ok {
		return ref.ID
	}
	if v.IsBlank() {
		return ""
	}
	return v.String()
}

// dereference brings a reference of a record of the source side into the
// target's form, or says what it waits for.
func (ps *pass) dereference(r *rule, target instep.Side, rec *instep.Record) (instep.Value, *instep.Wait, error) {
	source := target.Other()
	v, err := r.read(source, r.raw(source, rec))
	if err != nil {
		return v, nil, err
	}
	id := refID(v)
	if id == "" {
		return v, nil, nil
	}
	wait := instep.Wait{Pair: r.Refs, Side: source, ID: id}
	there := ps.counterpart(wait)
	if there == "" {
		return instep.Value{}, &wait, nil
	}
	other := ps.pair.joined[r.Refs]
	switch ps.infos[target][r.index].Type {
	case instep.TypeRef:
		v = instep.Reference(other.side[target].ref(there))
	case instep.TypeInt:
		n, err := strconv.ParseInt(there, 10, 64)
		if err != nil {
			return instep.Value{}, nil, errNotNumber
		}
		v = instep.Int(n)
	default:
		v = instep.String(there)
	}
	v, err = r.write(target, v)
	return v, nil, err
}

// resolve finds out which records those that the given ones refer to are
// linked with.
func (ps *pass) resolve(ctx context.Context, s instep.Side, recs []instep.Record) error {
	if len(ps.pair.joined) == 0 {
		return nil
	}
	asked := map[string][]string{} // ids, by pair
	for i := range ps.pair.rules {
		r := &ps.pair.rules[i]
		if r.Refs == "" {
			continue
		}
		for j := range recs {
			v, err := r.read(s, r.raw(s, &recs[j]))
			if err != nil {
				continue
			}
			if id := refID(v); id != "" && !ps.resolved(instep.Wait{Pair: r.Refs, Side: s, ID: id}) {
				asked[r.Refs] = append(asked[r.Refs], id)
			}
		}
	}
	for _, name := range sortedKeys(asked) {
		ids := asked[name]
		slices.Sort(ids)
		if err := ps.resolveIDs(ctx, name, s, slices.Compact(ids)); err != nil {
			return err
		}
	}
	return nil
}

// renameRefs has references that got a counterpart since they were last known count
// as what they stand for by now. Nobody has edited them.
func (ps *pass) renameRefs(c *comparison) {
	base, now := c.base[instep.Right], c.now[instep.Right]
	for i := range ps.pair.rules {
		r := &ps.pair.rules[i]
		if r.Refs != "" && base.at(i) != 0 && now.at(i) != 0 && base.at(i) != now.at(i) && ps.sameRef(r, base.at(i), now.at(i)) {
			base[i] = now.at(i)
		}
	}
}

// sameRef reports whether a hash is that of a reference without counterpart, and
// another that of the same one with it.
func (ps *pass) sameRef(r *rule, without, with uint32) bool {
	ps.refLock.Lock()
	defer ps.refLock.Unlock()
	for w, left := range ps.refs {
		if w.Pair == r.Refs && w.Side == instep.Right && left != "" &&
			ps.refHash(r, instep.Right, w.ID) == without && ps.refHash(r, instep.Left, left) == with {
			return true
		}
	}
	return false
}

// refHash hashes a reference in the shared form.
func (ps *pass) refHash(r *rule, s instep.Side, id string) uint32 {
	h, _ := ps.engine.hash.field(nil, r.Name, instep.String(s.String()+"/"+id))
	return fold(h)
}

// counterpart returns the id of what a reference is linked with, "" if it is
// not.
func (ps *pass) counterpart(w instep.Wait) string {
	ps.refLock.Lock()
	defer ps.refLock.Unlock()
	return ps.refs[w]
}

func (ps *pass) resolved(w instep.Wait) bool {
	ps.refLock.Lock()
	defer ps.refLock.Unlock()
	_, ok := ps.refs[w]
	return ok
}

func (ps *pass) resolveIDs(ctx context.Context, pair string, s instep.Side, ids []string) error {
	known := make([]instep.Known, len(ids))
	if err := ps.engine.store.Lookup(ctx, pair, s, ids, known); err != nil {
		return err
	}
	var links []instep.LinkID
	for _, k := range known {
		if k.Link != 0 {
			links = append(links, k.Link)
		}
	}
	found, err := ps.storedLinks(ctx, pair, links)
	if err != nil {
		return err
	}
	ps.refLock.Lock()
	defer ps.refLock.Unlock()
	for _, id := range ids {
		ps.refs[instep.Wait{Pair: pair, Side: s, ID: id}] = ""
	}
	for i := range found {
		sides := &found[i].Sides
		ps.refs[instep.Wait{Pair: pair, Side: s, ID: sides[s].ID}] = sides[s.Other()].ID
	}
	return nil
}

// released reports whether a record that this pass has left blocked could be
// taken up now.
func (ps *pass) released(ctx context.Context) (bool, error) {
	fresh := &pass{engine: ps.engine, pair: ps.pair, refs: map[instep.Wait]string{}, meters: ps.meters}
	for w := range ps.acted() {
		for _, wait := range w.waits {
			fresh.refs[wait] = ""
		}
	}
	if err := fresh.resolveAgain(ctx); err != nil {
		return false, err
	}
	for _, other := range fresh.refs {
		if other != "" {
			return true, nil
		}
	}
	return false, nil
}

// resolveAgain looks up anew what references stand for: since they were asked
// for, the pairs that they name have been carried out.
func (ps *pass) resolveAgain(ctx context.Context) error {
	asked := map[string]*[2][]string{} // ids by pair and side
	for wait := range ps.refs {
		if asked[wait.Pair] == nil {
			asked[wait.Pair] = &[2][]string{}
		}
		asked[wait.Pair][wait.Side] = append(asked[wait.Pair][wait.Side], wait.ID)
	}
	const page = 1000
	for _, name := range sortedKeys(asked) {
		for _, s := range sides {
			slices.Sort(asked[name][s])
			for ids := range slices.Chunk(asked[name][s], page) {
				if err := ps.resolveIDs(ctx, name, s, ids); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
