// Command mutants breaks the engine and its stores on purpose, one small fault
// at a time, and says which tests notice. It is run by hand, outside the checks
// of every change, because it takes hours:
//
//	go -C tools run ./mutants -named              the faults of named.txt
//	go -C tools run ./mutants -random 200 -seed 1 faults drawn at random
//	go -C tools run ./mutants -known              those that are known to survive
//	go -C tools run ./mutants -named -only fence  those with "fence" in their name
//
// A fault is laid over the tree with go's -overlay, so nothing is copied or
// changed, and only what depends on the broken package is built anew. Tests are
// run from the cheapest to the dearest and end with the first that fails; -deep
// adds the dearest. A fault that makes them run for ever or eat all memory is
// noticed as well.
//
// What was judged is appended to a journal, and not judged again as long as no
// Go file of the module changes: a run that was ended goes on where it was.
//
// The status is 1 if a fault survives that survivors.txt does not give a reason
// for, if a named one survives or no longer fits the tree, or if the test that
// it is bound to does not notice it.
package main
