package crashtest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/instep-go/instep"
)

// remote is a connector for a system.
type remote struct {
	url  string
	of   *system // only what never changes
	http *http.Client
	fuse *fuse // nil: none
}

// What the systems promise of themselves. A request may be carried out long
// after the process that sent it is dead.
const requestLife = 3 * time.Second

func (r *remote) Traits() instep.Traits {
	return instep.Traits{
		System: r.of.name, Entity: "product", MaxBatch: 3, MaxGet: 5, ChosenID: r.of.keyed != "",
		SeesDeletes: true, CanDelete: true, RequestLife: requestLife,
	}
}

func (r *remote) Describe(context.Context) ([]instep.FieldInfo, error) { return r.of.infos, nil }

func (r *remote) Probe(context.Context) (instep.Report, error) {
	return instep.Report{System: r.of.name, Installation: r.of.name + "-1"}, nil
}

func (r *remote) post(ctx context.Context, what string, c call) (a answer, err error) {
	body, err := json.Marshal(c)
	if err != nil {
		return a, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.url+"/"+r.of.name+"/"+what, bytes.NewReader(body))
	if err != nil {
		return a, err
	}
	resp, err := r.http.Do(req)
	if err != nil {
		return a, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return a, fmt.Errorf("HTTP %d", resp.StatusCode)
	}
	return a, json.NewDecoder(resp.Body).Decode(&a)
}

func (r *remote) Read(ctx context.Context, from instep.Cursor) (instep.Page, error) {
	a, err := r.post(ctx, "read", call{From: from})
	return a.Page, err
}

func (r *remote) Get(ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
	a, err := r.post(ctx, "get", call{Refs: refs})
	return a.Records, err
}

func (r *remote) Find(ctx context.Context, field string, values []instep.Value) ([][]instep.Record, error) {
	a, err := r.post(ctx, "find", call{Field: field, Values: values})
	return a.Found, err
}

func (r *remote) Write(ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
	r.fuse.reach(beforeSend)
	late := r.fuse.next(lateSend)
	a, err := r.post(ctx, "write", call{Ops: ops, Late: late})
	r.fuse.reach(lateSend)
	r.fuse.reach(afterSend)
	results := make([]instep.Result, len(ops))
	for i := range ops {
		if err != nil {
			results[i].Err = &instep.Error{Kind: instep.Lost, Op: r.of.name, Err: err}
			continue
		}
		p := a.Replies[i]
		results[i].Ref, results[i].At = r.of.ref(p.ID), p.At
		if p.Kind != 0 {
			results[i].Err = &instep.Error{Kind: p.Kind, Op: r.of.name}
		}
	}
	return results, nil
}
