package sqlite

import (
	"encoding/binary"
	"slices"
	"time"

	"github.com/instep-go/instep"
)

// A row of the table activity holds a run of the log: rows that one batch has
// brought one after the other, with numbers that ascend to that of the row in
// the file, and which tell of links of one block, or all of none. A block is
// 32 numbers of links, so that what happened to a link is found without an
// index of all links: few blocks have so much to tell that reading it takes
// time.
//
// The column body begins with a varint, what the first number is below that of
// the row. Then follows for each row of the log:
//
//	flags    byte; what they do not name is not there
//	number   varint: what it is above that of the row before, 0 for the first
//	link     signed varint: what it is above that of the row before
//	words    varints: run, entity, actor, cause, action and code of the message,
//	         then a byte for the outcome, then a count and the names of fields;
//	         none of it if it is the same as in the row before
//	time     signed varint: microseconds since that of the row before
//	ids      of the left and the right side, each with what it shares with that
//	         of the row before; see appendShared
//	traces   before and after; see appendTraces
//	args     count, lengths and bytes of names and values
const (
	blockBits = 5
	runFull   = 1900 // bytes of a body beyond which another row begins: two fit on a page
)

const (
	logSame = 1 << iota
	logTimed
	logBefore
	logAfter
	logArgs
)

// What is known of traces, in the lower bits of their number.
const (
	traceHashes = 1 << iota
	traceSealed
	traceBits = iota
)

// logWriter puts the body of a row together.
type logWriter struct {
	body  []byte
	first uint64
	last  instep.Activity // the row before
	at    int64           // the last time, in microseconds
}

// add appends a row of the log. The words are those of its texts.
func (w *logWriter) add(a *instep.Activity, word func(string) (int64, error)) error {
	var flags byte
	if len(w.body) == 0 {
		w.body = slices.Grow(w.body, 3*runFull/2)
		w.first, w.last, w.at = a.N, instep.Activity{N: a.N}, 0
	} else if sameWords(a, &w.last) {
		flags |= logSame
	}
	if !a.At.IsZero() {
		flags |= logTimed
	}
	for _, f := range []struct {
		n    int
		flag byte
	}{{len(a.Before), logBefore}, {len(a.After), logAfter}, {len(a.Message.Args), logArgs}} {
		if f.n > 0 {
			flags |= f.flag
		}
	}
	b := binary.AppendUvarint(append(w.body, flags), a.N-w.last.N)
	b = binary.AppendVarint(b, int64(a.Link-w.last.Link))
	if flags&logSame == 0 {
		var err error
		if b, err = appendWords(b, a, word); err != nil {
			return err
		}
	}
	if flags&logTimed != 0 {
		at := a.At.UnixMicro()
		b = binary.AppendVarint(b, at-w.at)
		w.at = at
	}
	b = appendShared(b, w.last.LeftID, a.LeftID)
	b = appendShared(b, w.last.RightID, a.RightID)
	b = appendTraces(b, a.Before, len(a.Fields))
	b = appendTraces(b, a.After, len(a.Fields))
	if flags&logArgs != 0 {
		b = binary.AppendUvarint(b, uint64(len(a.Message.Args)))
		for _, arg := range a.Message.Args {
			b = appendBytes(appendBytes(b, arg.Name), arg.Value)
		}
	}
	w.body, w.last = b, *a
	return nil
}

// take returns the body for the row with number n and begins another one.
func (w *logWriter) take(n uint64) []byte {
	b := binary.AppendUvarint(make([]byte, 0, len(w.body)+2), n-w.first)
	b = append(b, w.body...)
	w.body = w.body[:0]
	return b
}

func sameWords(a, b *instep.Activity) bool {
	return a.Run == b.Run && a.Entity == b.Entity && a.Actor == b.Actor && a.Cause == b.Cause && a.Action == b.Action &&
		a.Outcome == b.Outcome && a.Message.Code == b.Message.Code && slices.Equal(a.Fields, b.Fields)
}

func appendWords(b []byte, a *instep.Activity, word func(string) (int64, error)) ([]byte, error) {
	for _, text := range [...]string{a.Run, a.Entity, a.Actor, a.Cause, a.Action, a.Message.Code} {
		id, err := word(text)
		if err != nil {
			return nil, err
		}
		b = binary.AppendUvarint(b, uint64(id))
	}
	b = binary.AppendUvarint(append(b, byte(a.Outcome)), uint64(len(a.Fields)))
	for _, text := range a.Fields {
		id, err := word(text)
		if err != nil {
			return nil, err
		}
		b = binary.AppendUvarint(b, uint64(id))
	}
	return b, nil
}

// appendTraces appends nothing if there are none; else four times their
// number, and traceHashes and traceSealed where so; then 4 bytes of each hash,
// and the length and bytes of what is sealed. Of those that say nothing there
// are as many as fields.
func appendTraces(b []byte, traces []instep.Trace, fields int) []byte {
	if len(traces) == 0 {
		return b
	}
	n := uint64(len(traces)) << traceBits
	if len(traces) != fields || slices.ContainsFunc(traces, func(t instep.Trace) bool { return t.Hash != 0 }) {
		n |= traceHashes
	}
	if slices.ContainsFunc(traces, func(t instep.Trace) bool { return len(t.Sealed) > 0 }) {
		n |= traceSealed
	}
	b = binary.AppendUvarint(b, n)
	if n&traceHashes != 0 {
		for i := range traces {
			b = binary.LittleEndian.AppendUint32(b, traces[i].Hash)
		}
	}
	if n&traceSealed != 0 {
		for i := range traces {
			b = appendBytes(b, traces[i].Sealed)
		}
	}
	return b
}

// readLog reads what a logWriter has written into the row with number n: those
// rows of the log that are wanted by their numbers and links; nil: all.
func (w *words) readLog(n uint64, body []byte, wanted func(n uint64, link instep.LinkID) bool) ([]instep.Activity, error) {
	r := reader{rest: body}
	var list []instep.Activity
	var last instep.Activity // without ids and traces
	var ids, next [2][]byte
	var at int64
	last.N = n - r.whole()
	for len(r.rest) > 0 && !r.bad {
		flags := r.take(1)[0]
		last.N += r.whole()
		last.Link += instep.LinkID(r.signed())
		if flags&logSame == 0 {
			if err := w.readWords(&r, &last); err != nil {
				return nil, err
			}
		}
		a, wants := last, wanted == nil || wanted(last.N, last.Link)
		if flags&logTimed != 0 {
			at += r.signed()
			a.At = time.UnixMicro(at).UTC()
		}
		for s := range ids {
			next[s] = r.appendShared(next[s][:0], ids[s])
		}
		ids, next = next, ids
		fields := len(last.Fields)
		if flags&logBefore != 0 {
			a.Before = r.traces(fields, wants)
		}
		if flags&logAfter != 0 {
			a.After = r.traces(fields, wants)
		}
		if flags&logArgs != 0 {
			a.Message.Args = r.args()
		}
		if wants {
			a.LeftID, a.RightID, a.Fields = string(ids[0]), string(ids[1]), slices.Clone(last.Fields)
			list = append(list, a)
		}
	}
	if r.bad || last.N > n {
		return nil, damaged("row %d of the log cannot be read", n)
	}
	return list, nil
}

func (w *words) readWords(r *reader, a *instep.Activity) (err error) {
	for _, to := range [...]*string{&a.Run, &a.Entity, &a.Actor, &a.Cause, &a.Action, &a.Message.Code} {
		if *to, err = w.text(int64(r.whole())); err != nil {
			return err
		}
	}
	a.Outcome, a.Fields = instep.Outcome(r.take(1)[0]), nil
	for range min(r.number(), len(r.rest)) { // each has at least a byte
		name, err := w.text(int64(r.whole()))
		if err != nil {
			return err
		}
		a.Fields = append(a.Fields, name)
	}
	return nil
}

// traces reads what appendTraces has written, or only to its end.
func (r *reader) traces(fields int, wants bool) []instep.Trace {
	n := r.number()
	kind := n
	n >>= traceBits
	if n == 0 || kind&traceHashes == 0 && n != fields || kind&traceHashes != 0 && 4*n > len(r.rest) {
		r.rest, r.bad = nil, true
		return nil
	}
	var traces []instep.Trace
	if wants {
		traces = make([]instep.Trace, n)
	}
	if kind&traceHashes != 0 {
		hashes := r.take(4 * n)
		for i := range traces {
			traces[i].Hash = binary.LittleEndian.Uint32(hashes[4*i:])
		}
	}
	for i := range n {
		if kind&traceSealed == 0 || r.bad {
			break
		}
		if sealed := r.take(r.number()); wants && len(sealed) > 0 {
			traces[i].Sealed = slices.Clone(sealed)
		}
	}
	return traces
}

func (r *reader) args() (args []instep.Arg) {
	for range min(r.number(), len(r.rest)) { // each has at least two bytes
		args = append(args, instep.Arg{Name: r.text(), Value: r.text()})
	}
	return args
}

func (r *reader) text() string { return string(r.take(r.number())) }
