// Program vendors serves the fake systems of this module on ports of this
// machine, over HTTP and HTTPS, until it is stopped. A program in any language
// can be tested against them: start it, read the base URLs and credentials it
// prints, and use them like those of a real company.
//
//	go run ./examples/vendors                                  with 520 made-up products, 340 customers, 100 suppliers
//	go run ./examples/vendors -dir data -products 2000         keeps its records in ./data
//	go run ./examples/vendors -products 0 -customers 5000      has no products, and many customers
//	go run ./examples/vendors -json                            one line of JSON, for programs
//	go run ./examples/vendors -faults "lost=5%,429=5%,500=2%"  misbehaves
//
// The sizes count what there is over all vendors: a firm in both systems counts
// once. Each register begins with the records that make a person look twice,
// such as one number that two firms have; a small size has only those. What is
// made is printed, and how many of it each vendor holds.
//
// The fakes answer on 127.0.0.1 only. With -dir a killed server loses nothing:
// started again on the folder, it goes on with the same records, and -seed,
// -products, -customers, -suppliers and -empty then say nothing. One server at a
// time may use a folder.
//
// HTTPS uses a certificate that is made at the start. Its PEM file is named in
// what is printed; have your client trust it. On Linux a Go program does so
// with SSL_CERT_FILE.
//
// # The control door
//
// With -control TOKEN, or the token in VENDORS_CONTROL_TOKEN, which other users
// of the machine cannot see, each vendor has a control URL. Requests to it carry
// the header "Authorization: Bearer TOKEN":
//
//	GET  records        all records, as JSON Lines
//	GET  log            the newest 10,000 requests, as JSON Lines
//	POST faults?seed=7  sets the faults from a body such as "lost=5%,slow=200ms"
//
// The exit status is 0 after SIGINT or SIGTERM, and 1 where something was wrong
// at the start.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr, os.Getenv))
}

// run serves until ctx ends and returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer, getenv func(string) string) int {
	err := serve(ctx, args, stdout, stderr, getenv)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintln(stderr, "vendors: "+err.Error())
		return 1
	}
	return 0
}

func serve(ctx context.Context, args []string, stdout, stderr io.Writer, getenv func(string) string) error {
	set, err := parse(args, stderr, getenv)
	if err != nil {
		return err
	}
	s, err := open(ctx, set)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.announce(stdout, set.json); err != nil {
		return err
	}
	return s.serve(ctx)
}
