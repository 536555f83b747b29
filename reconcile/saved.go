package reconcile

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/instep-go/instep"
)

// savedFormat is the first member of a saved plan.
const savedFormat = "instep plan 1"

// maxSaved bounds a file that is read as a saved plan.
const maxSaved = 1 << 30

// SavedPlan is a plan as it lies in a file, to be looked at, approved and
// applied later. It holds references, names of fields, reasons and keyed
// hashes; values only where a key was given, and then sealed.
type SavedPlan struct {
	Format string      `json:"format"`
	Run    string      `json:"run"`
	Made   time.Time   `json:"made"`
	Sweep  bool        `json:"sweep,omitzero"` // it was made with Select.Sweep, and is made anew so
	Pairs  []SavedPair `json:"pairs"`
}

// SavedPair is the part of a [SavedPlan] that is about one pair.
type SavedPair struct {
	Name          string    `json:"name"`
	Installations [2]string `json:"installations"` // by Side
	Settings      string    `json:"settings"`      // fingerprint of the mapping and the policies
	Guards        []string  `json:"guards,omitempty"`
	Ops           []SavedOp `json:"ops"`
}

// SavedOp is one thing a plan would do.
type SavedOp struct {
	Pair    string         `json:"-"` // the name of the pair it belongs to
	Outcome instep.Outcome `json:"outcome"`
	Side    instep.Side    `json:"side"`
	Left    string         `json:"left,omitempty"`  // Ref.ID; empty where there is no record yet
	Right   string         `json:"right,omitempty"` // likewise
	Reason  instep.Message `json:"reason"`
	Fields  []SavedField   `json:"fields,omitempty"`
}

// SavedField is one field that a [SavedOp] writes.
type SavedField struct {
	Rule   string      `json:"rule"`
	Side   instep.Side `json:"side"`           // the side that is written
	From   uint32      `json:"from,omitempty"` // keyed hash of what stands on the written side; 0: not known
	To     uint32      `json:"to,omitempty"`   // keyed hash of the value to write, in the shared form
	Sealed []byte      `json:"sealed,omitempty"`
}

// Save writes the plan as JSON. With a key the values are part of it, sealed,
// so that whoever has the key can look at them with [SavedField.Values]; nil
// leaves them out. A plan that lacks paused pairs is not saved; the error is
// that of their pause.
func (p *Plan) Save(w io.Writer, key *[32]byte) error {
	if err := p.Err(); err != nil {
		return err
	}
	saved := SavedPlan{Format: savedFormat, Run: p.Run, Pairs: []SavedPair{}}
	for _, ps := range p.passes {
		saved.Made, saved.Sweep = ps.now, ps.sel.Sweep
		pair := SavedPair{Name: ps.pair.Name, Installations: ps.state.Installations, Settings: ps.pair.settings(), Ops: []SavedOp{}}
		for i := range ps.guards {
			pair.Guards = append(pair.Guards, Text(ps.guards[i].Message))
		}
		for w := range ps.held() {
			if w.changes() && !w.skipped {
				op, err := ps.savedOp(w, key)
				if err != nil {
					return err
				}
				pair.Ops = append(pair.Ops, op)
			}
		}
		saved.Pairs = append(saved.Pairs, pair)
	}
	out := json.NewEncoder(w)
	out.SetIndent("", " ")
	return out.Encode(saved)
}

// settings is a fingerprint of what else decides about a plan.
func (p *pair) settings() string {
	sum := sha256.Sum256(fmt.Append(nil, p.prints, p.First, p.Flow, p.Drift, p.Deletes, p.EditedGone, p.Hidden, p.Erase))
	return hex.EncodeToString(sum[:8])
}

// savedOp describes a work without its values.
func (ps *pass) savedOp(w *work, key *[32]byte) (SavedOp, error) {
	op := SavedOp{
		Pair:    ps.pair.Name,
		Outcome: w.outcome, Side: w.side, Left: ps.id(w, instep.Left), Right: ps.id(w, instep.Right), Reason: *w.reason,
	}
	for i := range ps.pair.rules {
		target, ok := ps.changed(w, i)
		if !ok || !w.writesTo(target) {
			continue
		}
		f := SavedField{Rule: ps.pair.rules[i].Name, Side: target, To: ps.hashNow(w, target.Other(), i)}
		if w.outcome != instep.Created {
			f.From = ps.hashNow(w, target, i)
		}
		if key != nil {
			var err error
			if f.Sealed, err = ps.sealChange(w, i, target, key); err != nil {
				return op, err
			}
		}
		op.Fields = append(op.Fields, f)
	}
	return op, nil
}

// hashNow is the hash of a field as the decision took it to be.
func (ps *pass) hashNow(w *work, s instep.Side, i int) uint32 {
	return ps.believed(w, s).at(i)
}

// ReadPlan reads what Save wrote. A file that is none, or was made by a newer
// version, is an error of kind Invalid.
func ReadPlan(r io.Reader) (*SavedPlan, error) {
	var saved SavedPlan
	in := json.NewDecoder(io.LimitReader(r, maxSaved))
	err := in.Decode(&saved)
	if err == nil && saved.Format != savedFormat {
		err = fmt.Errorf("its format is %q, not %q", saved.Format, savedFormat)
	}
	if err != nil {
		return nil, &instep.Error{Kind: instep.Invalid, Op: "read plan", Err: err, Remedy: "give a file that a plan was saved to"}
	}
	for i := range saved.Pairs {
		for j := range saved.Pairs[i].Ops {
			saved.Pairs[i].Ops[j].Pair = saved.Pairs[i].Name
		}
	}
	return &saved, nil
}

// PlanSaved reads both systems again and returns a plan with those operations
// of a saved one that still hold: the same records, the same fields, and the
// same hashes on both sides. The plan is approved, as the saved one was looked
// at; whatever else is due now is left for a later run. The operations that no
// longer hold are returned as well. Of sel, Only and Limit narrow it down; nil
// is all of it. A plan of other installations or pairs, or made with another
// mapping or other policies, is an error of kind Mismatch.
func (e *Engine) PlanSaved(ctx context.Context, saved *SavedPlan, sel *Select) (*Plan, []SavedOp, error) {
	plan, err := e.Plan(ctx, saved.selected(sel))
	if err != nil {
		return nil, nil, err
	}
	if paused := plan.Err(); paused != nil {
		return nil, nil, paused
	}
	var stale []SavedOp
	used := map[string]bool{}
	for _, ps := range plan.passes {
		i := slices.IndexFunc(saved.Pairs, func(p SavedPair) bool { return p.Name == ps.pair.Name })
		if i < 0 {
			ps.keepOnly(nil)
			continue
		}
		pair := &saved.Pairs[i]
		if pair.Installations != ps.state.Installations {
			return nil, nil, savedMismatch(fmt.Errorf("it was made for other installations of the pair %s", pair.Name))
		}
		if pair.Settings != ps.pair.settings() {
			return nil, nil, savedMismatch(fmt.Errorf("the mapping or the policies of the pair %s are others now", pair.Name))
		}
		used[pair.Name] = true
		stale = append(stale, ps.keepOnly(pair.Ops)...)
	}
	for _, p := range saved.Pairs {
		if !used[p.Name] {
			return nil, nil, savedMismatch(fmt.Errorf("there is no pair %q", p.Name))
		}
	}
	plan.approved = true
	return plan, stale, nil
}

// selected is what to plan so that the operations of a saved plan are among it.
func (p *SavedPlan) selected(sel *Select) *Select {
	all := Select{Approved: true, Sweep: p.Sweep}
	if sel != nil {
		all.Only, all.Limit, all.Sweep = sel.Only, sel.Limit, p.Sweep || sel.Sweep
	}
	return &all
}

func savedMismatch(err error) error {
	return &instep.Error{Kind: instep.Mismatch, Op: "saved plan", Err: err, Remedy: "make a new plan"}
}

// keepOnly leaves all works that act for a later run but those that are among
// the given ones, and returns those of these that no work is.
func (ps *pass) keepOnly(ops []SavedOp) (stale []SavedOp) {
	wanted := map[string]int{}
	for i := range ops {
		wanted[ops[i].key()] = i
	}
	found := make([]bool, len(ops))
	ps.spread()
	ps.skipped, ps.total = 0, 0
	for i := range ps.works {
		w := &ps.works[i]
		if !w.changes() {
			continue
		}
		op, _ := ps.savedOp(w, nil)
		at, ok := wanted[op.key()]
		if ok {
			found[at] = true
		}
		if ok && !w.skipped {
			ps.total += w.count()
		} else {
			w.skipped = true
			ps.skipped++
		}
	}
	for i := range ops {
		if !found[i] {
			stale = append(stale, ops[i])
		}
	}
	return stale
}

// key says what an operation is about and does; equal keys are the same
// operation.
func (o *SavedOp) key() string {
	same := *o
	same.Reason = instep.Message{}
	same.Fields = slices.Clone(o.Fields)
	for i := range same.Fields {
		same.Fields[i].Sealed = nil
	}
	body, err := json.Marshal(same)
	if err != nil { // an operation has no part that JSON cannot hold
		panic(err)
	}
	return string(body)
}

// sealChange seals the value a field has and the one it is to get.
func (ps *pass) sealChange(w *work, i int, target instep.Side, key *[32]byte) ([]byte, error) {
	r := &ps.pair.rules[i]
	var c sealedChange
	c.From, c.To = ps.fromTo(w, r, target)
	body, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	return seal(key, body, r.Name)
}

type sealedChange struct {
	From instep.Value `json:"from,omitzero"`
	To   instep.Value `json:"to,omitzero"`
}

// Values opens the values of a field of a saved plan: what stood on the
// written side, and what is to be written, in its own form; absent where they
// were not in hand. A field without values, another key, or a file that was
// tampered with is an error of kind Invalid.
func (f SavedField) Values(key *[32]byte) (from, to instep.Value, err error) {
	var c sealedChange
	body, err := unseal(key, f.Sealed, f.Rule)
	if err == nil {
		err = json.Unmarshal(body, &c)
	}
	if err != nil {
		return from, to, &instep.Error{
			Kind: instep.Invalid, Op: "values of a saved plan", Field: f.Rule, Err: err, Remedy: "give the key the plan was saved with",
		}
	}
	return c.From, c.To, nil
}
