//go:build unix

package postgrestest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"
)

// guardian runs the server until its standard input ends, which it does with
// the process that holds the other end, however that comes to an end.
const guardian = `"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c full_page_writes=off \
-c max_prepared_transactions=8 -c max_connections=60 -c autovacuum=off -c shared_buffers=32MB </dev/null &
server=$!
read -r nothing
kill -QUIT $server
wait $server
rm -rf "$2"`

// start makes a cluster in a temporary folder and runs its server.
func start() (running, error) {
	bin, err := binaries()
	if err != nil {
		return running{}, err
	}
	dir, attr, err := home()
	if err != nil {
		return running{}, err
	}
	initdb := exec.CommandContext(context.Background(), filepath.Join(bin, "initdb"), "-D", filepath.Join(dir, "data"), "-U", "postgres", "-A", "trust",
		"-E", "UTF8", "--locale=C", "--no-sync")
	initdb.SysProcAttr, initdb.Dir = attr, dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return running{}, errors.Join(fmt.Errorf("initdb: %w: %s", err, out), os.RemoveAll(dir))
	}
	alive, err := serve(bin, dir, attr)
	if err != nil {
		return running{}, err
	}
	address := url.URL{Scheme: "postgres", Path: "/postgres", RawQuery: url.Values{"host": {dir}, "user": {"postgres"}}.Encode()}
	return running{address.String(), alive}, ready(address.String(), dir)
}

// serve starts the server. Its output goes to a file: go test waits for
// whoever holds its own.
func serve(bin, dir string, attr *syscall.SysProcAttr) (io.Closer, error) {
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return nil, err
	}
	server := exec.CommandContext(context.Background(), "/bin/sh", "-c", guardian, "sh", bin, dir)
	server.SysProcAttr, server.Dir, server.Stdout, server.Stderr = attr, dir, log, log
	alive, err := server.StdinPipe()
	if err != nil {
		return nil, errors.Join(err, log.Close())
	}
	return alive, errors.Join(server.Start(), log.Close())
}

// ready waits until the server answers.
func ready(address, dir string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		err := run(address, "SELECT 1")
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			log, _ := os.ReadFile(filepath.Join(dir, "log")) // what there is of it
			return fmt.Errorf("the server does not answer: %w: %s", err, log)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// home makes the folder of a cluster, with a path that is short enough for a
// socket. PostgreSQL refuses to run as root: then it belongs to another user.
func home() (string, *syscall.SysProcAttr, error) {
	parent := os.TempDir()
	if len(parent) > 60 {
		parent = "/tmp"
	}
	dir, err := os.MkdirTemp(parent, "instep-pg-")
	if err != nil {
		return "", nil, err
	}
	attr := &syscall.SysProcAttr{Setpgid: true} // an interrupt is for the tests
	if os.Geteuid() != 0 {
		return dir, attr, nil
	}
	owner, err := user.Lookup("postgres")
	if err != nil {
		owner, err = user.Lookup("nobody")
	}
	if err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(dir))
	}
	uid, bad := strconv.ParseUint(owner.Uid, 10, 32)
	gid, worse := strconv.ParseUint(owner.Gid, 10, 32)
	attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	if err := cmp.Or(bad, worse, os.Chown(dir, int(uid), int(gid))); err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(dir))
	}
	return dir, attr, nil
}

// binaries finds the folder of the server's programs: the path first, else the
// newest of the places where systems put them.
func binaries() (string, error) {
	if found, err := exec.LookPath("initdb"); err == nil {
		target, err := filepath.EvalSymlinks(found)
		if err == nil {
			return filepath.Dir(target), nil
		}
	}
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin"} {
		found, err := filepath.Glob(filepath.Join(pattern, "initdb"))
		if err == nil && len(found) > 0 {
			return filepath.Dir(slices.Max(found)), nil
		}
	}
	return "", errors.New("initdb is neither in the path nor where PostgreSQL usually is")
}
