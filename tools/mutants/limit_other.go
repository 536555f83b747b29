//go:build !unix

package main

import (
	"context"
	"os/exec"
)

func testCommand(ctx context.Context, path string, args []string) *exec.Cmd {
	return exec.CommandContext(ctx, path, args...)
}

func yield() error { return nil }
