package model

import (
	"fmt"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// Policy is what a model is about: who owns the two fields, and what the pair
// says of records that are new, gone or hidden.
type Policy struct {
	Key, Val   instep.Owner // of the two fields
	First      instep.Side
	Flow       instep.Direction
	Drift      reconcile.DriftPolicy
	Deletes    [2]reconcile.DeletePolicy
	EditedGone reconcile.EditedGonePolicy
	Hidden     [2]reconcile.HiddenPolicy
}

// String tells the settings in the order of the fields.
func (p Policy) String() string {
	return fmt.Sprintf("key %v val %v first %v flow %v drift %d deletes %v/%v edited %d hidden %d/%d",
		p.Key, p.Val, p.First, p.Flow, p.Drift, p.Deletes[0], p.Deletes[1], p.EditedGone, p.Hidden[0], p.Hidden[1])
}

// mirror returns the policy with its sides swapped.
func (p Policy) mirror() Policy {
	p.Key, p.Val, p.First = mirrorOwner(p.Key), mirrorOwner(p.Val), p.First.Other()
	switch p.Flow {
	case instep.ToLeft:
		p.Flow = instep.ToRight
	case instep.ToRight:
		p.Flow = instep.ToLeft
	}
	p.Deletes[0], p.Deletes[1] = p.Deletes[1], p.Deletes[0]
	p.Hidden[0], p.Hidden[1] = p.Hidden[1], p.Hidden[0]
	return p
}

func mirrorOwner(o instep.Owner) instep.Owner {
	switch o {
	case instep.LeftOwns:
		return instep.RightOwns
	case instep.RightOwns:
		return instep.LeftOwns
	}
	return o
}

// owner returns who owns a field.
func (p Policy) owner(f field) instep.Owner {
	if f == theKey {
		return p.Key
	}
	return p.Val
}

// pair is the policy as the engine takes it.
func (p Policy) pair(l *lab) reconcile.Pair {
	return reconcile.Pair{
		Name: pairName,
		Left: &system{l, instep.Left}, Right: &system{l, instep.Right},
		Mapping: instep.Mapping{Rules: []instep.Rule{
			{Name: keyField, Left: instep.End{Field: keyField}, Right: instep.End{Field: keyField}, Owner: p.Key, Match: &instep.Match{Rank: 1}},
			{Name: valField, Left: instep.End{Field: valField}, Right: instep.End{Field: valField}, Owner: p.Val},
		}},
		First: p.First, Flow: p.Flow, Drift: p.Drift, Deletes: p.Deletes,
		EditedGone: p.EditedGone, Hidden: p.Hidden, Erase: p.erase(),
		Guards:     reconcile.Guards{Deletes: -1, Creates: -1, Updates: -1},
		SweepEvery: 1000 * time.Hour,
	}
}

// erase names what EraseHidden empties.
func (p Policy) erase() []string {
	for _, h := range p.Hidden {
		if h == reconcile.EraseHidden {
			return []string{valField}
		}
	}
	return nil
}
