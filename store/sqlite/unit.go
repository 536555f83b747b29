package sqlite

import (
	"context"
	"encoding/binary"
	"slices"
	"time"

	"github.com/instep-go/instep"
)

// The column intents of a unit holds one intent after the other:
//
//	flags   byte; what they do not name is not there
//	link    signed varint: what it is above that of the intent before
//	action  byte
//	key     8 bytes, little-endian
//	target  length and bytes, then those of the token
//	first   8 bytes, little-endian: nanoseconds since 1970
//	rules   count and varints; nothing if they are those of the intent before
//	hashes  count and 4 bytes each, then those of what stood there before
const (
	intentSame = 1 << iota // rules as in the intent before
	intentKey
	intentTexts // target, token
	intentFirst
	intentWipe // there is nothing more of it
)

func encodeIntents(intents []instep.Intent) []byte {
	b := []byte{}
	if len(intents) > 0 {
		b = make([]byte, 0, len(intents)*(24+4*len(intents[0].Hashes)+4*len(intents[0].Before)))
	}
	last := &instep.Intent{}
	for i := range intents {
		n := &intents[i]
		var flags byte
		if slices.Equal(n.Rules, last.Rules) {
			flags |= intentSame
		}
		if n.Key != 0 {
			flags |= intentKey
		}
		if n.Target != "" || n.Token != "" {
			flags |= intentTexts
		}
		if !n.First.IsZero() {
			flags |= intentFirst
		}
		if n.Wipe {
			flags |= intentWipe
		}
		b = binary.AppendVarint(append(b, flags), int64(n.Link-last.Link))
		b = append(b, byte(n.Action))
		if flags&intentKey != 0 {
			b = binary.LittleEndian.AppendUint64(b, n.Key)
		}
		if flags&intentTexts != 0 {
			b = appendBytes(appendBytes(b, n.Target), n.Token)
		}
		if flags&intentFirst != 0 {
			b = binary.LittleEndian.AppendUint64(b, uint64(n.First.UnixNano()))
		}
		if flags&intentSame == 0 {
			b = binary.AppendUvarint(b, uint64(len(n.Rules)))
			for _, r := range n.Rules {
				b = binary.AppendUvarint(b, uint64(r))
			}
		}
		b = appendHashes(appendHashes(b, n.Hashes), n.Before)
		last = n
	}
	return b
}

func appendHashes(b []byte, hashes []uint32) []byte {
	b = binary.AppendUvarint(b, uint64(len(hashes)))
	for _, h := range hashes {
		b = binary.LittleEndian.AppendUint32(b, h)
	}
	return b
}

// decodeIntents reads what encodeIntents has written.
func decodeIntents(b []byte) ([]instep.Intent, error) {
	r := reader{rest: b}
	var list []instep.Intent
	var last instep.Intent
	for len(r.rest) > 0 && !r.bad {
		flags := r.take(1)[0]
		n := instep.Intent{Link: last.Link + instep.LinkID(r.signed()), Action: instep.Action(r.take(1)[0]), Wipe: flags&intentWipe != 0}
		if flags&intentKey != 0 {
			n.Key = binary.LittleEndian.Uint64(r.take(8))
		}
		if flags&intentTexts != 0 {
			n.Target, n.Token = r.text(), r.text()
		}
		if flags&intentFirst != 0 {
			n.First = time.Unix(0, int64(binary.LittleEndian.Uint64(r.take(8)))).UTC()
		}
		if flags&intentSame != 0 {
			n.Rules = slices.Clone(last.Rules)
		} else {
			n.Rules = r.rules()
		}
		n.Hashes, n.Before = r.hashes(), r.hashes()
		list = append(list, n)
		last = n
	}
	if r.bad {
		return nil, damaged("the intents of a unit cannot be read")
	}
	return list, nil
}

// rules and hashes read a list; nil if it is empty.

func (r *reader) rules() []uint16 {
	var rules []uint16
	for range min(r.number(), len(r.rest)) { // each has at least a byte
		n := r.number()
		r.bad = r.bad || n > 1<<16-1
		rules = append(rules, uint16(n))
	}
	return rules
}

func (r *reader) hashes() []uint32 {
	b := r.take(4 * r.number())
	if r.bad || len(b) == 0 {
		return nil
	}
	hashes := make([]uint32, len(b)/4)
	for i := range hashes {
		hashes[i] = binary.LittleEndian.Uint32(b[4*i:])
	}
	return hashes
}

const (
	putUnit    = "REPLACE INTO unit (id, side, sent, intents) VALUES (?,?,?,?)"
	deleteUnit = "DELETE FROM unit WHERE id = ?"
)

func (d *db) writeUnits(ctx context.Context, p *pairRow, b *instep.Batch) error {
	for _, id := range b.Settled {
		if _, err := d.exec(ctx, deleteUnit, rowid(p.n, id)); err != nil {
			return err
		}
	}
	for i := range b.Units {
		if err := d.writeUnit(ctx, p.n, &b.Units[i]); err != nil {
			return err
		}
		p.state.LastUnit = max(p.state.LastUnit, b.Units[i].ID)
	}
	return nil
}

func (d *db) writeUnit(ctx context.Context, pair int64, u *instep.Unit) error {
	_, err := d.exec(ctx, putUnit, rowid(pair, u.ID), int64(u.Side), micros(u.Sent), encodeIntents(u.Intents))
	return err
}

func readUnit(_ *db, row []any) (*instep.Unit, error) {
	u := &instep.Unit{ID: own[instep.UnitID](num(row[0])), Side: instep.Side(num(row[1])), Sent: microtime(row[2])}
	var err error
	u.Intents, err = decodeIntents(blob(row[3]))
	return u, err
}
