package reconcile

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/instep-go/instep"
)

// FuzzReadPlan reads any file as a saved plan. What is taken is written and
// read again as it was, and each operation knows its pair.
func FuzzReadPlan(f *testing.F) {
	f.Add([]byte(`{"format":"instep plan 1","run":"r1","made":"2026-03-01T08:00:00Z","pairs":[{"name":"products","installations":["a","b"],` +
		`"settings":"s","ops":[{"outcome":"created","side":"right","left":"A","reason":{"code":"new"},"fields":[{"rule":"name","side":"right","to":7}]}]}]}`))
	f.Add([]byte(`{"format":"instep plan 1","sweep":true,"pairs":[{"guards":["g"],"ops":null}]}`))
	f.Add([]byte(`{"format":"instep plan 2","pairs":[]}`))
	f.Add([]byte(`{"format":"instep plan 1","pairs":[{"ops":[{"outcome":"nothing of the kind"}]}]}`))
	f.Fuzz(func(t *testing.T, file []byte) {
		plan, err := ReadPlan(bytes.NewReader(file))
		if err != nil {
			if plan != nil || instep.KindOf(err) != instep.Invalid {
				t.Fatalf("%q: %+v, %v", file, plan, err)
			}
			return
		}
		for _, p := range plan.Pairs {
			for _, op := range p.Ops {
				if op.Pair != p.Name {
					t.Fatalf("an operation of %q says that it is of %q", p.Name, op.Pair)
				}
			}
		}
		once, err := json.Marshal(plan)
		if err != nil {
			t.Fatalf("%q cannot be written: %v", file, err)
		}
		again, err := ReadPlan(bytes.NewReader(once))
		if err != nil {
			t.Fatalf("%s cannot be read: %v", once, err)
		}
		if twice, err := json.Marshal(again); err != nil || !bytes.Equal(once, twice) || again.Format != savedFormat {
			t.Fatalf("%s became %s, %v", once, twice, err)
		}
	})
}

// FuzzSeal seals values. They come back with the key and the purpose alone, and
// nothing that was changed, cut or made up is opened.
func FuzzSeal(f *testing.F) {
	f.Add([]byte("Kahvi"), "name", uint16(3), byte(1))
	f.Add([]byte{}, "", uint16(0), byte(0x80))
	f.Fuzz(func(t *testing.T, body []byte, what string, at uint16, flip byte) {
		key, other := &[32]byte{1}, &[32]byte{2}
		sealed, err := seal(key, body, what)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := unseal(key, sealed, what); err != nil || !bytes.Equal(got, body) {
			t.Fatalf("%q comes back as %q, %v", body, got, err)
		}
		changed := slices.Clone(sealed)
		changed[int(at)%len(changed)] ^= flip | 1
		for name, open := range map[string]func() ([]byte, error){
			"a changed text":  func() ([]byte, error) { return unseal(key, changed, what) },
			"a cut text":      func() ([]byte, error) { return unseal(key, sealed[:int(at)%len(sealed)], what) },
			"another key":     func() ([]byte, error) { return unseal(other, sealed, what) },
			"another purpose": func() ([]byte, error) { return unseal(key, sealed, what+"x") },
			"what is none":    func() ([]byte, error) { return unseal(key, body, what) },
		} {
			if got, err := open(); err == nil || got != nil {
				t.Errorf("with %s it opens as %q", name, got)
			}
		}
	})
}

// recordsOf makes records out of any bytes: three a field, of which one begins
// the next record where it is above most.
func recordsOf(data []byte) (all []instep.Fields) {
	const most = 0xe0
	var fields []instep.Field
	for ; len(data) >= 3; data = data[3:] {
		name, kind, n := data[0], data[1], int(data[2])
		text := strings.Repeat(string(rune('a'+kind%5)), n*(1+int(kind)/5*20))
		value := []instep.Value{
			instep.String(text), instep.Int(int64(n) << (kind % 56)), instep.Bool(n%2 == 0), instep.Null(), {},
			instep.List(instep.String(text), instep.Null()), instep.Number(instep.MustDecimal(fmt.Sprintf("%d.%d", n, kind))),
		}[kind%7]
		fields = append(fields, instep.Field{Name: string(rune('a' + name%12)), Value: value})
		if name > most {
			all, fields = append(all, instep.NewFields(fields...)), nil
		}
	}
	return append(all, instep.NewFields(fields...))
}

// FuzzPacked packs records, in memory and in a file, and takes them out again
// from the last to the first.
func FuzzPacked(f *testing.F) {
	f.Add([]byte{1, 0, 3, 2, 1, 7, 0xff, 3, 0, 1, 0, 3, 3, 6, 120, 0xff, 5, 9})
	f.Add(bytes.Repeat([]byte{0xf0, 200, 255, 1, 1, 1}, 60))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 3000 {
			data = data[:3000]
		}
		records := recordsOf(data)
		sp, err := newSpill(scratchFile(t))
		if err != nil {
			t.Fatal(err)
		}
		defer sp.close()
		for _, p := range []*packed{{}, {spill: sp}} {
			places := make([]place, len(records))
			for i, rec := range records {
				if places[i] = p.add(rec, vector{uint32(i), ^uint32(i)}); places[i] == nowhere {
					t.Fatalf("there is no room for record %d", i)
				}
			}
			for i, want := range slices.Backward(records) {
				if got := fieldsAt(t, p, places[i]); !got.Equal(want) {
					t.Fatalf("record %d of %x is %s, want %s", i, data, got, want)
				}
				if v := p.vec(places[i]); p.spill != nil && !slices.Equal(v, vector{uint32(i), ^uint32(i)}) {
					t.Fatalf("record %d has the vector %v", i, v)
				}
			}
		}
	})
}

// FuzzReadLinks reads any file of links, and holds it against plain reading of
// its rows.
func FuzzReadLinks(f *testing.F) {
	f.Add("pair,left,right\na,1,2\nb,1,2\n")
	f.Add("\ufeffRight, pair ,LEFT,note\n'=1,a,\"x,\ny\",\n")
	f.Add("pair,left,right\na,1,2\na,3,2\n")
	f.Add("pair,left,right\nc,1,2\na,,2\na,1\n")
	f.Add("left,right\n1,2\n")
	f.Add("pair,left,right\na,\"1")
	f.Add("pair,left,right\n\"")
	e := &Engine{pairs: []*pair{{Pair: Pair{Name: "a"}}, {Pair: Pair{Name: "b"}}}}
	f.Fuzz(func(t *testing.T, file string) {
		rows, err := readLinks(strings.NewReader(file), e)
		if err != nil {
			if rows != nil || instep.KindOf(err) != instep.Invalid {
				t.Fatalf("%q: %v, %v", file, rows, err)
			}
			return
		}
		in := csv.NewReader(strings.NewReader(file))
		in.FieldsPerRecord = -1
		all, err := in.ReadAll()
		if err != nil {
			t.Fatalf("%q is taken though %v", file, err)
		}
		n := 0
		for name, rows := range rows {
			n += len(rows)
			var ids [2][]string
			for _, row := range rows {
				for s := range sides {
					found := slices.ContainsFunc(all[1:], func(cells []string) bool {
						return slices.ContainsFunc(cells, func(c string) bool { return instep.UnguardCell(strings.TrimSpace(c)) == row.ids[s] })
					})
					if row.ids[s] == "" || !found || slices.Contains(ids[s], row.ids[s]) {
						t.Fatalf("%q: pair %s has the row %+v", file, name, row)
					}
					ids[s] = append(ids[s], row.ids[s])
				}
			}
		}
		if n != len(all)-1 {
			t.Errorf("%q: %d rows of %d", file, n, len(all)-1)
		}
	})
}
