package connectortest

import "github.com/instep-go/instep"

// need is what a rule takes to be looked at.
type need struct {
	verdict verdict // foreign or unseen, if it is not met
	says    string
	met     func(b *bench) bool
}

func trait(says string, met func(t *instep.Traits) bool) need {
	return need{foreign, says, func(b *bench) bool { return met(&b.traits) }}
}

func hook(name string, met func(b *bench) bool) need {
	return need{unseen, "System." + name + " is nil", met}
}

// What rules need of the connector.
var (
	aSource  = need{foreign, "there is no Source", func(b *bench) bool { return b.Source != nil }}
	aSink    = need{foreign, "there is no Sink", func(b *bench) bool { return b.Sink != nil }}
	aGetter  = need{foreign, "the connector is no instep.Getter", func(b *bench) bool { return b.getter() != nil }}
	aFinder  = need{foreign, "the connector is no instep.Finder", func(b *bench) bool { return b.finder() != nil }}
	aLister  = need{foreign, "the connector is no instep.Lister", func(b *bench) bool { return has[instep.Lister](b) }}
	aProber  = need{foreign, "the connector is no instep.Prober", func(b *bench) bool { return has[instep.Prober](b) }}
	reads    = need{unseen, "neither a Getter nor a Source can show what was written", func(b *bench) bool { return b.Source != nil || b.getter() != nil }}
	describe = need{foreign, "the connector is no instep.Describer", func(b *bench) bool { return b.infos != nil }}

	aDelta      = trait("Traits.Snapshot is set", func(t *instep.Traits) bool { return !t.Snapshot })
	ordered     = trait("Traits.Ordered is not set", func(t *instep.Traits) bool { return t.Ordered })
	seesDeletes = trait("Traits.SeesDeletes is not set", func(t *instep.Traits) bool { return t.SeesDeletes })
	canRename   = trait("Traits.CanRename is not set", func(t *instep.Traits) bool { return t.CanRename })
	canDelete   = trait("Traits.CanDelete is not set", func(t *instep.Traits) bool { return t.CanDelete })
	noDelete    = trait("Traits.CanDelete is set", func(t *instep.Traits) bool { return !t.CanDelete })
	canBar      = trait("Traits.CanBar is not set", func(t *instep.Traits) bool { return t.CanBar })
	noBar       = trait("Traits.CanBar is set", func(t *instep.Traits) bool { return !t.CanBar })
	ifVersion   = trait("Traits.IfVersion is not set", func(t *instep.Traits) bool { return t.IfVersion })
	exact       = trait("Traits.Exact is not set", func(t *instep.Traits) bool { return t.Exact })
	keyed       = trait("Traits.IdempotencyKey is not set", func(t *instep.Traits) bool { return t.IdempotencyKey })
	tokened     = trait("Traits.TokenField is empty", func(t *instep.Traits) bool { return t.TokenField != "" })
	chosenID    = trait("Traits.ChosenID is not set", func(t *instep.Traits) bool { return t.ChosenID })
	notReplace  = trait("Traits.Replace is set: what changed since Current was read is overwritten", func(t *instep.Traits) bool { return !t.Replace })
	batches     = trait("Traits.MaxBatch is not above 1", func(t *instep.Traits) bool { return t.MaxBatch > 1 })
	granular    = trait("Traits.Granularity is 0", func(t *instep.Traits) bool { return t.Granularity > 0 })
)

// What rules need of the system.
var (
	hands    = hook("Make", func(b *bench) bool { return b.Make != nil || b.Sink != nil })
	edits    = hook("Edit", func(b *bench) bool { return (b.Edit != nil || b.canWrite()) && b.editField() != "" })
	removes  = hook("Remove", func(b *bench) bool { return b.Remove != nil || b.Sink != nil && b.traits.CanDelete })
	hides    = hook("Hide", func(b *bench) bool { return b.Hide != nil })
	renames  = hook("Rename", func(b *bench) bool { return b.Rename != nil })
	reopens  = hook("Reopen", func(b *bench) bool { return b.Reopen != nil })
	loses    = hook("LoseReply", func(b *bench) bool { return b.LoseReply != nil })
	throttle = hook("Throttle", func(b *bench) bool { return b.Throttle != nil })
	cuts     = hook("CutList", func(b *bench) bool { return b.CutList != nil })
	during   = hook("During", func(b *bench) bool { return b.During != nil })
	secrets  = hook("Secrets", func(b *bench) bool { return len(b.Secrets) > 0 })
	fresh    = need{unseen, "the system is a live one", func(b *bench) bool { return !b.live }}

	updates = need{foreign, "no field of the samples can be updated", func(b *bench) bool { return b.canWrite() && b.editField() != "" }}
)

// has reports whether the connector has a capability, on either side.
func has[T any](b *bench) bool {
	_, ok := capability[T](b)
	return ok
}

// capability finds what the Source has, else the Sink.
func capability[T any](b *bench) (T, bool) {
	if v, ok := instep.As[T](b.Source); ok {
		return v, true
	}
	return instep.As[T](b.Sink)
}
