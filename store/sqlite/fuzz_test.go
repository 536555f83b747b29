package sqlite

import (
	"bytes"
	"encoding/hex"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/instep-go/instep"
)

// FuzzSegment reads any bytes as entries of an index. What can be read is
// written in order and read again, and each of its keys is found.
func FuzzSegment(f *testing.F) {
	for _, keys := range []bool{false, true} {
		w := segWriter{keys: keys}
		for i, key := range []string{"1", "10", "100000000000000000000000001", "100000000000000000000000002", "2"} {
			w.add([]byte(key), entry{uint64(i) << 60, instep.LinkID(1) << (7 * i)})
		}
		f.Add(w.body, keys)
	}
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0x03}, false)
	f.Fuzz(func(t *testing.T, body []byte, keys bool) {
		all := map[string]entry{}
		r := segReader{rest: body, keys: keys}
		for r.next() {
			all[string(r.key)] = r.entry
		}
		if err := r.err(); err != nil {
			if instep.KindOf(err) != instep.Malformed {
				t.Fatal(err)
			}
			return
		}
		w := segWriter{keys: keys}
		order := slices.Sorted(maps.Keys(all))
		for _, key := range order {
			w.add([]byte(key), all[key])
		}
		again := segReader{rest: w.body, keys: keys}
		for _, key := range order {
			if !again.next() || string(again.key) != key || again.entry != all[key] {
				t.Fatalf("%x: %q is read again as %q, %+v, want %+v", body, key, again.key, again.entry, all[key])
			}
		}
		if again.next() || again.err() != nil || keys {
			return // only records are looked up
		}
		for _, key := range append(order, "", "0", "\xff\xff\xff\xff") {
			want, there := all[key]
			in := segReader{rest: w.body}
			if got, found := in.find(key); found != there || got != want || in.bad {
				t.Fatalf("%x: found of %q is %+v, %t; want %+v, %t", w.body, key, got, found, want, there)
			}
		}
	})
}

// FuzzKeyFile reads any file as that of the hash key. Nothing of it shows in an
// error.
func FuzzKeyFile(f *testing.F) {
	f.Add([]byte("00112233445566778899aabbccddeeFF\n"))
	f.Add([]byte(" 00112233445566778899aabbccddeeff\r\n\r\n"))
	f.Add([]byte("00112233445566778899aabbccddee"))
	f.Add([]byte("00112233445566778899aabbccddeegg"))
	f.Add(append([]byte("00112233445566778899aabbccddeeff"), make([]byte, 2000)...))
	form := regexp.MustCompile(`^[0-9a-fA-F]{32}$`)
	f.Fuzz(func(t *testing.T, file []byte) {
		path := filepath.Join(t.TempDir(), keyName)
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		key, err := readKey(path)
		text := strings.TrimSpace(string(file[:min(len(file), 1024)]))
		if ok := form.MatchString(text); ok != (err == nil) {
			t.Fatalf("%q: %v", file, err)
		}
		if err != nil {
			if err.Error() != errNoKey.Error() {
				t.Fatalf("the error %q is made of the file", err)
			}
			return
		}
		if got := hex.EncodeToString(key[:]); got != strings.ToLower(text) {
			t.Fatalf("%q is read as %s", file, got)
		}
		if err := writeKey(path, key); err != nil {
			t.Fatal(err)
		}
		if again, err := readKey(path); err != nil || !bytes.Equal(again[:], key[:]) {
			t.Fatalf("%x is read again as %x, %v", key, again, err)
		}
	})
}
