package sqlite

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/instep-go/instep"
)

// keyName is the name of the file with the hash key, in hexadecimal digits.
const keyName = "hash.key"

// takeKey finds the hash key and compares it with the one the state was made
// with. A folder that has no state yet gets one.
func (s *Store) takeKey(ctx context.Context, o *Options) error {
	check, err := s.db.keyCheck(ctx)
	if err != nil {
		return err
	}
	if err := s.findKey(o, check != nil); err != nil {
		return err
	}
	want := keyCheck(s.key)
	if check == nil {
		_, err := s.db.exec(ctx, "INSERT INTO meta (name, value) VALUES ('key_check', ?)", want)
		return err
	}
	if subtle.ConstantTimeCompare(check, want) != 1 {
		if o.Key != nil {
			return mismatch(s.dir, "it was made with another hash key", "give the key it was made with, or name another folder")
		}
		return mismatch(s.dir, "the file "+keyName+" is not the one it was made with", "put back the right one from a backup")
	}
	return nil
}

// keyCheck returns the check of the key that the state was made with, nil if
// there is no state.
func (d *db) keyCheck(ctx context.Context) (check []byte, err error) {
	there := false
	err = d.query(ctx, "SELECT 1 FROM sqlite_schema WHERE name = 'meta'", nil, func([]any) error { there = true; return nil })
	if err != nil || !there {
		return nil, err
	}
	err = d.query(ctx, "SELECT value FROM meta WHERE name = 'key_check'", nil, func(row []any) error {
		check = blob(row[0])
		return nil
	})
	return check, err
}

// keyCheck tells keys apart without giving them away.
func keyCheck(key [16]byte) []byte {
	h := hmac.New(sha256.New, key[:])
	h.Write([]byte("instep hash key"))
	return h.Sum(nil)[:16]
}

// findKey sets the key from the options or the folder, or makes one if there
// is no state that could need another.
func (s *Store) findKey(o *Options, used bool) error {
	if o.Key != nil {
		s.key = *o.Key
		return nil
	}
	path := filepath.Join(s.dir, keyName)
	key, err := readKey(path)
	switch {
	case err == nil:
		s.key = key
		return nil
	case errors.Is(err, errNoKey):
		return mismatch(s.dir, err.Error(), "put back "+keyName+" from a backup")
	case !errors.Is(err, fs.ErrNotExist):
		return &instep.Error{Kind: instep.Config, Err: err, Remedy: "see to it that this program may read " + keyName}
	case used:
		return mismatch(s.dir, "the file "+keyName+" is missing", "put it back from a backup, or give the key it was made with")
	}
	if _, err := rand.Read(s.key[:]); err != nil {
		return err
	}
	return writeKey(path, s.key)
}

var errNoKey = fmt.Errorf("the file %s is not a line of 32 hexadecimal digits", keyName)

func readKey(path string) (key [16]byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return key, err
	}
	text, err := io.ReadAll(io.LimitReader(f, 1024))
	if err = errors.Join(err, f.Close()); err != nil {
		return key, err
	}
	b, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(b) != len(key) {
		return key, errNoKey // err would show parts of it
	}
	return [16]byte(b), nil
}

// writeKey puts the key on disk before anything depends on it, and never half
// of it.
func writeKey(path string, key [16]byte) error {
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(hex.EncodeToString(key[:]) + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	syncFolder(filepath.Dir(path))
	return nil
}

// syncFolder puts a new name on disk where the system knows how: Windows does
// not, and does it by itself.
func syncFolder(dir string) {
	if f, err := os.Open(dir); err == nil {
		_ = f.Sync()
		_ = f.Close()
	}
}
