package reconcile

import (
	"context"
	"fmt"

	"github.com/instep-go/instep"
)

// call makes one call to a side's connector and counts the requests it took.
func call[T any](ctx context.Context, ps *pass, s instep.Side, f func(context.Context) (T, error)) (T, error) {
	var m instep.Meter
	var out T
	err := ps.settleNow(ctx)
	if err != nil {
		return out, err
	}
	ps.crew.idle(func() { out, err = f(instep.WithMeter(ctx, &m)) })
	ps.meters[s].Add(max(m.Count(), 1))
	ps.refuse(s, err)
	return out, err
}

// afford refuses to go on once a run has used up its budget of requests to
// side s. It is asked before something new is begun, so that what is under way
// is always brought to its end.
func (ps *pass) afford(s instep.Side) error {
	most, used := ps.pair.Guards.Requests, ps.meters[s].Count()
	if most <= 0 || used < most {
		return nil
	}
	system := ps.pair.side[s].traits.System
	return &instep.Error{
		Kind: instep.Guarded, Op: "use " + system,
		Err:    fmt.Errorf("the run has sent %s %d requests, and %d are allowed", system, used, most),
		Remedy: "nothing is lost: the next run goes on from here; raise Guards.Requests if it never gets to the end",
	}
}
