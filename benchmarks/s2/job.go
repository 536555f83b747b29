package main

import (
	"bufio"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/benchmarks/internal/usage"
	"github.com/instep-go/instep/internal/registers"
)

// job is one run: where its files are, and what it came to.
type job struct {
	dir   string
	n     int
	began time.Time
	laps  []lap

	pairs   int
	doubts  int // of the left side
	ranks   [4]int
	sum     uint64 // over all pairs, in any order
	out     *bufio.Writer
	outFile *os.File
}

type lap struct {
	name string
	took time.Duration
}

// done notes that a part of the job ends now.
func (j *job) done(name string) {
	now := time.Now()
	j.laps = append(j.laps, lap{name, now.Sub(j.began)})
	j.began = now
}

func (j *job) path(s instep.Side) string { return filepath.Join(j.dir, s.String()+".csv") }

func makeRegisters(j *job) error {
	if err := os.MkdirAll(j.dir, 0o755); err != nil {
		return err
	}
	return j.both(func(s instep.Side) error {
		f, err := os.Create(j.path(s))
		if err != nil {
			return err
		}
		if err := registers.Write(f, s, j.n); err != nil {
			return err
		}
		return f.Close()
	})
}

// both does something for both sides at the same time.
func (j *job) both(do func(s instep.Side) error) error {
	j.began = time.Now()
	var errs [2]error
	var wg sync.WaitGroup
	for s := range errs {
		wg.Go(func() { errs[s] = do(instep.Side(s)) })
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// create opens the file for what is found.
func (j *job) create() (err error) {
	j.outFile, err = os.Create(filepath.Join(j.dir, "found.csv"))
	j.out = bufio.NewWriterSize(j.outFile, 1<<16)
	return err
}

func (j *job) close() error {
	if err := j.out.Flush(); err != nil {
		return err
	}
	return j.outFile.Close()
}

// pair counts and writes a pair.
func (j *job) pair(left, right string, rank uint8) {
	j.pairs++
	j.ranks[rank]++
	j.sum += pairSum(left, right)
	j.line(left, right, rank)
}

func (j *job) line(left, right string, rank uint8) {
	j.out.WriteString(left)
	j.out.WriteByte(',')
	j.out.WriteString(right)
	j.out.WriteByte(',')
	j.out.WriteByte('0' + rank)
	j.out.WriteByte('\n')
}

// pairSum is FNV-1a, in a row of its own so that it costs all ways the same
// and little.
func pairSum(left, right string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(left) {
		h = (h ^ uint64(left[i])) * 1099511628211
	}
	for i := range len(right) {
		h = (h ^ uint64(right[i])) * 1099511628211
	}
	return h
}

// tell prints what the job came to.
func (j *job) tell(way string) {
	fmt.Printf("%-13s", way)
	total := time.Duration(0)
	for _, l := range j.laps {
		fmt.Printf(" %s %.3f s,", l.name, l.took.Seconds())
		total += l.took
	}
	fmt.Printf(" total %.3f s, peak %d MiB, cpu %.2f s", total.Seconds(), usage.PeakMiB(), usage.CPUSeconds())
	if j.pairs > 0 {
		fmt.Printf("; %d pairs %v, %d in doubt, checksum %016x", j.pairs, j.ranks[1:], j.doubts, j.sum)
	}
	fmt.Println()
}

// loop is a fixed piece of work by which machines can be compared: it needs
// neither memory nor files.
func loop(j *job) error {
	j.began = time.Now()
	h := fnv.New64a()
	var b [64]byte
	for i := range 10_000_000 {
		b[i&63]++
		_, _ = h.Write(b[:])
	}
	j.done(fmt.Sprintf("fnv %02x", h.Sum64()&0xff))
	return nil
}
