package fakeserver

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"sync"
)

// Journal keeps values by key, in memory and, given a folder, in a file of
// JSON lines to which each change appends one line with one write. A process
// killed at any moment loses nothing that Put or Delete returned from; a power
// cut may. One process at a time may have a journal open. It is safe for
// concurrent use. Values are kept as given: what they point to must not change
// after Put, and none may encode to JSON null.
type Journal[T any] struct {
	mu      sync.Mutex
	path    string // "" keeps all in memory
	file    appendFile
	size    int64 // bytes of whole lines in file
	closed  bool
	entries map[string]*entry[T]
	order   []*entry[T] // by first insertion; removed ones stay until compacted
	removed int
}

// appendFile is what a journal needs of its *os.File.
type appendFile interface {
	io.WriteCloser
	Truncate(size int64) error
}

type entry[T any] struct {
	key   string
	value T
	gone  bool
}

// line is the form of a change in the file.
type line[T any] struct {
	Key    string `json:"k"`
	Value  *T     `json:"v,omitempty"`
	Delete bool   `json:"d,omitempty"`
}

var errClosed = errors.New("journal is closed")

// OpenJournal opens or makes the journal dir/name.jsonl, and dir itself where
// it is missing. A torn last line, left by a write cut short, is dropped; a
// line that cannot be read before the last is an error that names it. Lines
// that no longer count are removed from the file. With dir "" nothing is
// written anywhere.
func OpenJournal[T any](dir, name string) (*Journal[T], error) {
	j := &Journal[T]{entries: map[string]*entry[T]{}}
	if dir == "" {
		return j, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("journal %s: %w", name, err)
	}
	j.path = filepath.Join(dir, name+".jsonl")
	stale, err := j.read()
	if err == nil && stale {
		err = j.compact()
	}
	if err != nil {
		return nil, fmt.Errorf("journal %s: %w", j.path, err)
	}
	f, err := os.OpenFile(j.path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return nil, fmt.Errorf("journal %s: %w", j.path, err)
	}
	j.file = f
	return j, nil
}

// Load returns the keys with their last values, in the order of their first
// insertion. It shows the journal as it was at the call.
func (j *Journal[T]) Load() iter.Seq2[string, T] {
	j.mu.Lock()
	defer j.mu.Unlock()
	all := make([]entry[T], 0, len(j.entries))
	for _, e := range j.order {
		if !e.gone {
			all = append(all, *e)
		}
	}
	return func(yield func(string, T) bool) {
		for _, e := range all {
			if !yield(e.key, e.value) {
				return
			}
		}
	}
}

// Put sets the value of key. It returns once the operating system has the
// change; after an error the old value stands.
func (j *Journal[T]) Put(key string, v T) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.write(line[T]{Key: key, Value: &v}); err != nil {
		return fmt.Errorf("journal: put %q: %w", key, err)
	}
	j.put(key, v)
	return nil
}

// Delete removes key; one that is not there is no error. It is as durable as
// Put.
func (j *Journal[T]) Delete(key string) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if _, ok := j.entries[key]; !ok && !j.closed {
		return nil
	}
	if err := j.write(line[T]{Key: key, Delete: true}); err != nil {
		return fmt.Errorf("journal: delete %q: %w", key, err)
	}
	j.remove(key)
	return nil
}

// Close closes the file. Later changes fail. A second Close does nothing.
func (j *Journal[T]) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		return nil
	}
	j.closed = true
	if j.file == nil {
		return nil
	}
	return j.file.Close()
}

func (j *Journal[T]) put(key string, v T) {
	if e, ok := j.entries[key]; ok {
		e.value = v
		return
	}
	e := &entry[T]{key: key, value: v}
	j.entries[key] = e
	j.order = append(j.order, e)
}

func (j *Journal[T]) remove(key string) {
	e, ok := j.entries[key]
	if !ok {
		return
	}
	var zero T
	e.gone, e.value = true, zero
	delete(j.entries, key)
	if j.removed++; j.removed < 64 || j.removed < len(j.order)/2 {
		return
	}
	live := make([]*entry[T], 0, len(j.entries))
	for _, e := range j.order {
		if !e.gone {
			live = append(live, e)
		}
	}
	j.order, j.removed = live, 0
}

// write appends one line. When the line did not go out as a whole, the file is
// cut back, so that the next line does not run into a torn one.
func (j *Journal[T]) write(l line[T]) error {
	if j.closed {
		return errClosed
	}
	if j.file == nil {
		return nil
	}
	b, err := json.Marshal(l)
	if err != nil {
		return err
	}
	b = append(b, '\n')
	if _, err := j.file.Write(b); err != nil {
		if cut := j.file.Truncate(j.size); cut != nil {
			j.closed = true
			return errors.Join(err, cut, j.file.Close())
		}
		return err
	}
	j.size += int64(len(b))
	return nil
}

// read takes in the file. It reports whether the file holds more than what
// counts.
func (j *Journal[T]) read() (stale bool, err error) {
	f, err := os.Open(j.path)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer func() { _ = f.Close() }()
	in := bufio.NewReaderSize(f, 1<<20)
	lines := 0
	for {
		raw, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return len(raw) > 0 || lines != len(j.entries), nil
		}
		if err != nil {
			return false, err
		}
		lines++
		if err := j.replay(raw); err != nil {
			return false, fmt.Errorf("line %d: %w", lines, err)
		}
		j.size += int64(len(raw))
	}
}

func (j *Journal[T]) replay(raw []byte) error {
	var l line[T]
	if err := json.Unmarshal(bytes.TrimSpace(raw), &l); err != nil {
		return err
	}
	switch {
	case l.Delete:
		j.remove(l.Key)
	case l.Value != nil:
		j.put(l.Key, *l.Value)
	default:
		return errors.New("neither a value nor a removal")
	}
	return nil
}

// compact writes the entries that count beside the file and renames them over
// it, so that a kill leaves the old file or the new one.
func (j *Journal[T]) compact() error {
	tmp := j.path + ".tmp"
	f, err := os.Create(tmp)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(f, 1<<20)
	enc := json.NewEncoder(out)
	for key, v := range j.Load() {
		if err = enc.Encode(line[T]{Key: key, Value: &v}); err != nil {
			break
		}
	}
	if err = errors.Join(err, out.Flush()); err == nil {
		j.size, err = f.Seek(0, io.SeekEnd)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(tmp))
	}
	return os.Rename(tmp, j.path)
}
