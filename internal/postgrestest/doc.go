// Package postgrestest gives tests a PostgreSQL: a database of their own each,
// in the server that INSTEP_POSTGRES_URL names, or else in a cluster that is
// made from the installed binaries for the one test process and is gone with
// it, also if the process is killed.
//
// Where there is neither, tests are skipped and say so, for `go test ./...`
// needs Go alone. With INSTEP_POSTGRES=require they fail instead, and with
// INSTEP_POSTGRES=skip they are skipped in any case.
package postgrestest
