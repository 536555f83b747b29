//go:build !unix

package main

import (
	"context"
	"os/exec"
	"time"
)

func testCommand(ctx context.Context, _ time.Duration, path string, args []string) *exec.Cmd {
	return exec.CommandContext(ctx, path, args...)
}

func toolCommand(ctx context.Context, name string, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, name, args...)
}
