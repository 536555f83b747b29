package fakeserver

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// replayed is what a journal's file should come to, read in a plain way: the
// keys in the order of their first insertion, and their values. It is false
// for a file that is damaged elsewhere than at its end.
func replayed(file []byte) (keys []string, values map[string]int, ok bool) {
	values = map[string]int{}
	lines := bytes.SplitAfter(file, []byte("\n"))
	for _, raw := range lines[:len(lines)-1] { // what follows the last line end is torn
		var l struct {
			K string `json:"k"`
			V *int   `json:"v"`
			D bool   `json:"d"`
		}
		if json.Unmarshal(raw, &l) != nil || l.V == nil && !l.D {
			return nil, nil, false
		}
		if l.D {
			delete(values, l.K)
			keys = slices.DeleteFunc(keys, func(k string) bool { return k == l.K })
			continue
		}
		if _, there := values[l.K]; !there {
			keys = append(keys, l.K)
		}
		values[l.K] = *l.V
	}
	return keys, values, true
}

// FuzzJournal opens a file of any content, changes it, and opens it again.
func FuzzJournal(f *testing.F) {
	f.Add([]byte(`{"k":"a","v":1}`+"\n"+`{"k":"b","v":2}`+"\n"+`{"k":"a","d":true}`+"\n"), "b")
	f.Add([]byte(`{"k":"a","v":1}`+"\n"+`{"k":"b","v"`), "a")
	f.Add([]byte("\n"), "")
	f.Add([]byte(`{"K":"a","V":1,"d":false}`+"\r\n"+`{"k":"\ud800","v":null,"d":true}`+"\n"), "\xff")
	f.Fuzz(func(t *testing.T, file []byte, key string) {
		dir := t.TempDir()
		path := filepath.Join(dir, "j.jsonl")
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		keys, values, ok := replayed(file)
		j, err := OpenJournal[int](dir, "j")
		if (err == nil) != ok {
			t.Fatalf("%q: %v", file, err)
		}
		if err != nil {
			if left, _ := os.ReadFile(path); !bytes.Equal(left, file) {
				t.Fatalf("a damaged file was changed from %q to %q", file, left)
			}
			return
		}
		same := func(j *Journal[int], values map[string]int) {
			t.Helper()
			var got []string
			for k, v := range j.Load() {
				got = append(got, k)
				if v != values[k] {
					t.Errorf("%q: %q is %d, want %d", file, k, v, values[k])
				}
			}
			if diff := cmp.Diff(keys, got); diff != "" {
				t.Errorf("%q: %s", file, diff)
			}
		}
		same(j, values)
		key = string(append([]rune("k"), []rune(key)...)) // JSON has no other texts
		after := maps.Clone(values)
		if _, there := after[key]; !there {
			keys = append(keys, key)
		}
		after[key] = 77
		if err := j.Put(key, 77); err != nil {
			t.Fatal(err)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		if j, err = OpenJournal[int](dir, "j"); err != nil {
			t.Fatalf("%q cannot be opened again: %v", file, err)
		}
		same(j, after)
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
