// Command s1 moves customers from one system to another over HTTP: pages of
// 1000 are read, mapped and written in batches of 100, and the answers are
// read. The two systems are one server in a process of its own.
//
//	go run ./s1 -way floor -records 1000000
//	go run ./s1 -way instep -records 1000000 -spill
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"runtime/pprof"
	"strings"
	"time"

	"github.com/instep-go/instep/benchmarks/internal/usage"
)

func main() {
	way := flag.String("way", "instep", "floor, instep, benthos or serve")
	n := flag.Int("records", 100_000, "records to move")
	dir := flag.String("state", "", "folder of the engine's state; a temporary one if empty")
	spill := flag.Bool("spill", false, "keep what is read in a file instead of in memory")
	profile := flag.String("profile", "", "file for a profile of the processor time")
	flag.Parse()
	if err := run(*way, *n, *dir, *spill, *profile); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(way string, n int, dir string, spill bool, profile string) error {
	if way == "serve" {
		return serve(n)
	}
	do, ok := map[string]func(context.Context, *client, options) error{"floor": floor, "instep": engine, "benthos": benthos}[way]
	if !ok {
		return fmt.Errorf("there is no way %q", way)
	}
	url, stop, err := start(n)
	if err != nil {
		return err
	}
	defer stop()
	if profile != "" {
		f, err := os.Create(profile)
		if err == nil {
			err = pprof.StartCPUProfile(f)
		}
		if err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	c := &client{url: url, http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}}}
	began := time.Now()
	if err := do(context.Background(), c, options{n, dir, spill}); err != nil {
		return err
	}
	took := time.Since(began).Seconds()
	told, err := c.told()
	if err != nil {
		return err
	}
	fmt.Printf("%-7s %d records in %.2f s: %.0f records/s, cpu %.2f s, peak %d MiB; the server took %s\n",
		way, n, took, float64(n)/took, usage.CPUSeconds(), usage.PeakMiB(), told)
	return nil
}

// options are what a way may go by.
type options struct {
	records int
	dir     string
	spill   bool
}

// start runs the server in a process of its own.
func start(n int) (url string, stop func(), err error) {
	self, err := os.Executable()
	if err != nil {
		return "", nil, err
	}
	cmd := exec.Command(self, "-way", "serve", "-records", fmt.Sprint(n))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed, and says so
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		stop()
		return "", nil, err
	}
	return strings.TrimSpace(line), stop, nil
}
