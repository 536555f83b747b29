package crashtest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/instep-go/instep"
)

// system is a register that outlives the process that writes to it. It tells
// its own time.
type system struct {
	name  string
	infos []instep.FieldInfo
	keyed string // the field that is the id too; "" if the system numbers by itself

	mu       sync.Mutex
	time     time.Time
	rows     map[string]row
	steps    int // raised by each change
	given    int // ids given out
	writes   []string
	onTheWay []instep.Op // on their way: not carried out yet, though nobody waits for them any more
}

// row is a record; one without fields was deleted.
type row struct {
	fields instep.Fields
	step   int
}

func text(name string) instep.FieldInfo {
	return instep.FieldInfo{Name: name, Type: instep.TypeString, Access: instep.ReadWrite}
}

func newSystem(name string) *system {
	s := &system{name: name, rows: map[string]row{}, time: began}
	if name == "stock" {
		s.keyed, s.infos = "number", []instep.FieldInfo{text("number"), text("name"), text("price"), text("note")}
	} else {
		s.infos = []instep.FieldInfo{text("code"), text("title"), text("net_price"), text("remark")}
	}
	return s
}

// clone is another system that holds the same.
func (s *system) clone() *system {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &system{
		name: s.name, infos: s.infos, keyed: s.keyed, rows: maps.Clone(s.rows), time: s.time, steps: s.steps, given: s.given,
	}
}

// put sets fields of the record with a code, as a person does; values in the
// order of infos, "" for what stays as it is.
func (s *system) put(code string, values ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.find(code)
	if id == "" {
		id = s.newID(code)
	}
	f := s.rows[id].fields.With(s.infos[0].Name, instep.String(code))
	for i, v := range values {
		if v != "" {
			f = f.With(s.infos[i+1].Name, instep.String(v))
		}
	}
	s.steps++
	s.rows[id] = row{f, s.steps}
}

func (s *system) remove(code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.steps++
	s.rows[s.find(code)] = row{step: s.steps}
}

func (s *system) find(code string) string {
	for _, id := range slices.Sorted(maps.Keys(s.rows)) {
		if s.rows[id].fields.Get(s.infos[0].Name) == instep.String(code) {
			return id
		}
	}
	return ""
}

func (s *system) newID(code string) string {
	if s.keyed != "" {
		return code
	}
	s.given++
	return fmt.Sprint(100 + s.given)
}

// pass lets time go by on the system's own clock.
func (s *system) pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.time = s.time.Add(d)
}

// arrive carries out what was on its way.
func (s *system) arrive() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, op := range s.onTheWay {
		s.carryOut(op)
	}
	s.onTheWay = nil
}

// records returns what is there, without ids that mean nothing to people, as
// sorted lines.
func (s *system) records() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []string
	for _, r := range s.rows {
		if r.fields.Len() > 0 {
			list = append(list, s.name+" "+r.fields.String())
		}
	}
	slices.Sort(list)
	return list
}

func (s *system) takeWrites() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.writes
	s.writes = nil
	return w
}

func (s *system) record(id string) instep.Record {
	r, ok := s.rows[id]
	rec := instep.Record{Ref: s.ref(id), Version: fmt.Sprint(r.step)}
	switch {
	case !ok:
		rec.Status = instep.Missing
	case r.fields.Len() == 0:
		rec.Status = instep.Deleted
	default:
		f := make([]instep.Field, len(s.infos))
		for i, info := range s.infos {
			f[i] = instep.Field{Name: info.Name, Value: r.fields.Get(info.Name)}
			if f[i].Value.IsAbsent() {
				f[i].Value = instep.Null()
			}
		}
		rec.Fields = instep.NewFields(f...)
	}
	return rec
}

func (s *system) ref(id string) instep.Ref {
	return instep.Ref{System: s.name, Entity: "product", ID: id}
}

// read answers seven records at a time: of all, or of those that changed.
func (s *system) read(from instep.Cursor) instep.Page {
	const size = 7
	var since, mark, at int
	if n, _ := fmt.Sscanf(string(from), "walk %d %d", &mark, &at); n == 0 {
		_, _ = fmt.Sscanf(string(from), "since %d", &since) // the empty cursor is since 0
		mark = s.steps
	}
	var ids []string
	for _, id := range slices.Sorted(maps.Keys(s.rows)) {
		if r := s.rows[id]; r.step > since && (r.fields.Len() > 0 || since > 0) {
			ids = append(ids, id)
		}
	}
	page := instep.Page{AsOf: s.time, Next: instep.Cursor(fmt.Sprintf("since %d", mark))}
	end := len(ids)
	if since == 0 {
		end = min(at+size, len(ids))
		page.Sweep = instep.Sweep{Complete: end == len(ids), Total: -1}
		if page.More = end < len(ids); page.More {
			page.Next = instep.Cursor(fmt.Sprintf("walk %d %d", mark, end))
		}
	}
	for _, id := range ids[at:end] {
		page.Records = append(page.Records, s.record(id))
	}
	return page
}

func (s *system) carryOut(op instep.Op) reply {
	id := op.Ref.ID
	taken := s.rows[id].fields.Len() > 0
	switch {
	case op.Action == instep.Create && s.keyed != "":
		if id, _ = op.Fields.Get(s.keyed).AsString(); s.rows[id].fields.Len() > 0 {
			return reply{Kind: instep.Duplicate}
		}
	case op.Action == instep.Create:
		id = s.newID("")
	case !taken:
		return reply{Kind: instep.NotFound}
	}
	f := s.rows[id].fields
	if op.Action == instep.Delete {
		f = instep.Fields{}
	}
	for name, v := range op.Fields.All() {
		f = f.With(name, v)
	}
	s.steps++
	s.rows[id] = row{f, s.steps}
	s.writes = append(s.writes, fmt.Sprintf("%s %s %s %v", s.name, op.Action, id, op.Fields))
	return reply{ID: id, At: s.time}
}

// call is the body of a request, reply what is answered to one op.
type call struct {
	From   instep.Cursor
	Refs   []instep.Ref
	Field  string
	Values []instep.Value
	Ops    []instep.Op
	Late   bool // the ops are carried out when nobody waits for them any more
}

type reply struct {
	ID   string
	At   time.Time
	Kind instep.Kind
}

// answer is the body of a response.
type answer struct {
	Page    instep.Page
	Records []instep.Record
	Found   [][]instep.Record
	Replies []reply
}

func (s *system) answer(what string, c *call) (a answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case what == "read":
		a.Page = s.read(c.From)
	case what == "get":
		for _, r := range c.Refs {
			a.Records = append(a.Records, s.record(r.ID))
		}
	case what == "find":
		for _, v := range c.Values {
			var hits []instep.Record
			for _, id := range slices.Sorted(maps.Keys(s.rows)) {
				if f := s.rows[id].fields; f.Len() > 0 && f.Get(c.Field) == v {
					hits = append(hits, s.record(id))
				}
			}
			a.Found = append(a.Found, hits)
		}
	case c.Late:
		s.onTheWay = append(s.onTheWay, c.Ops...)
	default:
		for _, op := range c.Ops {
			a.Replies = append(a.Replies, s.carryOut(op))
		}
	}
	return a
}

// serve answers for the two systems at /stock/ and /books/.
func serve(t *testing.T, systems ...*system) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, what, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		for _, s := range systems {
			if s.name != name {
				continue
			}
			var c call
			if err := json.NewDecoder(r.Body).Decode(&c); err != nil {
				return // the process was killed while it sent this
			}
			_ = json.NewEncoder(w).Encode(s.answer(what, &c)) // nobody may be there to read it
			return
		}
		http.NotFound(w, r)
	}))
	t.Cleanup(server.Close)
	return server
}
