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
// # Faults
//
// With -faults each request draws whether something goes wrong with it. Names
// take a share, such as 5%, and exclude each other:
//
//	lostbefore  the connection breaks, and nothing was done
//	lost        the connection breaks, although it was done
//	429         refused; how long to wait is said as retryafter says
//	500         refused
//	500after    refused, although it was done
//	late        the connection breaks, and it is done as much later as lateby says
//	504late     the same, with a 504 for an answer
//	slowreply   done at once, and the whole reply comes as much later as slowby says
//
// The others are settings: lateby=90s, slowby=3s, slow=200ms, by which every
// request waits before anything is done with it, and retryafter, which is a
// number of seconds (0 as well, which some gateways say), date or date+300ms for
// an HTTP date so much later (it has whole seconds, so less than one is 0 or 1),
// or none for a 429 without the header. Without it, a 429 says 1.
//
// # The control door
//
// With -control TOKEN, or the token in VENDORS_CONTROL_TOKEN, which other users
// of the machine cannot see, each vendor has a control URL. Requests to it carry
// the header "Authorization: Bearer TOKEN":
//
//	GET  records        all records, as JSON Lines
//	GET  log            the newest 10,000 requests, as JSON Lines
//	GET  reached?n=120  answers once the 120th request arrives, with the number so far
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
