package model

import (
	"testing"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
)

// TestKey sees states that differ in names alone as one, and others apart.
func TestKey(t *testing.T) {
	t.Parallel()
	at := func(l, r []fields) sign {
		w := &world{}
		for _, f := range l {
			w.add(instep.Left, f)
		}
		for _, f := range r {
			w.add(instep.Right, f)
		}
		s := state{world: w, may: []*notes{{}}}
		return s.key(Policy{})
	}
	one := at([]fields{{1, 1}}, []fields{{1, 2}})
	for name, tc := range map[string]struct {
		l, r []fields
		same bool
	}{
		"other key":    {[]fields{{2, 1}}, []fields{{2, 2}}, true},
		"other values": {[]fields{{1, 7}}, []fields{{1, 3}}, true},
		"two keys":     {[]fields{{1, 1}}, []fields{{2, 2}}, false},
		"equal values": {[]fields{{1, 1}}, []fields{{1, 1}}, false},
		"empty value":  {[]fields{{1, 1}}, []fields{{1, 0}}, false},
		"one side":     {[]fields{{1, 1}}, nil, false},
	} {
		if got := at(tc.l, tc.r) == one; got != tc.same {
			t.Errorf("%s: the same: %v, want %v", name, got, tc.same)
		}
	}
}

// TestCopyStore plays a history on one store and on copies of it.
func TestCopyStore(t *testing.T) {
	t.Parallel()
	p := Policy{}
	play := func(copied bool) string {
		w := &world{}
		w.add(instep.Left, fields{1, 1})
		w.add(instep.Right, fields{1, 2})
		w.add(instep.Right, fields{2, 3})
		store, now, out := memory.New(), time.Unix(1e9, 0), ""
		for i := range 4 {
			l := &lab{world: w, store: store, now: now}
			s, err := l.run(t.Context(), p)
			if err != nil || s.err != nil {
				t.Fatal(err, s.err)
			}
			out += s.String() + "\n"
			w.touch(instep.Side(i%2), 1, func(r *record) { r.fields.val = int8(10 + i) })
			now = l.now.Add(between)
			if copied {
				if store, err = copyStore(t.Context(), store); err != nil {
					t.Fatal(err)
				}
			}
		}
		return out
	}
	if one, many := play(false), play(true); one != many {
		t.Errorf("on copies:\n%s\nelse:\n%s", many, one)
	}
}

// TestLandings has a late write carried out when its time has come, once.
func TestLandings(t *testing.T) {
	t.Parallel()
	w := &world{}
	w.add(instep.Left, fields{1, 1})
	at := time.Unix(1e9, 0)
	op := instep.Op{Action: instep.Update, Ref: instep.Ref{ID: "1"}, Fields: fields{1, 5}.toFields()}
	told := 0
	w.late = []late{{at: at, side: instep.Left, op: op, then: func(int) { told++ }}}
	for _, step := range []struct {
		d    time.Duration
		val  int8
		told int
	}{{-time.Second, 1, 0}, {0, 5, 1}, {time.Hour, 5, 1}} {
		w.land(at.Add(step.d))
		if got := w.find(instep.Left, 1).fields.val; got != step.val || told != step.told {
			t.Errorf("after %v: value %d, told %d times; want %d, %d", step.d, got, told, step.val, step.told)
		}
	}
}
