//go:build !linux

package crashtest

import "github.com/instep-go/instep"

func limitFiles(int64) error { return instep.Unsupported }

func becomeNobody() error { return instep.Unsupported }
