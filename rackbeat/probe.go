package rackbeat

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/instep-go/instep"
)

// maxSkew is how far this machine's clock may be off before a person should
// know. Nothing here depends on it, but logs and schedules do.
const maxSkew = 5 * time.Minute

// Probe implements [instep.Prober]. The installation is the company's agreement
// number: there is one service for all companies, and its numbers are not used
// twice. A key that is not accepted is an error, and a check of the report too.
func (p *connector[T, U]) Probe(ctx context.Context) (instep.Report, error) {
	report := instep.Report{System: system}
	start := time.Now()
	self, r, err := p.c.self(ctx)
	report.Checks = append(report.Checks, check("key accepted", err))
	if err != nil {
		return report, err
	}
	report.Installation, report.Name = self.Account.ID.Or(""), self.Account.CompanyName.Or("")
	if report.Installation == "" {
		return report, &instep.Error{
			Kind: instep.Malformed, Op: "rackbeat: probe", Field: "user_account.id",
			Err: errNoAccount, Remedy: checkBase,
		}
	}
	few := ListOptions{PageSize: 1}
	_, err = p.kind.page(p.c, ctx, 1, &few)
	report.Checks = append(report.Checks, check(p.kind.plural+" readable", err))
	for _, list := range p.kind.checks {
		err = listReaders[list].probe(ctx, p.c)
		report.Checks = append(report.Checks, check(strings.ReplaceAll(list, "_", " ")+" readable", err))
	}
	report.Checks = append(report.Checks, clockCheck(r.date, start, start.Add(r.took)))
	return report, ctx.Err()
}

var errNoAccount = errors.New("the reply does not say which company it is for")

// check turns the outcome of a request into a check.
func check(name string, err error) instep.Check {
	if err == nil {
		return instep.Check{Name: name, OK: true}
	}
	c := instep.Check{Name: name, Detail: err.Error(), Remedy: "try again later; if it stays so, ask the vendor"}
	if e, ok := errors.AsType[*instep.Error](err); ok && e.Remedy != "" {
		c.Remedy = e.Remedy
	}
	return c
}

// clockCheck compares the Date of a reply with the times around its request.
func clockCheck(date, before, after time.Time) instep.Check {
	c := instep.Check{Name: "clocks agree"}
	switch {
	case date.IsZero():
		c.OK, c.Detail = true, "the vendor does not tell its time"
		return c
	case date.Before(before):
		c.Detail = fmt.Sprintf("this computer is ahead by %s", before.Sub(date).Round(time.Second))
	case date.After(after):
		c.Detail = fmt.Sprintf("this computer is behind by %s", date.Sub(after).Round(time.Second))
	}
	c.OK = before.Sub(date) <= maxSkew && date.Sub(after) <= maxSkew
	if !c.OK {
		c.Remedy = "set this computer's clock"
	}
	return c
}
