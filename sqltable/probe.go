package sqltable

import (
	"context"
	"slices"
	"strings"

	"github.com/instep-go/instep"
)

// Probe tells which installation the table is in, and looks whether it is as
// the configuration says, whether changes can be seen, and which indexes are
// missing. A missing index is no failure: everything works, but slowly.
func (r *Reader) Probe(ctx context.Context) (instep.Report, error) {
	report := instep.Report{System: r.cfg.System, Installation: r.cfg.Installation}
	id, name, err := r.d.identity(ctx, r.db, r.cfg.Schema)
	if err != nil {
		return report, r.failure("probe", err)
	}
	if report.Installation == "" {
		report.Installation = id
	}
	report.Name = name
	cat, err := r.d.catalog(ctx, r.db, &r.cfg)
	if err != nil {
		return report, r.failure("probe", err)
	}
	report.Checks = append(report.Checks, r.checkTable(cat), r.checkReadable(ctx))
	if r.cfg.Change != nil || r.cfg.Log != nil {
		report.Checks = append(report.Checks, r.checkChanges(ctx))
	}
	if cat != nil {
		report.Checks = append(report.Checks, r.checkIndexes(cat))
	}
	return report, ctx.Err()
}

// Probe is that of a reader, and looks whether the table can be written.
func (t *Table) Probe(ctx context.Context) (instep.Report, error) {
	report, err := t.Reader.Probe(ctx)
	if err != nil {
		return report, err
	}
	denied, err := t.d.rights(ctx, t.db, &t.cfg)
	if err != nil {
		return report, t.failure("probe", err)
	}
	check := instep.Check{Name: "table can be written", OK: denied == ""}
	if denied != "" {
		check.Detail = "not permitted: " + denied
		check.Remedy = "give the user of the connection these rights on " + t.cfg.Table
	}
	report.Checks = append(report.Checks, check)
	return report, nil
}

// checkTable compares the table with what it was when r was made.
func (r *Reader) checkTable(cat *catalog) instep.Check {
	check := instep.Check{Name: "table as configured"}
	if cat == nil {
		check.Detail, check.Remedy = "there is no "+r.cfg.Schema+"."+r.cfg.Table, "check its name and schema, letter by letter, and the right to see it"
		return check
	}
	now, err := newPlan(&r.cfg, cat, r.d)
	if err != nil {
		check.Detail, check.Remedy = err.Error(), askCatalog
		return check
	}
	if now.list != r.plan.list {
		check.Detail, check.Remedy = "types of columns have changed since", "restart the program, so that it reads the catalog again"
		return check
	}
	check.OK = true
	return check
}

func (r *Reader) checkReadable(ctx context.Context) instep.Check {
	err := r.rows(ctx, r.db, "SELECT "+r.plan.list+" FROM "+r.table()+" t LIMIT 1", nil, 0, func([]any, row) bool { return false })
	return checkOf("table readable", r.failure("probe", err))
}

// checkChanges looks at what the change column or the log needs.
func (r *Reader) checkChanges(ctx context.Context) instep.Check {
	const name = "changes can be seen"
	_, err := r.way(ctx)
	if err == nil {
		_, err = r.horizon(ctx)
	}
	if err == nil && r.cfg.Log != nil {
		return r.checkTriggers(ctx)
	}
	check := checkOf(name, r.failure("probe", err))
	if err == nil && !r.plan.change.db.notNull {
		check.Detail = "the column " + r.cfg.Change.Column + " may be null: such rows are seen in sweeps alone"
	}
	return check
}

// checkTriggers looks whether the log is still written to.
func (r *Reader) checkTriggers(ctx context.Context) instep.Check {
	check := instep.Check{Name: "changes can be seen"}
	want := r.d.logTriggers(r.cfg.Log.Table)
	got, err := r.d.triggers(ctx, r.db, &r.cfg)
	if err != nil {
		return checkOf(check.Name, r.failure("probe", err))
	}
	var missing []string
	for _, trigger := range want {
		if !slices.Contains(got, trigger) {
			missing = append(missing, trigger)
		}
	}
	if check.OK = len(missing) == 0; !check.OK {
		check.Detail = "missing or disabled triggers: " + strings.Join(missing, ", ")
		check.Remedy = "call InstallLog, or run the statements that LogStatements shows; then sweep once"
	}
	return check
}

// checkIndexes names columns that are searched without an index. It is always
// OK, for a run need not stop for it.
func (r *Reader) checkIndexes(cat *catalog) instep.Check {
	check := instep.Check{Name: "indexes", OK: true}
	var without []string
	if r.cfg.Change != nil {
		without = append(without, r.cfg.Change.Column)
	}
	if f, ok := r.field(r.cfg.Token); ok {
		without = append(without, f.Name)
	}
	without = slices.DeleteFunc(without, func(name string) bool { return slices.Contains(cat.indexed, name) })
	if len(without) > 0 && !cat.view {
		check.Detail = "no index begins with " + strings.Join(without, ", ") + ": reading will be slow once the table is large"
	}
	return check
}

// checkOf turns the outcome of a question into a check.
func checkOf(name string, err error) instep.Check {
	if err == nil {
		return instep.Check{Name: name, OK: true}
	}
	check := instep.Check{Name: name, Detail: err.Error(), Remedy: "see the log of the database"}
	if remedy := remedyOf(err); remedy != "" {
		check.Remedy = remedy
	}
	return check
}
