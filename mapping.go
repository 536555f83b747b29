package instep

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// Owner says whose edits of a field win.
type Owner uint8

// The owners of a field.
const (
	BothOwn   Owner = iota // either side may edit; an edit on both sides goes to a person
	LeftOwns               // what the right side edits is drift
	RightOwns              // what the left side edits is drift
)

var ownerNames = [...]string{"both", "left", "right"}

// Owns reports whether edits of side s count.
func (o Owner) Owns(s Side) bool { return o == BothOwn || (o == LeftOwns) == (s == Left) }

// String returns "both", "left" or "right".
func (o Owner) String() string { return ownerNames[o%3] }

// MarshalText returns "both", "left" or "right".
func (o Owner) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads "both", "left" or "right".
func (o *Owner) UnmarshalText(text []byte) error { return enumText(text, ownerNames[:], o, "owner") }

// Direction says to which side something may flow.
type Direction uint8

// The directions.
const (
	BothWays Direction = iota
	ToRight
	ToLeft
	Nowhere // the field is read, and can be a match key, but is never written
)

var directionNames = [...]string{"both ways", "to right", "to left", "nowhere"}

// Allows reports whether side s may be written.
func (d Direction) Allows(s Side) bool {
	return d == BothWays || d == ToRight && s == Right || d == ToLeft && s == Left
}

// String returns "both ways", "to right", "to left" or "nowhere".
func (d Direction) String() string { return directionNames[d%4] }

// MarshalText returns the form of String.
func (d Direction) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the form of String.
func (d *Direction) UnmarshalText(text []byte) error {
	return enumText(text, directionNames[:], d, "direction")
}

// Mapping says which fields of two entities correspond and how their values
// convert. It is data: it can be written as JSON, compared and shown.
type Mapping struct {
	Rules []Rule `json:"rules"`
}

// Rule joins one field of the left side with one of the right side. The
// values of both are brought into a shared form, in which they are compared.
type Rule struct {
	// Name is how plans, reviews and logs call the field. It is unique in
	// the mapping, and state depends on it: a renamed rule is a new one.
	Name string `json:"name"`

	Left  End `json:"left"`
	Right End `json:"right"`

	Owner     Owner     `json:"owner,omitzero"`
	Direction Direction `json:"direction,omitzero"`

	// CreateOnly sets the field when a record is created and never after.
	CreateOnly bool `json:"create_only,omitzero"`

	// Match makes the field a key by which records find each other.
	Match *Match `json:"match,omitzero"`

	// List translates the entries of a code list.
	List *ListMapping `json:"list,omitzero"`

	// Refs makes the field a reference to a record of another pair: it is
	// the name of that pair, whose links translate between the two sides'
	// ids. A record whose reference cannot be translated yet is blocked.
	Refs string `json:"refs,omitzero"`

	// Later lets a record be created without the reference if that cannot be
	// translated yet; it is then filled in as soon as it can. It breaks
	// circles of records that refer to each other.
	Later bool `json:"later,omitzero"`
}

// IDField as the field of an [End] is the record's own id, Ref.ID. Such a rule
// carries the number that one side gave into a field of the other. The id
// itself is never written.
const IDField = "#id"

// End is one side of a rule.
type End struct {
	// Field is the name of the side's field, or [IDField].
	Field string `json:"field"`

	// Also names further fields of the same side from which the value is
	// made: the first transform is given a list of the values of Field and
	// of these, with null for what is absent. Such an end is never written.
	Also []string `json:"also,omitzero"`

	// Via names transforms. Reading applies them in order, writing applies
	// them backwards.
	Via []string `json:"via,omitzero"`
}

// End returns the rule's end on side s.
func (r Rule) End(s Side) End {
	if s == Left {
		return r.Left
	}
	return r.Right
}

// Match makes a rule a match key; see [MatchKey] for the terms.
type Match struct {
	Rank    uint8 `json:"rank"`             // 1 is tried first
	Strong  bool  `json:"strong,omitzero"`  // differing keys forbid a link
	Propose bool  `json:"propose,omitzero"` // a hit goes to a person
	Weak    bool  `json:"weak,omitzero"`    // a hit on it alone goes to a person
}

// ListMapping translates between two code lists. The shared form is that of
// the side that does not own the field, because the owner's entries may be
// more than the other's.
type ListMapping struct {
	// Pairs says which entries correspond. Where several entries of one side
	// stand with one of the other, the first is written back.
	Pairs []ListPair `json:"pairs,omitzero"`

	// Same lets an entry that is not in Pairs go over under its own name.
	Same bool `json:"same,omitzero"`

	// LeftDefault and RightDefault stand for entries that are in no pair.
	// Empty, and with Same not set: such a record is unfit.
	LeftDefault  string `json:"left_default,omitzero"`
	RightDefault string `json:"right_default,omitzero"`
}

// ListPair is one entry on either side.
type ListPair struct {
	Left  string `json:"left"`
	Right string `json:"right"`
}

// Fingerprint returns a short text that changes exactly if the rule, or the
// version of a transform it names, changes. State keeps it to notice that a
// field must be compared anew. What stands before the full stop changes only if
// the values of the field have another form since: then nothing that is known of
// them holds any more.
func (r Rule) Fingerprint(t Transforms) string {
	values, terms := r, Rule{Owner: r.Owner, Direction: r.Direction, CreateOnly: r.CreateOnly, Match: r.Match, Later: r.Later}
	values.Owner, values.Direction, values.CreateOnly, values.Match, values.Later = 0, 0, false, nil, false
	if r.List != nil {
		values.Owner = r.Owner // it says which side's entries are the shared form
	}
	body := mustJSON(values)
	for _, end := range []End{r.Left, r.Right} {
		for _, name := range end.Via {
			body = strconv.AppendInt(append(body, '/'), int64(t[name].Version), 10)
		}
	}
	a, b := sha256.Sum256(body), sha256.Sum256(mustJSON(terms))
	return hex.EncodeToString(a[:8]) + "." + hex.EncodeToString(b[:4])
}

// mustJSON is for rules: they have no part that JSON cannot hold.
func mustJSON(r Rule) []byte {
	body, err := json.Marshal(r)
	if err != nil {
		panic(err)
	}
	return body
}

// Check reports what is wrong with the mapping: on its own, against the
// transforms it names, and against the fields of both sides as their
// Describers tell them. A nil description is not checked against. The error
// is of kind Config and names every fault, each with the rule.
func (m Mapping) Check(left, right []FieldInfo, t Transforms) error {
	c := checker{transforms: t, names: map[string]bool{}}
	c.side[Left], c.side[Right] = byName(left), byName(right)
	if len(m.Rules) == 0 {
		c.fault("", "the mapping has no rules")
	}
	for i := range m.Rules {
		c.rule(&m.Rules[i])
	}
	if c.faults == nil {
		return nil
	}
	return &Error{Kind: Config, Op: "mapping", Err: errors.Join(c.faults...)}
}

type checker struct {
	transforms Transforms
	side       [2]map[string]FieldInfo
	names      map[string]bool
	faults     []error
}

func byName(infos []FieldInfo) map[string]FieldInfo {
	if infos == nil {
		return nil
	}
	m := make(map[string]FieldInfo, len(infos))
	for _, info := range infos {
		m[info.Name] = info
	}
	return m
}

func (c *checker) fault(rule, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if rule != "" {
		text = fmt.Sprintf("rule %q: %s", rule, text)
	}
	c.faults = append(c.faults, errors.New(text))
}

func (c *checker) rule(r *Rule) {
	switch {
	case r.Name == "":
		c.fault(r.Left.Field+"/"+r.Right.Field, "has no name")
	case c.names[r.Name]:
		c.fault(r.Name, "the name is used twice")
	}
	c.names[r.Name] = true
	for _, s := range []Side{Left, Right} {
		c.end(r, s)
	}
	if r.Owner == LeftOwns && r.Direction == ToLeft || r.Owner == RightOwns && r.Direction == ToRight {
		c.fault(r.Name, "the %s side owns the field, but the direction is only %s: nothing would ever flow", r.Owner, r.Direction)
	}
	if r.Match != nil && r.Match.Rank == 0 {
		c.fault(r.Name, "the rank of a match key begins at 1")
	}
	if r.Refs != "" && r.List != nil {
		c.fault(r.Name, "a field is either a reference or an entry of a list")
	}
	if r.Match != nil && (r.Refs != "" || r.Left.Field == IDField || r.Right.Field == IDField) {
		c.fault(r.Name, "neither a reference nor an id can be a match key")
	}
	if r.Later && r.Refs == "" {
		c.fault(r.Name, "only a reference can come later")
	}
}

func (c *checker) end(r *Rule, s Side) {
	end := r.End(s)
	if end.Field == "" {
		c.fault(r.Name, "names no field on the %s side", s)
		return
	}
	for _, name := range end.Via {
		if _, ok := c.transforms[name]; !ok {
			c.fault(r.Name, "there is no transform %q", name)
		}
	}
	c.readOnly(r, s)
	if c.side[s] == nil {
		return
	}
	for _, name := range append([]string{end.Field}, end.Also...) {
		info, ok := c.side[s][name]
		switch {
		case name == IDField:
		case !ok:
			c.fault(r.Name, "the %s side has no field %q%s", s, name, suggest(name, c.side[s]))
		default:
			c.access(r, s, info)
		}
	}
}

// readOnly reports ends that cannot be written but would be.
func (c *checker) readOnly(r *Rule, s Side) {
	end := r.End(s)
	if len(end.Also) > 0 && len(end.Via) == 0 {
		c.fault(r.Name, "on the %s side nothing says how a value is made of several fields; name a transform", s)
	}
	if !r.Direction.Allows(s) {
		return
	}
	switch {
	case end.Field == IDField:
		c.fault(r.Name, "the id of the %s side cannot be written; let the rule only go %s", s, away(s))
	case len(end.Also) > 0:
		c.fault(r.Name, "several fields of the %s side cannot be written from one; let the rule only go %s", s, away(s))
	}
}

func (c *checker) access(r *Rule, s Side, info FieldInfo) {
	if info.Access&CanRead == 0 {
		c.fault(r.Name, "the field %q of the %s side cannot be read", info.Name, s)
	}
	if !r.Direction.Allows(s) {
		return
	}
	if info.Access&CanCreate == 0 {
		c.fault(r.Name, "the field %q of the %s side cannot be written; let the rule only go %s", info.Name, s, away(s))
	} else if info.Access&CanUpdate == 0 && !r.CreateOnly && r.Owner.Owns(s.Other()) {
		c.fault(r.Name, "the field %q of the %s side can be set only on create; set create_only, or let the rule only go %s", info.Name, s, away(s))
	}
}

func away(s Side) Direction {
	if s == Left {
		return ToRight
	}
	return ToLeft
}

// suggest names the field that differs least, if one is close.
func suggest(name string, known map[string]FieldInfo) string {
	best, distance := "", len(name)/2+1
	for candidate := range known {
		d := editDistance(name, candidate)
		if d < distance || d == distance && candidate < best {
			best, distance = candidate, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j]+1, row[j+1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
