package reconcile

import "github.com/instep-go/instep"

// presence is what is known of the existence of a linked record.
type presence uint8

const (
	there  presence = iota // or nothing was heard of it, which comes to the same
	hidden                 // it may be there, but not for us
	gone                   // the system itself says that it is not there
	unsure                 // its id is not there, but it may have another by now
)

// course is what is done about a linked pair in view of its two existences.
type course uint8

const (
	flow      course = iota // fields are compared and written
	freeze                  // nothing is done until the hidden record shows again
	report                  // the deletion is written down, nothing is done
	unlink                  // the record that is left stays on its own
	bar                     // the record that is left is set out of use
	remove                  // the record that is left is deleted
	entomb                  // both are gone: the link ceases after a while
	wipe                    // listed fields of the record that is left are emptied
	recreate                // the record that is gone is made anew
	askEdited               // deleted here, edited there: a person decides
	undelete                // a record that was deleted is back
	wait                    // nothing is done before more is known
)

// situation is all that the decision about existences depends on.
type situation struct {
	is         [2]presence
	edited     [2]bool // changed since last known, in a field whose edits count
	owes       [2]bool // something has yet to go over: nobody can tell whether it was edited
	buried     bool    // both were gone before
	barred     [2]bool // set out of use by us, because the other was away
	wiped      [2]bool // listed fields emptied by us, because the other was hidden
	meeting    bool    // the two were never in step: nobody can tell what was edited
	parted     bool    // the one that is left was left on its own before
	deletes    [2]DeletePolicy
	hides      [2]HiddenPolicy
	editedGone EditedGonePolicy
}

// decide returns what to do, and on which side. It is pure.
func (s *situation) decide() (course, instep.Side) {
	l, r := s.is[instep.Left], s.is[instep.Right]
	switch {
	case l == unsure || r == unsure:
		return wait, s.side(unsure)
	case l == gone && r == gone, s.buried && l != there && r != there:
		return entomb, instep.Left // where missing ones count as hidden, one that was gone before is no more than that
	case s.buried && (l == gone || r == gone):
		return undelete, s.side(gone)
	case l == gone && r == there || l == there && r == gone:
		return s.oneGone(s.side(there))
	case l == there && r == there:
		return flow, instep.Left
	default:
		return s.oneHidden(s.side(hidden))
	}
}

// side returns the side whose record is p; the left one if both are.
func (s *situation) side(p presence) instep.Side {
	if s.is[instep.Left] == p {
		return instep.Left
	}
	return instep.Right
}

// oneGone decides about the record of side left, whose counterpart is gone.
func (s *situation) oneGone(left instep.Side) (course, instep.Side) {
	if s.parted {
		return unlink, left
	}
	if s.meeting {
		return askEdited, left
	}
	if s.edited[left] {
		switch s.editedGone {
		case ReviewEdited:
			return askEdited, left
		case RecreateEdited:
			return recreate, left.Other()
		}
	}
	if s.owes[left] && s.editedGone != DeleteEdited {
		return askEdited, left
	}
	switch s.deletes[left] {
	case UnlinkDeleted:
		return unlink, left
	case DeactivateDeleted:
		if !s.barred[left] {
			return bar, left
		}
		return report, left
	case DeleteDeleted:
		return remove, left
	default:
		return report, left
	}
}

// oneHidden decides about a pair of which the record of side away is hidden.
// What is deleted on the other side meanwhile is seen when it shows again.
func (s *situation) oneHidden(away instep.Side) (course, instep.Side) {
	left := away.Other()
	if s.hides[left] == DeactivateHidden && s.is[left] == there && !s.barred[left] {
		return bar, left
	}
	if s.hides[left] == EraseHidden && s.is[left] == there && !s.wiped[left] {
		return wipe, left
	}
	return freeze, left
}
