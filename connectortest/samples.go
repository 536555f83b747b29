package connectortest

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/instep-go/instep"
)

// at returns a time with microseconds, which every store must keep.
func at(n int) time.Time {
	return time.Date(2026, time.March, 1, 8, 0, n, n*1000, time.FixedZone("", 3600))
}

// oddIDs are ids that vendors might have: what counts is their bytes.
var oddIDs = []string{
	"31", "031", "31 ", "A-1", "a-1", "Ä-1", "ä-1", "A\u0308-1", "å/\\'\"`%_?*;--", "line\nend", "nul\x00nul", "nul\x00", "nul",
	"\xff\xfe", "\u65e5\u672c", "0", "-1", "1e3", "NULL", strings.Repeat("long", 500),
}

// joined returns a link of two records.
func joined(id instep.LinkID, gen uint64, left, right string, keys ...instep.KeyHash) instep.Link {
	l := instep.Link{ID: id, Gen: gen, Map: 1, Rule: "code", Keys: keys}
	for s, rec := range [2]string{left, right} {
		if rec != "" {
			l.Sides[s] = instep.LinkSide{ID: rec, Sum: uint64(id)<<32 | gen, Base: []byte{1, 2, 3, 4, byte(s), byte(id), byte(gen), 9}}
		}
	}
	return l
}

// fullState has something in every field that the caller fills.
func fullState(gen uint64) instep.PairState {
	return instep.PairState{
		Name: pairName, Gen: gen, Installations: [2]string{"company 1", "\xff\x00å"},
		Streams: [2]instep.Stream{
			{Cursor: instep.Cursor(fmt.Sprintf("\x00\xffcursor %d", gen)), SweptAt: at(int(gen % 60)), Still: 3},
			{Cursor: "7", SweptAt: time.Time{}, Still: math.MaxInt32},
		},
		Rewound: true,
		Mapping: 2,
		Mappings: []instep.MappingPrint{
			{ID: 1, Rules: []string{"name", "price"}, Prints: []string{"a", "b"}},
			{ID: 2, Rules: []string{"name"}, Prints: []string{"c"}},
		},
	}
}

// variedLinks returns links 1 to 8, each of another make.
func variedLinks() []instep.Link {
	base := []byte{1, 0, 0, 0, 255, 0, 0, 128}
	both := [2]instep.LinkSide{{ID: "a", Sum: math.MaxUint64, Base: base}, {ID: "b", Sum: 1 << 63, Base: base}}
	return []instep.Link{
		{ID: 1, Gen: 1, Sides: both, Map: math.MaxUint32, Rule: "code", Keys: []instep.KeyHash{{Hash: 2, Sides: 3}, {Hash: 1, Sides: 3}}},
		{ID: 2, Gen: 1, Sides: [2]instep.LinkSide{{ID: "l", Sum: 1, Base: base, Identity: math.MaxUint64, Version: "v\x00\xff"}}},
		{ID: 3, Gen: 1, Sides: [2]instep.LinkSide{1: {ID: "r", Sum: 2, Base: base, Identity: 1, Version: "7"}, 0: {Former: "l\x00\xff", Identity: 2, Base: base}}, Keys: []instep.KeyHash{{Hash: 9, Sides: 2}}},
		{ID: 4, Gen: 1, Sides: [2]instep.LinkSide{{ID: "l4", Base: base[:4]}, {ID: "r4", Base: base[4:]}}, Rule: "created", Drift: []uint16{0, 1, math.MaxUint16}},
		{ID: 5, Gen: 1, Sides: [2]instep.LinkSide{{ID: "l5", Base: base}, {ID: "r5"}}, Rule: "person",
			Keys: []instep.KeyHash{{Hash: 2, Sides: 3}, {Hash: 4, Sides: 5}, {Hash: 3, Sides: 2}}},
		{ID: 6, Gen: 1, Sides: [2]instep.LinkSide{{ID: "l6"}, {ID: "r6", Base: base}}},
		{ID: 7, Gen: 1, Sides: [2]instep.LinkSide{{ID: "l7"}, {ID: "r7"}}},
		{ID: 8, Gen: 1, Sides: [2]instep.LinkSide{{ID: "l8", Version: "1", Identity: 5}, {ID: "r8", Version: "2", Identity: 6}}, Drift: []uint16{3}, Meeting: true},
	}
}

// fullMark has something in every field.
func fullMark(link instep.LinkID, side instep.Side) instep.Mark {
	return instep.Mark{
		Link: link, Side: side, Outcome: instep.Review, Due: at(5), Tries: 3,
		Message: instep.Message{Code: "two_candidates", Args: []instep.Arg{{Name: "key", Value: "Ärmel \"M\""}, {Name: "", Value: ""}}},
		Create:  true, Evidence: math.MaxUint64,
		Waits: []instep.Wait{{Pair: "groups", Side: instep.Right, ID: "nul\x00\xff"}, {Pair: "", ID: ""}},
	}
}

// fullUnit has intents about the links 1, 2 and 3.
func fullUnit(id instep.UnitID) instep.Unit {
	return instep.Unit{ID: id, Side: instep.Right, Sent: at(int(id)), Intents: []instep.Intent{
		{Link: 1, Action: instep.Update, Target: "nul\x00\xff", Rules: []uint16{0, 65535}, Hashes: []uint32{1, math.MaxUint32}, Before: []uint32{0, 7}, Wipe: true},
		{Link: 2, Action: instep.Create, Key: math.MaxUint64, Token: "4f0c9a", First: time.Date(2024, 2, 29, 23, 59, 59, 999999999, time.UTC)},
		{Link: 3, Action: instep.Deactivate, Target: "31"},
	}}
}

// fullFence has fields with times of their own, with the same time and with
// none.
func fullFence(link instep.LinkID, side instep.Side) instep.Fence {
	return instep.Fence{Link: link, Side: side, Map: math.MaxUint32, Fields: []instep.FencedField{
		{Rule: 0, At: at(9), Hash: math.MaxUint32, Was: 1, Back: 255},
		{Rule: math.MaxUint16, At: at(9), Hash: 1, Was: math.MaxUint32, Pending: true},
		{Rule: 7, Hash: 2, Back: 1, Pending: true},
		{Rule: 8, At: at(3)},
	}}
}

func fullDecision(left, right string, v instep.Verdict) instep.Decision {
	return instep.Decision{
		DecisionID: instep.DecisionID{Left: left, Right: right, Verdict: v},
		Evidence:   [2]uint64{math.MaxUint64, 1}, By: "Ärne", At: at(8),
	}
}

// fullActivity has something in every field that the caller fills.
func fullActivity(run string) instep.Activity {
	return instep.Activity{
		At: at(7), Run: run, Link: 3, Entity: "product", LeftID: "A-1\x00", RightID: "31", Actor: "engine", Cause: "left changed",
		Action: "update right", Outcome: instep.Updated, Fields: []string{"name", "price"},
		Before:  []instep.Trace{{Hash: 1}, {Sealed: []byte{0, 255}}},
		After:   []instep.Trace{{Hash: math.MaxUint32}, {Sealed: []byte{7}}},
		Message: instep.Message{Code: "written", Args: []instep.Arg{{Name: "fields", Value: "2"}}},
	}
}
