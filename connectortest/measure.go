package connectortest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/instep-go/instep"
)

// measures is what the rules found out by the way. It is safe for concurrent
// use.
type measures struct {
	mu      sync.Mutex
	traits  instep.Traits
	known   bool
	sink    bool
	source  bool
	finder  bool
	getter  bool
	lagged  []time.Duration
	mods    map[int64]bool // Record.Modified in nanoseconds
	losses  map[string]map[string]bool
	refused map[string]int
	swept   *instep.Sweep
}

// declare notes what the connector says of itself.
func (m *measures) declare(b *bench) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known {
		return
	}
	m.known, m.traits = true, b.traits
	m.sink, m.source, m.finder, m.getter = b.Sink != nil, b.Source != nil, b.finder() != nil, b.getter() != nil
}

func (m *measures) lag(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.lagged = append(m.lagged, d)
}

func (m *measures) sweep(s instep.Sweep) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.swept = &s
}

// sight notes the times of records.
func (m *measures) sight(recs []instep.Record) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.mods == nil {
		m.mods = map[int64]bool{}
	}
	for i := range recs {
		if t := recs[i].Modified; !t.IsZero() {
			m.mods[t.UnixNano()] = true
		}
	}
}

func (m *measures) loses(field, how string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.losses == nil {
		m.losses = map[string]map[string]bool{}
	}
	if m.losses[field] == nil {
		m.losses[field] = map[string]bool{}
	}
	m.losses[field][how] = true
}

func (m *measures) refuses(field string, _ instep.Value) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.refused == nil {
		m.refused = map[string]int{}
	}
	m.refused[field]++
}

// stepOf returns the greatest step of which all times are multiples, and how
// many different times there are.
func stepOf(recs []instep.Record) (time.Duration, int) {
	times := map[int64]bool{}
	for i := range recs {
		if t := recs[i].Modified; !t.IsZero() {
			times[t.UnixNano()] = true
		}
	}
	return commonStep(times), len(times)
}

func commonStep(times map[int64]bool) time.Duration {
	var step int64
	for n := range times {
		for n != 0 {
			step, n = n, step%n
		}
	}
	return time.Duration(step)
}

// text is what was measured and what it allows to promise, which holds once no
// rule is broken.
func (m *measures) text(broken bool) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.sink && !m.source {
		return ""
	}
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, "  "+format+"\n", args...) }
	b.WriteString("\nmeasured:\n")
	if len(m.lagged) > 0 {
		line("read lag: %s, declared %s", slices.Max(m.lagged), m.traits.ReadLag)
	}
	if len(m.mods) == 0 {
		line("step of Modified: records have no time of change")
	} else {
		line("step of Modified: %s over %d times, declared %s", commonStep(m.mods), len(m.mods), m.traits.Granularity)
	}
	for _, field := range slices.Sorted(maps.Keys(m.losses)) {
		line("lossy: %s is %s", field, strings.Join(slices.Sorted(maps.Keys(m.losses[field])), ", "))
	}
	for _, field := range slices.Sorted(maps.Keys(m.refused)) {
		line("refused: %d odd values of %s", m.refused[field], field)
	}
	if broken {
		b.WriteString("once nothing is broken, ")
	}
	b.WriteString("it may promise:\n")
	for _, p := range m.promises() {
		line("%s", p)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// promises says what follows from the traits.
func (m *measures) promises() []string {
	var out []string
	if m.sink {
		out = append(out, "creates: "+m.creates(), "edits: "+m.edits())
	}
	if m.source && (m.swept != nil || m.traits.SeesDeletes) {
		out = append(out, "deletes: "+m.deletes())
	}
	return out
}

// creates says how a create whose reply was lost is found again: by the first
// rung that there is.
func (m *measures) creates() string {
	switch t := &m.traits; {
	case t.IdempotencyKey && t.KeyLife > 0:
		return fmt.Sprintf("once each, by a key that the system remembers for %s", t.KeyLife)
	case t.ChosenID:
		return "once each, by the id that we choose"
	case t.TokenField != "" && m.finder:
		return "once each, by a token in " + t.TokenField
	case m.finder:
		return "once each where the mapping has a field that identifies a record and can be found by; else a person decides"
	default:
		return "a create whose reply is lost goes to a person"
	}
}

func (m *measures) edits() string {
	switch t := &m.traits; {
	case t.IfVersion:
		return "nobody's edit is overwritten: versions are checked"
	case t.Replace:
		return "an edit made between our read and our write is lost, of any field: whole records are written"
	case m.getter:
		return "an edit of the same field made between our read and our write is overwritten; other fields keep theirs"
	default:
		return "an edit of the same field made since the last walk is overwritten; other fields keep theirs"
	}
}

func (m *measures) deletes() string {
	switch t := &m.traits; {
	case t.SeesDeletes:
		return "seen, as the system tells them"
	case m.swept != nil && m.swept.Complete && !t.Partial:
		return "seen after a walk over everything that was complete"
	default:
		return "not seen"
	}
}
