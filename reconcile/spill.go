package reconcile

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"io"
	"slices"
	"sync"

	"github.com/instep-go/instep"
)

// spill keeps blocks of an arena in a file. They are encrypted with a key that
// nobody but this process has and that ends with it, so that nothing can be
// read from what a crash leaves on the disk.
type spill struct {
	file Scratch
	aead cipher.AEAD
	buf  []byte
	mu   sync.Mutex // guards buf and what follows: a plan may be read by several at once
	hand [4]block   // the blocks that were read last
	next int        // the one of them to be replaced
}

type block struct {
	n    int // -1: none
	text string
}

// Scratch is a file for temporary data, such as an [os.File].
type Scratch interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
}

// newSpill encrypts what goes into a file.
func newSpill(file Scratch) (*spill, error) {
	var key [32]byte
	_, _ = rand.Read(key[:]) // it never fails
	keyed, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(keyed)
	if err != nil {
		return nil, err
	}
	none := block{n: -1}
	return &spill{file: file, aead: aead, hand: [...]block{none, none, none, none}}, nil
}

// spillFor returns the file for what is not held of a side; nil if there is to
// be none. A side that cannot be read by id is held as a whole.
func (ps *pass) spillFor(s instep.Side) (*spill, error) {
	if ps.engine.opt.Spill == nil || ps.pair.side[s].getter == nil {
		return nil, nil
	}
	file, err := ps.engine.opt.Spill()
	if err != nil {
		return nil, &instep.Error{
			Kind: instep.Config, Op: "make a temporary file", Err: err, Remedy: "mend Options.Spill, or leave it nil",
		}
	}
	return newSpill(file)
}

// nonce is never used twice: a block is written once.
func (sp *spill) nonce(n int) []byte {
	nonce := make([]byte, sp.aead.NonceSize())
	binary.LittleEndian.PutUint64(nonce, uint64(n))
	return nonce
}

func (sp *spill) offset(n int) int64 { return int64(n) * int64(arenaBlock+sp.aead.Overhead()) }

// put writes block n, and reports whether that went well.
func (sp *spill) put(n int, text string) bool {
	var plain [arenaBlock]byte
	if len(text) > len(plain) {
		return false
	}
	copy(plain[:], text)
	sp.buf = sp.aead.Seal(sp.buf[:0], sp.nonce(n), plain[:], nil)
	_, err := sp.file.WriteAt(sp.buf, sp.offset(n))
	return err == nil
}

// get reads block n, and reports whether it is what was put there.
func (sp *spill) get(n int) (text string, ok bool) {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	for i := range sp.hand {
		if sp.hand[i].n == n {
			return sp.hand[i].text, true
		}
	}
	size := arenaBlock + sp.aead.Overhead()
	sp.buf = slices.Grow(sp.buf[:0], size)[:size]
	if _, err := sp.file.ReadAt(sp.buf, sp.offset(n)); err != nil {
		return "", false
	}
	plain, err := sp.aead.Open(sp.buf[:0], sp.nonce(n), sp.buf, nil)
	if err != nil {
		return "", false
	}
	text = string(plain)
	sp.hand[sp.next] = block{n, text}
	sp.next = (sp.next + 1) % len(sp.hand)
	return text, true
}

func (sp *spill) close() {
	if sp != nil {
		_ = sp.file.Close()
	}
}
