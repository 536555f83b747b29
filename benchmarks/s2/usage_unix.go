//go:build unix

package main

import (
	"runtime"
	"syscall"
)

func usage() (u syscall.Rusage) {
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return u
}

// peakMiB is the most memory that was resident.
func peakMiB() int64 {
	u := usage()
	if runtime.GOOS == "darwin" { // in bytes there
		return int64(u.Maxrss) >> 20
	}
	return int64(u.Maxrss) >> 10
}

func cpuSeconds() float64 {
	u := usage()
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}
