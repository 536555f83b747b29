//go:build unix

package usage

import (
	"runtime"
	"syscall"
)

func rusage() (u syscall.Rusage) {
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return u
}

// PeakMiB is the most memory that was resident.
func PeakMiB() int64 {
	u := rusage()
	if runtime.GOOS == "darwin" { // in bytes there
		return int64(u.Maxrss) >> 20
	}
	return int64(u.Maxrss) >> 10
}

// CPUSeconds is the time that processors have spent on it; 0 where it is not
// known.
func CPUSeconds() float64 {
	u := rusage()
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}
