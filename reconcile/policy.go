package reconcile

import (
	"fmt"
	"slices"

	"github.com/instep-go/instep"
)

// DriftPolicy says what happens to an edit on a side that does not own the
// field.
type DriftPolicy uint8

// The policies for drift.
const (
	ReportDrift DriftPolicy = iota // it is left alone until the owner's next edit of the field
	RevertDrift                    // the owner's value is written back at once
)

// DeletePolicy says what is done with a record whose counterpart was deleted.
type DeletePolicy uint8

// The policies for deletions.
const (
	IgnoreDeleted     DeletePolicy = iota // it is reported, and nothing is done
	UnlinkDeleted                         // it stays, on its own
	DeactivateDeleted                     // it is set out of use
	DeleteDeleted                         // it is deleted
)

var deletePolicyNames = [...]string{"ignore", "unlink", "deactivate", "delete"}

// String returns "ignore", "unlink", "deactivate" or "delete".
func (p DeletePolicy) String() string {
	if int(p) < len(deletePolicyNames) {
		return deletePolicyNames[p]
	}
	return "unknown"
}

// ParseDeletePolicy reads the form of String. The error is of kind Config.
func ParseDeletePolicy(s string) (DeletePolicy, error) {
	for i, name := range deletePolicyNames {
		if s == name {
			return DeletePolicy(i), nil
		}
	}
	return 0, configError("delete policy", fmt.Sprintf("there is no policy %q", s), "choose ignore, unlink, deactivate or delete")
}

// EditedGonePolicy says what happens where one side deleted a record and the
// other has edited it since.
type EditedGonePolicy uint8

// The policies for a record that is deleted here and edited there.
const (
	ReviewEdited   EditedGonePolicy = iota // nothing is written; a person decides
	RecreateEdited                         // the edit wins: the deleted record is made anew
	DeleteEdited                           // the deletion wins, as if nothing was edited
)

// HiddenPolicy says what happens to a record whose counterpart is there, but
// hidden from us: no longer released, or out of our scope.
type HiddenPolicy uint8

// The policies for hidden records.
const (
	FreezeHidden     HiddenPolicy = iota // nothing flows until the counterpart shows again
	DeactivateHidden                     // it is set out of use as well
	EraseHidden                          // the fields that Pair.Erase names are emptied there
)

// checkPolicies refuses policies that a side cannot carry out.
func (p *pair) checkPolicies() error {
	for _, s := range sides {
		what := fmt.Sprintf("pair %s, %s side", p.Name, s)
		t := &p.side[s].traits
		del, hide := p.Deletes[s], p.Hidden[s]
		switch {
		case del > DeleteDeleted || hide > EraseHidden:
			return configError(what, "there is no such policy", "use one of the constants")
		case del == DeleteDeleted && !t.CanDelete:
			return configError(what, t.System+" cannot delete a "+t.Entity+" here", "deactivate or unlink instead")
		case (del == DeactivateDeleted || hide == DeactivateHidden) && !t.CanBar:
			return configError(what, t.System+" cannot set a "+t.Entity+" out of use here", "unlink or ignore instead")
		case (del >= DeactivateDeleted || hide >= DeactivateHidden) && p.side[s].getter == nil:
			return configError(what, "a record that is to be deleted, emptied or set out of use must be looked at first, but it cannot be read by its id",
				"unlink or ignore instead, or give the side an instep.Getter")
		case del != IgnoreDeleted && p.side[s.Other()].getter == nil && !p.side[s.Other()].traits.SeesDeletes:
			return configError(what, "the other side cannot be asked whether a record is really gone, so nothing may follow from its absence",
				"leave Deletes at IgnoreDeleted, or give the other side an instep.Getter")
		}
		if err := p.checkErase(s); err != nil {
			return err
		}
	}
	return nil
}

// checkErase refuses to empty fields whose values are not the other side's to
// take back.
func (p *pair) checkErase(s instep.Side) error {
	if p.Hidden[s] != EraseHidden {
		return nil
	}
	what := fmt.Sprintf("pair %s, %s side", p.Name, s)
	if len(p.Erase) == 0 {
		return configError(what, "nothing says which fields are emptied when a record is hidden", "name rules in Pair.Erase")
	}
	for _, name := range p.Erase {
		i := slices.IndexFunc(p.rules, func(r rule) bool { return r.Name == name })
		if i < 0 {
			return configError(what, fmt.Sprintf("Pair.Erase names the rule %q, which is not there", name), "name rules of the mapping")
		}
		r := &p.rules[i]
		if !r.Owner.Owns(s.Other()) || !r.Direction.Allows(s) || r.CreateOnly || r.Match != nil || r.End(s).Field == instep.IDField {
			return configError(what, fmt.Sprintf("the rule %q cannot be emptied there", name),
				"name only rules that the other side owns, that are written on this side, and that records are not found by")
		}
	}
	return nil
}

// erases reports whether a rule's field is emptied where the counterpart is
// hidden.
func (p *pair) erases(r *rule) bool { return slices.Contains(p.Erase, r.Name) }

// Guards are the limits beyond which a run stops until a person has approved
// it. A zero takes the default; below zero there is no limit.
type Guards struct {
	// Deletes is how many linked records of one side may be found gone in
	// one run, whatever is then done about them. Default: 2 % of the links,
	// but at least 3 and at most 25, and not all of them, unless there is but
	// one.
	Deletes int

	// Creates is how many records may be created in one run after the first
	// load. Default: 20 % of the links, but at least 50.
	Creates int

	// Updates is how many linked records may be updated in one run after the
	// first load. Default: half of the links, but at least 50.
	Updates int

	// Requests is how many requests one run may send to either system before
	// it stops, for vendors that count them. What is under way is brought to
	// its end, so it may be a few more. Default: no limit.
	Requests int
}

// Guard is one limit that a plan goes beyond.
type Guard struct {
	Pair    string
	Side    instep.Side // the side it was seen on
	Count   int
	Limit   int
	Message instep.Message
}
