//go:build unix

package sqlite_test

import (
	"syscall"
	"time"
)

// processTime is how long the process has used processors.
func processTime() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
