// Command s2 matches two registers of a million customers each, in one of
// several ways, and says how long it took and how much memory.
//
//	go run ./s2 -way make -dir data    writes the registers
//	go run ./s2 -way instep -dir data  reads, matches and writes what was found
//
// Each way must find the same pairs: the checksum says so.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime/pprof"
)

func main() {
	var job job
	way := flag.String("way", "instep", "make, floor, floor-csv, instep, instep-csv, instep-rules, duckdb, sqlite or loop")
	flag.StringVar(&job.dir, "dir", "data", "folder of the registers")
	flag.IntVar(&job.n, "records", 1_000_000, "records a side, for make")
	profile := flag.String("profile", "", "file for a profile of the processor time")
	flag.Parse()
	do, ok := ways[*way]
	if !ok {
		flag.Usage()
		os.Exit(2)
	}
	if *profile != "" {
		f, err := os.Create(*profile)
		if err == nil {
			err = pprof.StartCPUProfile(f)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		defer pprof.StopCPUProfile()
	}
	if err := do(&job); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	job.tell(*way)
}

var ways = map[string]func(*job) error{
	"make": makeRegisters, "floor": floorText, "floor-csv": floorCSV, "instep": instepSplit, "instep-csv": instepCSV,
	"instep-rules": instepRules, "duckdb": duckDB, "sqlite": sqliteMemory, "loop": loop,
}
