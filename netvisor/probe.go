package netvisor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/instep-go/instep"
)

// Bounds of what Probe accepts of clocks. How far a signature's time may be
// off is not documented.
const (
	maxSkew = 2 * time.Minute
	maxZone = 20 * time.Minute
)

// Probe looks at the installation: whether Netvisor answers, accepts the
// credentials, and lets products, their details and their groups be read, and
// whether the clocks agree. It writes nothing; the right to write shows with
// the first write. If Netvisor cannot be reached, that is an error.
//
// The installation's identity is the organisation id with the name of the
// host: "1967543-8@integration.netvisor.fi". The test system may hold a copy
// of a company under the same organisation id and with other keys, and the
// host tells the two apart; the port is left out, so that a fake may move.
func (p *Products) Probe(ctx context.Context) (instep.Report, error) {
	first := func(since string) (answer, error) {
		_, a, err := p.list(ctx, since)
		return a, err
	}
	return p.c.probe(ctx, "product list readable", "productlist.nv answers", first,
		trial{"products readable", "getproduct.nv answers", func() (string, error) {
			_, _, err := p.get(ctx, []int64{1})
			return "", err
		}},
		trial{"product groups readable", "", func() (string, error) {
			groups, err := p.c.ProductGroups(ctx)
			return fmt.Sprintf("%d groups", len(groups)), err
		}},
	)
}

// trial is one resource that Probe tries. The text that try gives, if any, is
// shown instead of detail.
type trial struct {
	name, detail string
	try          func() (string, error)
}

func (t *trial) check() instep.Check {
	seen, err := t.try()
	return check(t.name, cmp.Or(seen, t.detail), err)
}

// probe makes the checks. The first request asks for changes since now, which
// are few, and tells also whether the credentials are good; the rest are tried
// if they are.
func (c *Client) probe(
	ctx context.Context, name, detail string, first func(since string) (answer, error), rest ...trial,
) (instep.Report, error) {
	r := instep.Report{
		System:       system,
		Installation: c.organisation + "@" + strings.ToLower(c.base.Hostname()),
		Name:         c.organisation,
	}
	sent := c.now()
	a, err := first(filterTime(sent, c.zone, listFilter))
	received := c.now()
	if unreachable(err) {
		return instep.Report{}, err
	}
	r.Checks = append(r.Checks, instep.Check{Name: "reachable", OK: true, Detail: c.base.Host + " answers"})
	accepted := credentials(err, c.organisation)
	r.Checks = append(r.Checks, accepted)
	if !a.date.IsZero() {
		r.Checks = append(r.Checks, clock(skew(a.date, sent, received)))
	}
	if !accepted.OK {
		return r, nil
	}
	r.Checks = append(r.Checks, check(name, detail, err))
	if err == nil {
		r.Checks = append(r.Checks, zone(a.at, a.date, c.zone))
	}
	for _, t := range rest {
		r.Checks = append(r.Checks, t.check())
	}
	return r, ctx.Err()
}

// unreachable reports whether nothing was found out.
func unreachable(err error) bool {
	e, ok := errors.AsType[*instep.Error](err)
	return ok && e.Status == 0 || instep.KindOf(err) == instep.Canceled
}

// credentials judges by the first answer. Any word of Netvisor's own but a
// refusal of the credentials means that it took them.
func credentials(err error, organisation string) instep.Check {
	const name = "credentials accepted"
	if e, ok := errors.AsType[*instep.Error](err); ok && (e.Code == "" || e.Kind == instep.Unauthorized) {
		return check(name, "", err)
	}
	return instep.Check{Name: name, OK: true, Detail: "for the organisation " + organisation}
}

// check turns an outcome into a check.
func check(name, detail string, err error) instep.Check {
	if err == nil {
		return instep.Check{Name: name, OK: true, Detail: detail}
	}
	c := instep.Check{Name: name, Detail: err.Error()}
	if e, ok := errors.AsType[*instep.Error](err); ok {
		c.Remedy = e.Remedy
		short := *e
		short.Remedy = ""
		c.Detail = short.Error()
	}
	if c.Remedy == "" {
		c.Remedy = "see what Netvisor answered, and try again"
	}
	return c
}

// clock judges this machine's clock by the Date of a reply. A signature holds
// the time, and the vendor refuses one that is too far off.
func clock(off time.Duration) instep.Check {
	c := instep.Check{Name: "clock in step", OK: true, Detail: "within " + maxSkew.String()}
	if off.Abs() > maxSkew {
		c.OK, c.Detail = false, "Netvisor's clock and this machine's differ by "+off.Abs().Round(time.Second).String()
		c.Remedy = "set the clock of this machine by a time server"
	}
	return c
}

// zone judges the zone that local times are read in, by comparing the reply's
// TimeStamp with its Date header.
func zone(at, date time.Time, zone *time.Location) instep.Check {
	c := instep.Check{Name: "time zone of the change filter", OK: true, Detail: zone.String()}
	switch {
	case at.IsZero():
		c.OK, c.Detail, c.Remedy = false, "the reply has no TimeStamp that can be read", "check the base URL"
	case !date.IsZero() && at.Sub(date).Abs() > maxZone:
		c.OK, c.Detail = false, "Netvisor's local time is not that of "+zone.String()
		c.Remedy = "set Options.Location to the zone of the company's Netvisor"
	}
	return c
}

// skew is how far the vendor's clock is from this machine's.
func skew(date, sent, received time.Time) time.Duration {
	middle := sent.Add(received.Sub(sent) / 2)
	return date.Sub(middle)
}
