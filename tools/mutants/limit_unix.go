//go:build unix

package main

import (
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"syscall"
	"time"
)

// mostMemory is the address space that tests may take, in KiB.
const mostMemory = 6 << 20

// grace is how much longer a test program may compute that was told to stop: it
// says where it was, unless it cannot.
const grace = 10 * time.Second

// niceness lets other programs of the machine go first.
const niceness = 15

// testCommand returns the command of a test program, which takes no more than
// its share of memory and so much of the processors. When it is cut short, so is
// all that it started.
func testCommand(ctx context.Context, cpu time.Duration, path string, args []string) *exec.Cmd {
	script := fmt.Sprintf(`ulimit -v %d; ulimit -H -t %d; ulimit -S -t %d; exec nice -n %d "$0" "$@"`,
		mostMemory, int((cpu + grace).Seconds()), int(cpu.Seconds()), niceness)
	cmd := exec.CommandContext(ctx, "sh", append([]string{"-c", script, path}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	return cmd
}

// toolCommand returns the command of a tool.
func toolCommand(ctx context.Context, name string, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, "nice", append([]string{"-n", strconv.Itoa(niceness), name}, args...)...)
}
