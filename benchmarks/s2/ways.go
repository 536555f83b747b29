package main

import (
	"io"
	"os"
	"strings"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/internal/registers"
	"github.com/instep-go/instep/matching"
)

// floorCSV is the floor with encoding/csv.
func floorCSV(j *job) error {
	var f registers.Floor
	err := j.both(func(s instep.Side) error {
		return withFile(j.path(s), func(r io.Reader) error {
			return registers.ReadCSV(r, func(row registers.Row) { f.Add(s, row) })
		})
	})
	if err != nil {
		return err
	}
	return j.floor(&f)
}

// floorText is the floor with a splitter over the whole text.
func floorText(j *job) error {
	var f registers.Floor
	err := j.both(func(s instep.Side) error {
		text, err := readText(j.path(s))
		f.Grow(s, strings.Count(text, "\n"))
		registers.SplitText(text, func(row registers.Row) { f.Add(s, row) })
		return err
	})
	if err != nil {
		return err
	}
	return j.floor(&f)
}

func (j *job) floor(f *registers.Floor) error {
	j.done("read")
	f.Match()
	j.done("match")
	if err := j.create(); err != nil {
		return err
	}
	f.All(func(left, right string, rank uint8) {
		switch {
		case right != "":
			j.pair(left, right, rank)
		case rank > 0:
			j.doubts++
			j.line(left, "", rank)
		}
	})
	err := j.close()
	j.done("write")
	return err
}

func readText(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.Grow(int(info.Size()))
	_, err = io.Copy(&b, f)
	return b.String(), err
}

func withFile(path string, do func(io.Reader) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return do(f)
}

// plain are the keys as the floor has them; houseRules are those of customers:
// a number that both sides give out, an id that nobody else can have, a name.
var (
	plain      = [3]instep.MatchKey{{Rank: 1}, {Rank: 2}, {Rank: 3}}
	houseRules = [3]instep.MatchKey{{Rank: 1}, {Rank: 2, Strong: true}, {Rank: 3}}
)

func instepCSV(j *job) error {
	join := matching.New()
	err := j.both(func(s instep.Side) error {
		return withFile(j.path(s), func(r io.Reader) error {
			side := join.Side(s)
			var keys []instep.MatchKey
			return registers.ReadCSV(r, func(row registers.Row) {
				keys = keys[:0]
				for i, text := range [...]string{row.Code, row.BusinessID, row.Name} {
					k := plain[i]
					k.Value = registers.Key(text)
					keys = append(keys, k)
				}
				side.Add(row.ID, keys...)
			})
		})
	})
	if err != nil {
		return err
	}
	return j.instep(join)
}

func instepSplit(j *job) error { return j.split(plain) }

func instepRules(j *job) error { return j.split(houseRules) }

func (j *job) split(kinds [3]instep.MatchKey) error {
	join := matching.New()
	err := j.both(func(s instep.Side) error {
		return withFile(j.path(s), func(r io.Reader) error {
			side := join.Side(s)
			var buf []byte
			return registers.Split(r, func(row registers.Bytes) {
				side.Begin(row.ID)
				for i, text := range [...][]byte{row.Code, row.BusinessID, row.Name} {
					buf = registers.AppendKey(buf[:0], text)
					side.Key(kinds[i], buf)
				}
			})
		})
	})
	if err != nil {
		return err
	}
	return j.instep(join)
}

// instep resolves the join, and writes all pairs, and all doubts with their
// reason and the others.
func (j *job) instep(join *matching.Join) error {
	j.done("read")
	res, err := join.Resolve()
	if err != nil {
		return err
	}
	j.done("match")
	if err := j.create(); err != nil {
		return err
	}
	for f := range res.All(instep.Left) {
		switch f.State {
		case matching.Matched:
			j.pair(f.Record.ID, f.Partner.ID, f.Rank)
		case matching.InDoubt:
			j.doubts++
			j.line(f.Record.ID, f.Code, f.Rank)
			for other := range f.Others() {
				j.line(other.Side.String(), other.ID, f.Rank)
			}
		}
	}
	err = j.close()
	j.done("write")
	return err
}
