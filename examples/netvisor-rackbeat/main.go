// Program netvisor-rackbeat keeps the customers, suppliers and products of
// Rackbeat and Netvisor in step. Without further ado it does so for two fake
// systems with made-up records, which keep their data in a folder beside the
// state, so that a second run meets the same two systems:
//
//	go run ./examples/netvisor-rackbeat                         shows what it would do
//	go run ./examples/netvisor-rackbeat -report                 tells it in plain words
//	go run ./examples/netvisor-rackbeat -apply                  does it
//	go run ./examples/netvisor-rackbeat -apply                  finds nothing left to do
//	go run ./examples/netvisor-rackbeat -apply -changes 50      edits 25 records of each register in each, then runs
//
// -registers chooses among customers, suppliers and products. Rackbeat owns
// them: what is edited there is written to Netvisor; what is edited in Netvisor
// is reported as drift and left alone (-drift revert writes Rackbeat's value
// back). Whose values stand in the first load is chosen by -from, and what
// becomes of the counterpart of a deleted record by -deletes: unless told
// otherwise, nothing. The pairing of fields is in customers.go, suppliers.go
// and products.go.
//
// # What belongs together
//
// The product code decides which products belong together. Customers find each
// other as the vendors' own page about this pairing says: by number (digits
// only, the first not 0), then by business id, then by name; suppliers likewise,
// which is inferred. On a hit, the card of the side that is not -from takes the
// other's values, its number too if nobody else has it.
//
// Two records that have only the number in common wait for a person: both
// systems number by themselves, and two firms with one number is what the
// vendors warn of. -trust-numbers links them. Records that have only the name in
// common are linked, as the page says; -names propose asks about them. A plan
// says how many there are of either before anything is written. What contradicts
// itself, such as one number with two business ids, is never linked by a rule.
//
// New records of Rackbeat need a layout, a VAT zone and more that Netvisor has
// no field for. The VAT zone is that of the country; a country that is missing is
// taken for Finland; -new gives the rest, such as -new customer.layout=Standard.
// Groups and payment terms go over by name, and -create-missing adds those that
// Rackbeat does not have.
//
// # Real companies
//
// The addresses are given as flags, both of them, and the secrets come from the
// environment alone, so that they are in no shell history and no process list:
//
//	RACKBEAT_KEY               API key, from Company settings > API
//	RACKBEAT_CONSUMER_NAME     who is calling: Rackbeat asks every program to say so
//	RACKBEAT_CONSUMER_EMAIL    whom Rackbeat can write to about it
//	NETVISOR_CUSTOMER_ID       made by a user of the company in Netvisor
//	NETVISOR_CUSTOMER_KEY
//	NETVISOR_PARTNER_ID        given to the integration's maker by Netvisor
//	NETVISOR_PARTNER_KEY
//	NETVISOR_ORGANISATION_ID   business id of the company, "1967543-8"
//
// Begin with a plan, which writes to neither system, and look at what is set
// aside. Then carry out a single write, look at it in Netvisor, and go on from
// there:
//
//	export RACKBEAT_KEY=… NETVISOR_CUSTOMER_ID=… …
//	R=https://app.rackbeat.com/api/ N=https://integration.netvisor.fi/
//	netvisor-rackbeat -rackbeat $R -netvisor $N -state company -plan
//	netvisor-rackbeat -rackbeat $R -netvisor $N -state company -apply -only AB-100
//	netvisor-rackbeat -rackbeat $R -netvisor $N -state company -apply -limit 10
//	netvisor-rackbeat -rackbeat $R -netvisor $N -state company -apply
//
// Keep the state folder: it knows what belongs together and what was last in
// step. It belongs to these two companies and refuses others, and one run at a
// time can use it.
//
// # What a person decides
//
// Some records cannot be matched by a program, and wait for a person. These
// commands ask and answer; they write to neither system, and the next run with
// -apply takes the answers up:
//
//	netvisor-rackbeat -reviews                           lists what waits, with the answers there are
//	netvisor-rackbeat -answer products/12=new            gives one of them
//	netvisor-rackbeat -why rackbeat/product/AB-100       tells what is known of a record
//	netvisor-rackbeat -links export pairs.csv            writes down what belongs together
//	netvisor-rackbeat -links import pairs.csv            brings it from elsewhere
//
// # Rights that are lost
//
// A key that may no longer use one register, suppliers say, pauses that
// register: nothing of it counts as gone, nothing of it is written, and the
// others go on. The run says which right is missing and ends with status 1; the
// next one looks again, and catches up when the right is back.
//
// # Plans that are looked at first
//
// A plan can be saved, looked at by somebody else, and carried out later. What
// has changed meanwhile is left out, and listed. A plan that goes beyond the
// usual, such as one that would create a thousand products where ten are made
// in a day, is carried out in this way alone:
//
//	netvisor-rackbeat -out plan.json                     shows it and saves it
//	netvisor-rackbeat -apply-plan plan.json -plan        shows what still holds of it
//	netvisor-rackbeat -apply-plan plan.json              carries that out
//
// The file holds no values, unless -values adds them, sealed with the key in
// the environment variable PLAN_KEY (64 hexadecimal digits, such as
// openssl rand -hex 32 prints).
//
// # Stopping, and what it returns
//
// Ctrl-C stops between two writes, and the next run goes on from there. A
// second one ends the program at once, which loses nothing either. The exit
// status is 0 when the run came to its end, also if records were set aside; 130
// when it was stopped; 1 when something was wrong, with one sentence on the
// standard error that says what to do.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/instep-go/instep"
)

// The exit statuses.
const (
	exitDone    = 0
	exitFailed  = 1
	exitStopped = 130
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the second signal ends the process
	os.Exit(run(ctx, os.Args[1:], &process{os.Stdin, os.Stdout, os.Stderr, os.Getenv}))
}

// run is the program without the process around it. It returns the exit
// status.
func run(ctx context.Context, args []string, p *process) int {
	set, err := parse(args, p.stderr)
	if err == nil && set.printMapping {
		err = printMapping(p.stdout, set)
	} else if err == nil {
		err = work(ctx, set, p)
	}
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitDone
	case ctx.Err() != nil:
		fmt.Fprintln(p.stderr, "stopped; the next run goes on from there")
		return exitStopped
	default:
		fmt.Fprintln(p.stderr, sentence(err))
		return exitFailed
	}
}

// maxSentence is the longest error that is shown, in characters.
const maxSentence = 1000

// sentence returns an error on one line. A vendor's answer in it may hold
// anything.
func sentence(err error) string {
	return instep.OneLine(clean(strings.ReplaceAll(err.Error(), "\n", "; ")), maxSentence)
}
