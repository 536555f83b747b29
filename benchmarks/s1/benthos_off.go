//go:build !benthos

package main

import (
	"context"
	"errors"
)

func benthos(context.Context, *client, options) error {
	return errors.New("this peer takes minutes to build: go run -tags benthos ./s1")
}
