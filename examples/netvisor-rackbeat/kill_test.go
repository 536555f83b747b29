package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/instep-go/instep/examples/internal/catalogue"
)

// TestKilled kills the program at random moments of a first load, into systems
// that run in another process and lose replies, and then lets it run to its
// end: nothing may be there twice, and nothing may be missing. INSTEP_KILLS
// says how many times it is killed; the full proof is 50.
func TestKilled(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("short")
	}
	kills, size := 3, 400
	if n, err := strconv.Atoi(os.Getenv("INSTEP_KILLS")); err == nil {
		kills, size = n, 2000
	}
	bin := t.TempDir()
	client, vendors := build(t, bin, "netvisor-rackbeat", "."), build(t, bin, "vendors", "../vendors")
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 1))
	for load := 1; kills > 0; load++ {
		w := startVendors(t, vendors, "-empty", "netvisor", "-products", fmt.Sprint(size), "-seed", fmt.Sprint(load),
			"-faults", "lost=5%", "-fault-seed", fmt.Sprint(rng.Uint32()))
		w.args = []string{
			"-state", t.TempDir(), "-registers", "products", "-apply", "-json", "-rackbeat", w.Vendors["rackbeat"].HTTP,
			"-netvisor", w.Vendors["netvisor"].HTTP, "-request-life", "200ms", "-per-minute", "-1",
		}
		killed := w.killAtRandom(t, client, rng, kills, time.Duration(size)*3*time.Millisecond)
		w.runToTheEnd(t, client)
		t.Logf("load %d: %d products, killed %d times", load, size, killed)
		kills -= killed
		w.compare(t)
		w.stop()
	}
}

func build(t *testing.T, dir, name, pkg string) string {
	t.Helper()
	file := filepath.Join(dir, name)
	if runtime.GOOS == "windows" {
		file += ".exe"
	}
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", file, pkg).CombinedOutput(); err != nil {
		t.Fatalf("go build %s: %v\n%s", pkg, err, out)
	}
	return file
}

// world is the two systems in a process of their own.
type world struct {
	Vendors map[string]struct {
		HTTP, HTTPS, Control string
		Environment          map[string]string
	}
	args []string
	stop func()
}

const controlToken = "open-sesame"

func startVendors(t *testing.T, program string, args ...string) *world {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, append(args, "-json")...)
	cmd.Env = append(os.Environ(), "VENDORS_CONTROL_TOKEN="+controlToken)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w := &world{stop: func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }}
	t.Cleanup(w.stop)
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		t.Fatalf("the vendors did not start: %v", err)
	}
	if err := json.Unmarshal(line, w); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) command(t *testing.T, program string) *exec.Cmd {
	cmd := exec.CommandContext(t.Context(), program, w.args...)
	cmd.Env = os.Environ()
	for _, v := range w.Vendors {
		for name, value := range v.Environment {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	return cmd
}

// killAtRandom starts the program again and again and kills it at a random
// moment, until it was killed often enough or the load came to its end.
func (w *world) killAtRandom(t *testing.T, program string, rng *rand.Rand, most int, longest time.Duration) (kills int) {
	t.Helper()
	for kills < most {
		cmd := w.command(t, program)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		select {
		case err := <-ended:
			if err != nil {
				t.Fatalf("the program failed: %v\n%s", err, &stderr)
			}
			return kills
		case <-time.After(time.Duration(rng.Int64N(int64(longest)))):
			_ = cmd.Process.Kill()
			<-ended
			kills++
		}
	}
	return kills
}

// runToTheEnd runs the program until it has nothing left to write, and returns
// what the last run printed.
func (w *world) runToTheEnd(t *testing.T, program string) []byte {
	t.Helper()
	var last []byte
	for range 10 {
		cmd := w.command(t, program)
		cmd.Args = append(cmd.Args, "-sweep") // also tries again what waits for a minute or more
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("the program failed: %v\n%s", err, &stderr)
		}
		last = out
		s, open := lastLine(t, out), 0
		for _, counts := range s.Registers {
			open += counts["failed"] + counts["unknown"]
		}
		if s.Requests.Write+open == 0 {
			return out
		}
	}
	t.Fatalf("after 10 runs there is still something to write; the last one says\n%s", last[max(0, len(last)-3000):])
	return nil
}

// compare compares what the two systems hold in the end.
func (w *world) compare(t *testing.T) {
	t.Helper()
	type product struct{ name, barcode string }
	want, got := map[string]product{}, map[string][]product{}
	w.dump(t, "rackbeat", "product", func(r record) {
		if r.Number != catalogue.LongCode {
			want[fmt.Sprint(r.Number)] = product{r.Name, r.Barcode}
		}
	})
	w.dump(t, "netvisor", "product", func(r record) {
		got[r.Code] = append(got[r.Code], product{r.Name, r.EAN})
	})
	if len(want) < 300 {
		t.Fatalf("only %d products to load: the test says nothing", len(want))
	}
	for code, p := range want {
		switch all := got[code]; {
		case len(all) == 0:
			t.Errorf("%q is missing in Netvisor", code)
		case len(all) > 1:
			t.Errorf("%q is %d times in Netvisor", code, len(all))
		case all[0] != p:
			t.Errorf("%q is %v in Netvisor, and %v in Rackbeat", code, all[0], p)
		}
	}
	if len(got) != len(want) {
		t.Errorf("Netvisor has %d codes, Rackbeat %d that can go over", len(got), len(want))
	}
}

// record is a product or customer as the control doors show it.
type record struct {
	Number       any    // of Rackbeat: a text, or of customers a number
	Barcode      string // as are these
	ContactEmail string `json:"contact_email"`
	Key          int    `json:"netvisor_key"` // of Netvisor
	Code         string `json:"product_code"`
	EAN          string `json:"primary_ean"`
	Identifier   string `json:"internal_identifier"`
	Email        string
	Name         string
}

func (w *world) dump(t *testing.T, vendor, entity string, each func(record)) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.Vendors[vendor].Control+"records", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+controlToken)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("the control door answers %s", resp.Status)
	}
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var line struct {
			Entity string
			Record json.RawMessage
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		if line.Entity != entity {
			continue
		}
		var r record
		if err := json.Unmarshal(line.Record, &r); err != nil {
			t.Fatal(err)
		}
		each(r)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

// lastSummary is the last line of -json.
type lastSummary struct {
	Type      string
	Applied   bool
	Registers map[string]map[string]int
	Writes    map[string]int
	Later     int
	Requests  struct{ Read, Write int }
	Error     string
}

func lastLine(t *testing.T, out []byte) lastSummary {
	t.Helper()
	out = bytes.TrimSpace(out)
	var s lastSummary
	if err := json.Unmarshal(out[bytes.LastIndexByte(out, '\n')+1:], &s); err != nil || s.Type != "summary" {
		t.Fatalf("the last line is no summary: %v\n%s", err, out)
	}
	return s
}
