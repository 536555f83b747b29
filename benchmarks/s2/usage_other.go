//go:build !unix

package main

func peakMiB() int64 { return 0 }

func cpuSeconds() float64 { return 0 }
