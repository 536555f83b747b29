package main

import (
	"errors"
	"flag"
	"fmt"
)

// commands are the flags that say what to do. Without any, a plan is shown.
var commands = []string{"plan", "apply", "out", "apply-plan", "report", "reviews", "answer", "why", "links"}

// together are the pairs of them that make sense.
var together = map[[2]string]bool{
	{"plan", "report"}:     true, // which only plans anyhow
	{"plan", "out"}:        true, // which only plans anyhow
	{"plan", "apply-plan"}: true, // shows the saved plan
	{"apply", "answer"}:    true, // answers, then takes the answers up
}

// ofRun are the flags that choose what a plan is made of.
var ofRun = []string{"sweep", "limit", "only", "changes"}

// checkCommands refuses flags that do not go together.
func checkCommands(fs *flag.FlagSet) error {
	given := map[string]bool{}
	fs.Visit(func(f *flag.Flag) { given[f.Name] = f.Value.String() != "false" })
	for i, a := range commands {
		for _, b := range commands[i+1:] {
			if given[a] && given[b] && !together[[2]string{a, b}] {
				return fmt.Errorf("-%s and -%s do not go together; give one of them", a, b)
			}
		}
	}
	for _, command := range []string{"apply-plan", "reviews", "why", "links"} {
		for _, name := range ofRun {
			if given[command] && given[name] {
				return fmt.Errorf("-%s has no effect with -%s; leave it out", name, command)
			}
		}
	}
	if given["answer"] && !given["apply"] {
		for _, name := range ofRun {
			if given[name] {
				return fmt.Errorf("-%s has no effect with -answer alone; leave it out, or give -apply as well", name)
			}
		}
	}
	if given["values"] && !given["out"] && !given["apply-plan"] {
		return errors.New("-values is about a saved plan; give -out or -apply-plan as well")
	}
	return nil
}

// checkTexts refuses commands without what they are about.
func (st *settings) checkTexts(fs *flag.FlagSet) error {
	empty, links := "", false
	fs.Visit(func(f *flag.Flag) {
		links = links || f.Name == "links"
		if (f.Name == "out" || f.Name == "apply-plan" || f.Name == "why") && f.Value.String() == "" {
			empty = f.Name
		}
	})
	switch {
	case empty == "why":
		return errors.New("-why is empty; give a reference such as rackbeat/product/AB-100")
	case empty != "":
		return fmt.Errorf("-%s is empty; name a file", empty)
	case links:
		return st.checkLinks()
	}
	return nil
}

func (st *settings) checkLinks() error {
	switch {
	case st.links != "export" && st.links != "import":
		return fmt.Errorf("-links %q is not known; give export or import, and then a file", st.links)
	case st.linksFile == "":
		return fmt.Errorf("-links %s needs a file; name one after it, or - for the standard output or input", st.links)
	case st.json && st.links == "export" && st.linksFile == "-":
		return errors.New("-json and -links export - both print to the standard output; name a file")
	}
	return nil
}
