package crashtest

import "syscall"

// limitFiles bounds the size of every file that this process writes. The write
// that goes beyond writes what fits, and the next one fails; Go takes no notice
// of the signal that comes with it.
func limitFiles(bytes int64) error {
	var now syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &now); err != nil {
		return err
	}
	now.Cur = uint64(bytes)
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &now)
}

// becomeNobody gives up the rights of root.
func becomeNobody() error {
	const nobody = 65534
	if err := syscall.Setgroups(nil); err != nil {
		return err
	}
	if err := syscall.Setgid(nobody); err != nil {
		return err
	}
	return syscall.Setuid(nobody)
}
