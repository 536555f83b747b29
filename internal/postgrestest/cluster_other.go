//go:build !unix

package postgrestest

import "errors"

// start is for systems with sockets and shells of the usual kind.
func start() (running, error) {
	return running{}, errors.New("on this system a server is not started for tests")
}
