package crashtest

import (
	"maps"
	"os"
	"sync"
	"time"
)

// boundary is a kind of moment at which a process may die.
type boundary string

const (
	beforeCommit boundary = "before a commit"
	atRow        boundary = "at a row of a commit"
	atLast       boundary = "before a commit is made to last"
	afterCommit  boundary = "after a commit"
	beforeSend   boundary = "before a write call"
	lateSend     boundary = "while a write call is on its way"
	afterSend    boundary = "after a write call"
)

// fuse counts the moments, and ends the process at one of them. Nil does
// nothing.
type fuse struct {
	what boundary
	at   int // of that kind, from 1 on; 0: never
	each func(boundary, int)

	mu   sync.Mutex
	seen map[boundary]int
}

// reach is called at each moment.
func (f *fuse) reach(what boundary) {
	if f == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen[what]++
	if what == f.what && f.seen[what] == f.at {
		die()
	}
	if f.each != nil {
		f.each(what, f.seen[what])
	}
}

// next reports whether the process ends at the next moment of the kind.
func (f *fuse) next(what boundary) bool {
	if f == nil {
		return false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return what == f.what && f.seen[what]+1 == f.at
}

func (f *fuse) counts() map[boundary]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.seen)
}

// die ends the process as SIGKILL does: it can do nothing about it.
func die() {
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	if err != nil {
		panic(err)
	}
	time.Sleep(time.Minute) // whoever comes here is already dead
}
