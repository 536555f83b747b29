//go:build !unix

package usage

// PeakMiB is 0: it is not known here.
func PeakMiB() int64 { return 0 }

// CPUSeconds is the time that processors have spent on it; 0 where it is not
// known.
func CPUSeconds() float64 { return 0 }
