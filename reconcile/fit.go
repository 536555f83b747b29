package reconcile

import (
	"slices"

	"github.com/instep-go/instep"
)

// setUnfit turns a work whose values the other side cannot hold into an
// unfit one, or a blocked one if it cannot hold them yet.
func (ps *pass) setUnfit(w *work) {
	if s, bad := ps.misfit(w); bad != nil {
		w.create = w.create || w.outcome == instep.Created
		w.outcome, w.side, w.reason, w.acts = setAside(bad), s, bad, nil
	}
}

// misfit says which side's record breaks a rule of the other side, and which
// rule; nil if none does. Where the record is not in hand, that is found out
// before sending.
func (ps *pass) misfit(w *work) (instep.Side, *instep.Message) {
	for _, target := range sides {
		source := target.Other()
		if !w.writesTo(target) || w.obs[source] < 0 {
			continue
		}
		var ok bool
		trial := &ps.trial
		if trial.from, ok = ps.obs[source].appendFields(trial.from[:0], w.obs[source]); !ok {
			continue
		}
		rec := instep.Record{Ref: ps.pair.side[source].ref(ps.id(w, source)), Fields: instep.NewFields(trial.from...)}
		out, bad := ps.fieldsFor(w, target, &rec, trial.to)
		trial.to = sent{fields: out.fields[:0], rules: out.rules[:0]}
		w.waits = append(w.waits, out.waits...)
		if bad != nil {
			return source, bad
		}
	}
	return 0, nil
}

// trial is room for what is projected only to see whether it fits.
type trial struct {
	from []instep.Field
	to   sent
}

// fieldsFor projects what a work writes to the target side from the record of
// the other side, or says why the target cannot hold it. It makes use of the
// room there is in out.
func (ps *pass) fieldsFor(w *work, target instep.Side, rec *instep.Record, out sent) (sent, *instep.Message) {
	if w.wipe {
		return ps.emptied(w, target)
	}
	out.fields, out.rules = slices.Grow(out.fields, len(ps.pair.rules)), slices.Grow(out.rules, len(ps.pair.rules))
	var awaited []instep.Message
	sc := ps.scratchOf(target.Other())
	for i := range ps.pair.rules {
		r := &ps.pair.rules[i]
		if w.outcome == instep.Created {
			if !r.Direction.Allows(target) || r.End(target).Field == instep.IDField {
				continue
			}
		} else if w.acts[i] != writeTo[target] {
			continue
		}
		v, bad := ps.projectOf(r, target, rec, sc.raw(r, target.Other(), rec))
		if bad != nil && bad.Code == "ref_missing" {
			wait := waitOf(bad)
			out.waits = append(out.waits, wait)
			if r.Later {
				out.late = append(out.late, uint16(i))
				continue
			}
		}
		switch {
		case bad != nil && setAside(bad) == instep.Blocked:
			awaited = append(awaited, *bad)
		case bad != nil:
			return sent{waits: out.waits}, bad
		case w.outcome == instep.Created && v.IsBlank() || v.IsAbsent():
		default:
			out.add(i, r.End(target).Field, v)
		}
	}
	if len(out.late) > 0 && len(out.rules) == 0 && len(awaited) == 0 { // there is nothing else to write
		w := out.waits[0]
		awaited = append(awaited, *refMissing(&ps.pair.rules[out.late[0]], &w))
	}
	return out, await(awaited)
}

// setAside says what a record is that has a value the other side cannot take:
// blocked if the value names something that is only not there yet.
func setAside(m *instep.Message) instep.Outcome {
	switch m.Code {
	case "field_not_listed", "fields_not_listed", "ref_missing":
		return instep.Blocked
	default:
		return instep.Unfit
	}
}

func refMissing(r *rule, w *instep.Wait) *instep.Message {
	return message("ref_missing",
		arg("rule", r.Name), arg("pair", w.Pair), arg("side", w.Side.String()), arg("entry", w.ID), arg("list", w.Pair))
}

// waitOf is the reference that a message says is missing.
func waitOf(m *instep.Message) instep.Wait {
	w := instep.Wait{Pair: m.Arg("pair"), ID: m.Arg("entry")}
	if m.Arg("side") == instep.Right.String() {
		w.Side = instep.Right
	}
	return w
}

// await makes one message of all that a record waits for.
func await(missing []instep.Message) *instep.Message {
	switch len(missing) {
	case 0:
		return nil
	case 1:
		return &missing[0]
	}
	entries := make([]string, len(missing))
	for i, m := range missing {
		entries[i] = m.Arg("entry") + " in " + m.Arg("list")
	}
	return message("fields_not_listed", arg("entries", join(entries)))
}

// project is what the target side is to hold of a rule's field of a record.
func (ps *pass) project(r *rule, target instep.Side, rec *instep.Record) (instep.Value, *instep.Message) {
	return ps.projectOf(r, target, rec, r.raw(target.Other(), rec))
}

// projectOf is project for what raw returned.
func (ps *pass) projectOf(r *rule, target instep.Side, rec *instep.Record, raw instep.Value) (instep.Value, *instep.Message) {
	var v instep.Value
	var wait *instep.Wait
	var err error
	if r.Refs != "" {
		v, wait, err = ps.dereference(r, target, rec)
	} else if v, err = r.read(target.Other(), raw); err == nil {
		v, err = r.write(target, v)
	}
	if wait != nil {
		return instep.Value{}, refMissing(r, wait)
	}
	if err != nil {
		return instep.Value{}, unreadable(r, err)
	}
	return v, r.fit(&ps.infos[target][r.index], v, ps.lists[target])
}

// sent is what one operation sets.
type sent struct {
	fields []instep.Field
	rules  []uint16
	late   []uint16      // rules of references that are filled in later
	waits  []instep.Wait // what they, or the whole, wait for
}

// inOrder returns what is sent to a side, in the order of its field names.
func (p *party) inOrder(s sent) instep.Fields {
	fields := make([]instep.Field, 0, len(s.fields))
	for _, r := range p.byField {
		if at, ok := slices.BinarySearch(s.rules, r); ok {
			fields = append(fields, s.fields[at])
		}
	}
	return instep.NewFields(fields...)
}

func (s *sent) add(rule int, field string, v instep.Value) {
	s.fields = append(s.fields, instep.Field{Name: field, Value: v})
	s.rules = append(s.rules, uint16(rule))
}
