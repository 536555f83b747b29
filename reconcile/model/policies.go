package model

import (
	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// Policies returns those that the model is played with: every setting is in one
// of them. Their mirror images are left out.
func Policies() []Policy {
	same := func(d reconcile.DeletePolicy) [2]reconcile.DeletePolicy { return [2]reconcile.DeletePolicy{d, d} }
	return []Policy{
		{},
		{
			Key: instep.LeftOwns, Val: instep.LeftOwns, Flow: instep.ToRight,
			Deletes: same(reconcile.DeleteDeleted),
		},
		{
			Key: instep.LeftOwns, Val: instep.RightOwns, Flow: instep.ToRight, Drift: reconcile.RevertDrift,
			EditedGone: reconcile.RecreateEdited,
		},
		{
			First: instep.Right, Val: instep.LeftOwns, Flow: instep.Nowhere,
			Deletes: same(reconcile.UnlinkDeleted), EditedGone: reconcile.DeleteEdited,
		},
		{
			Key: instep.RightOwns, Deletes: same(reconcile.DeleteDeleted), EditedGone: reconcile.RecreateEdited,
			Hidden: [2]reconcile.HiddenPolicy{reconcile.DeactivateHidden, reconcile.DeactivateHidden},
		},
		{
			Deletes:    [2]reconcile.DeletePolicy{reconcile.DeleteDeleted, reconcile.DeactivateDeleted},
			EditedGone: reconcile.DeleteEdited,
			Hidden:     [2]reconcile.HiddenPolicy{reconcile.EraseHidden, reconcile.EraseHidden},
		},
	}
}
