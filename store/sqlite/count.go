package sqlite

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// countName is the name of the file with the number of commits. It is a file
// of its own because it is written all the time, and the one with the key is
// to be written once and never again: the state is worthless without it.
const countName = "commits"

// maxCount is more than there can ever be.
const maxCount = 1 << 62

// counter is the file that says how many commits the state has had. A number
// below that of the state means nothing: a process or machine has ended
// between the two. A number above it means that the state is not the last one.
type counter struct{ f *os.File }

// openCounter opens the file in the folder, or makes it, and returns its
// number: 0 if there is none yet, maxCount if it cannot be read.
func openCounter(dir string) (*counter, uint64, error) {
	f, err := os.OpenFile(filepath.Join(dir, countName), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, 0, err
	}
	text, err := io.ReadAll(io.LimitReader(f, 64))
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return &counter{f}, readCount(string(text)), nil
}

// countText is the content of the file for a number. All have the same length,
// so that one can be written over another.
func countText(n uint64) string { return fmt.Sprintf("%020d\n", n) }

// readCount reads the number. Zeros alone are what some file systems leave of
// a new file when the power fails: they count as none.
func readCount(text string) uint64 {
	if strings.Trim(text, "\x00") == "" {
		return 0
	}
	n, err := strconv.ParseUint(text[:len(text)-1], 10, 64)
	if err != nil || n > maxCount || text != countText(n) {
		return maxCount
	}
	return n
}

// set writes a number and waits until it is on disk.
func (c *counter) set(n uint64) error {
	text := countText(n)
	if _, err := c.f.WriteAt([]byte(text), 0); err != nil {
		return err
	}
	if err := c.f.Truncate(int64(len(text))); err != nil { // in case that it was something else
		return err
	}
	return c.f.Sync()
}

// raise writes a number, and waits for nothing: that it is lost does no harm.
func (c *counter) raise(n uint64) { _, _ = c.f.WriteAt([]byte(countText(n)), 0) }

func (c *counter) close() error {
	if c == nil {
		return nil
	}
	return errors.Join(c.f.Sync(), c.f.Close())
}
