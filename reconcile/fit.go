package reconcile

import (
	"github.com/instep-go/instep"
)

// setUnfit turns a work whose values the other side cannot hold into an
// unfit one, or a blocked one if it cannot hold them yet.
func (ps *pass) setUnfit(w *work) {
	if s, bad := ps.misfit(w); bad != nil {
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
		rec := ps.obs[source].record(w.obs[source])
		if rec == nil {
			continue
		}
		if _, bad := ps.fieldsFor(w, target, rec); bad != nil {
			return source, bad
		}
	}
	return 0, nil
}

// fieldsFor projects what a work writes to the target side from the record of
// the other side, or says why the target cannot hold it.
func (ps *pass) fieldsFor(w *work, target instep.Side, rec *instep.Record) (sent, *instep.Message) {
	var out sent
	var awaited []instep.Message
	for i := range ps.pair.rules {
		r := &ps.pair.rules[i]
		if w.outcome == instep.Created {
			if !r.Direction.Allows(target) {
				continue
			}
		} else if w.acts[i] != writeTo[target] {
			continue
		}
		v, bad := ps.project(r, target, rec)
		switch {
		case bad != nil && setAside(bad) == instep.Blocked:
			awaited = append(awaited, *bad)
		case bad != nil:
			return sent{}, bad
		case w.outcome == instep.Created && v.IsBlank() || v.IsAbsent():
		default:
			out.add(i, r.End(target).Field, v)
		}
	}
	return out, await(awaited)
}

// setAside says what a record is that has a value the other side cannot take:
// blocked if the value names something that is only not there yet.
func setAside(m *instep.Message) instep.Outcome {
	if m.Code == "field_not_listed" || m.Code == "fields_not_listed" {
		return instep.Blocked
	}
	return instep.Unfit
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

func (ps *pass) project(r *rule, target instep.Side, rec *instep.Record) (instep.Value, *instep.Message) {
	v, err := r.read(target.Other(), rec.Fields.Get(r.End(target.Other()).Field))
	if err == nil {
		v, err = r.write(target, v)
	}
	if err != nil {
		return instep.Value{}, unreadable(r, err)
	}
	return v, r.fit(ps.infos[target][r.index], v, ps.lists[target])
}

// sent is what one operation sets.
type sent struct {
	fields []instep.Field
	rules  []uint16
}

func (s *sent) add(rule int, field string, v instep.Value) {
	s.fields = append(s.fields, instep.Field{Name: field, Value: v})
	s.rules = append(s.rules, uint16(rule))
}
