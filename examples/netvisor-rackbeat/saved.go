package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// planKey is the environment variable with the key that seals the values of
// a saved plan.
const planKey = "PLAN_KEY"

// key returns the key for the values of a saved plan; nil without -values.
func (s *session) key() (*[32]byte, error) {
	if !s.set.values {
		return nil, nil
	}
	text := strings.TrimSpace(s.getenv(planKey))
	if text == "" {
		return nil, fmt.Errorf("-values needs a key in the environment variable %s: 64 hexadecimal digits, such as openssl rand -hex 32 prints", planKey)
	}
	var key [32]byte
	if n, err := hex.Decode(key[:], []byte(text[:min(len(text), 2*len(key))])); err != nil || n != len(key) || len(text) != 2*len(key) {
		return nil, fmt.Errorf("the environment variable %s holds no key; it must be 64 hexadecimal digits, such as openssl rand -hex 32 prints", planKey)
	}
	return &key, nil
}

// checkOut says before anything is read that a plan cannot be saved.
func (s *session) checkOut() error {
	if s.set.out == "" {
		return nil
	}
	if _, err := os.Lstat(s.set.out); err == nil {
		return errExists(s.set.out)
	}
	_, err := s.key()
	return err
}

func (s *session) savePlan(p *reconcile.Plan) error {
	key, err := s.key()
	if err != nil {
		return err
	}
	return create(s.set.out, func(w io.Writer) error { return p.Save(w, key) })
}

func errExists(file string) error {
	return fmt.Errorf("%s is there already, and is not written over; name another file, or remove it", file)
}

// create writes a new file that only its owner can read. Nothing is left of
// it if that fails.
func create(file string, write func(io.Writer) error) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return errExists(file)
	}
	if err != nil {
		return err
	}
	err = errors.Join(write(f), f.Sync(), f.Close())
	if err != nil {
		_ = os.Remove(file) // the first error says more
	}
	return err
}

// applySaved carries out what still holds of a saved plan, or only shows it.
func (s *session) applySaved(ctx context.Context) error {
	key, err := s.key()
	if err != nil {
		return err
	}
	saved, err := readPlan(s.set.applyPlan)
	if err != nil {
		return err
	}
	values, err := openValues(saved, key)
	if err != nil {
		return err
	}
	only, err := s.set.refs("-only", s.set.only...)
	if err != nil {
		return err
	}
	res := &result{set: s.set}
	var stale []reconcile.SavedOp
	res.plan, stale, res.err = s.engine.PlanSaved(ctx, saved, &reconcile.Select{Only: only, Limit: s.set.limit})
	res.leftOut = len(stale)
	if res.err == nil {
		s.out.plan(res.plan, values)
		s.out.leftOut(stale, values)
	}
	if res.err == nil && s.set.writes() {
		res.summary, res.err = s.engine.Apply(ctx, res.plan)
	}
	return s.end(res)
}

func readPlan(file string) (*reconcile.SavedPlan, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("-apply-plan: %w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	saved, err := reconcile.ReadPlan(f)
	if e, ok := errors.AsType[*instep.Error](err); ok {
		err = fmt.Errorf("-apply-plan %s is no saved plan: %w; give a file that -out has written", file, e.Err)
	}
	if err != nil {
		return nil, err
	}
	return saved, nil
}

// savedValues are the fields of the operations of a saved plan, with values,
// by the register and the ids of both records. It is nil where they are not to
// be shown.
type savedValues map[[3]string]map[string]reconcile.Change

// openValues unseals the values of a saved plan.
func openValues(saved *reconcile.SavedPlan, key *[32]byte) (savedValues, error) {
	if key == nil {
		return nil, nil
	}
	values := savedValues{}
	for _, pair := range saved.Pairs {
		for _, op := range pair.Ops {
			fields := map[string]reconcile.Change{}
			for _, f := range op.Fields {
				if len(f.Sealed) == 0 {
					return nil, errors.New("the saved plan holds no values; leave -values out, or save one with -out and -values")
				}
				from, to, err := f.Values(key)
				if err != nil {
					return nil, fmt.Errorf("the values of the saved plan cannot be opened; %s must hold the key it was saved with", planKey)
				}
				fields[f.Rule] = reconcile.Change{Rule: f.Rule, From: from, To: to}
			}
			values[[3]string{pair.Name, op.Left, op.Right}] = fields
		}
	}
	return values, nil
}

// fill puts the values of the file in where they are not in hand.
func (v savedValues) fill(it reconcile.Item) reconcile.Item {
	fields := v[[3]string{it.Pair, it.Left.ID, it.Right.ID}]
	for i := range it.Fields {
		c := &it.Fields[i]
		if c.From.IsAbsent() {
			c.From = fields[c.Rule].From
		}
		if c.To.IsAbsent() {
			c.To = fields[c.Rule].To
		}
	}
	return it
}

// savedItem is an operation of a saved plan as an item, for showing it.
func savedItem(op reconcile.SavedOp, values savedValues) reconcile.Item {
	r := registerOf(op.Pair)
	it := reconcile.Item{
		Pair: op.Pair, Outcome: op.Outcome, Side: op.Side, Reason: op.Reason,
		Left: r.ref(instep.Left, op.Left), Right: r.ref(instep.Right, op.Right), Label: op.Left,
	}
	for _, f := range op.Fields {
		it.Fields = append(it.Fields, reconcile.Change{Rule: f.Rule})
	}
	return values.fill(it)
}
