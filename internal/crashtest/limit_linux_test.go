package crashtest

import (
	"os"
	"os/signal"
	"syscall"
)

// limitFiles bounds the size of every file that this process writes. The write
// that goes beyond writes what fits, and the next one fails; Go takes no notice
// of the signal that comes with it. If die is set, that is the end.
func limitFiles(bytes int64, torn bool) error {
	if torn {
		reached := make(chan os.Signal, 1)
		signal.Notify(reached, syscall.SIGXFSZ)
		go func() {
			<-reached
			die()
		}()
	}
	var now syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &now); err != nil {
		return err
	}
	now.Cur = uint64(bytes)
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &now)
}
