//go:build !duckdb

package main

import "errors"

func duckDB(*job) error {
	return errors.New("DuckDB needs a C compiler: go run -tags duckdb ./s2")
}
