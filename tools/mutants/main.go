package main

import (
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
)

// namedText are the faults that must be noticed.
//
//go:embed named.txt
var namedText string

// survivorsText are those that are not, each with its reason.
//
//go:embed survivors.txt
var survivorsText string

// config is what the flags say.
type config struct {
	root, only, journal string
	named, known        bool
	deep, trust         bool
	random, jobs        int
	seed                uint64
}

func (c *config) define() {
	flag.StringVar(&c.root, "root", "..", "the folder of the module")
	flag.BoolVar(&c.named, "named", false, "judge the named mutants")
	flag.BoolVar(&c.known, "known", false, "judge the mutants that are known to survive")
	flag.IntVar(&c.random, "random", 0, "judge so many mutants drawn at random")
	flag.Uint64Var(&c.seed, "seed", 1, "what they are drawn with")
	flag.StringVar(&c.only, "only", "", "only those with this in their name")
	flag.BoolVar(&c.deep, "deep", false, "run the tests that take minutes as well")
	flag.IntVar(&c.jobs, "j", 1, "how many to judge at a time")
	flag.StringVar(&c.journal, "journal", filepath.Join(os.TempDir(), "instep-mutants.jsonl"), "where verdicts are kept")
	flag.BoolVar(&c.trust, "kills-stand", false, "what was killed before only tests changed counts as killed")
}

func main() {
	c := &config{}
	c.define()
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	failed, err := run(ctx, c)
	stop()
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(2)
	case failed:
		os.Exit(1)
	}
}

// run judges what the flags ask for and reports whether any of it failed.
func run(ctx context.Context, c *config) (failed bool, err error) {
	t := newTree(c.root)
	mutants, err := c.mutants(t)
	if err != nil {
		return false, err
	}
	if len(mutants) == 0 {
		return false, errors.New("there is nothing to judge: say -named, -known or -random")
	}
	reasons, err := knownReasons(t)
	if err != nil {
		return false, err
	}
	j, err := openJournal(c.journal, t, c.trust)
	if err != nil {
		return false, err
	}
	defer j.close()
	list, err := c.judgeAll(ctx, t, j, candidates(t, mutants))
	for i := range list {
		list[i].reason = reasons[list[i].Key]
		failed = failed || list[i].failed()
	}
	return failed, errors.Join(report(os.Stdout, t, list), err)
}

// mutants returns what the flags ask for. Of those drawn it returns twice as
// many, in their order: some do not compile.
func (c *config) mutants(t *tree) ([]mutant, error) {
	var all []mutant
	for _, part := range []struct {
		wanted bool
		text   string
	}{{c.named, namedText}, {c.known, survivorsText}} {
		if !part.wanted {
			continue
		}
		list, err := parse(part.text)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	if c.random > 0 {
		drawn, err := draw(t, c.seed)
		if err != nil {
			return nil, err
		}
		all = append(all, drawn[:min(len(drawn), 2*c.random)]...)
	}
	var wanted []mutant
	for _, m := range all {
		if strings.Contains(m.name, c.only) {
			wanted = append(wanted, m)
		}
	}
	return wanted, nil
}

// knownReasons returns why mutants survive, by their keys.
func knownReasons(t *tree) (map[string]string, error) {
	list, err := parse(survivorsText)
	if err != nil {
		return nil, err
	}
	reasons := map[string]string{}
	for i := range list {
		f, err := list[i].apply(t)
		if err != nil {
			fmt.Fprintf(os.Stderr, "survivors.txt: %s: %v\n", list[i].name, err)
			continue
		}
		reasons[f.key()] = list[i].why
	}
	return reasons, nil
}

// judgeAll judges the mutants, and of those drawn the first that compile.
func (c *config) judgeAll(ctx context.Context, t *tree, j *journal, list []*judgement) ([]judgement, error) {
	for _, m := range list {
		if v, ok := j.judged(m.Key, c.deep); ok && m.What == "" {
			v.Name = m.mutant.name
			m.verdict = v
		}
	}
	work := &queue{rest: list, draws: c.random}
	w, err := prepare(ctx, t, broken, list)
	if err != nil {
		return nil, err
	}
	defer w.close()
	if _, ok := j.judged(treeKey, c.deep); !ok {
		if err := checkTree(ctx, w, list, c.deep); err != nil {
			return nil, err
		}
		if err := j.add(verdict{Key: treeKey, Name: "the tree as it is", What: survived, Deep: c.deep}); err != nil {
			return nil, err
		}
	}
	var wg sync.WaitGroup
	errs := make([]error, c.jobs)
	for n := range errs {
		wg.Go(func() { errs[n] = c.worker(ctx, w, j, work) })
	}
	wg.Wait()
	return work.done(list), errors.Join(errs...)
}

func (c *config) worker(ctx context.Context, w *workshop, j *journal, work *queue) error {
	for {
		m := work.next()
		if m == nil {
			return nil
		}
		v, err := judge(ctx, w, m, c.deep)
		if err != nil {
			return fmt.Errorf("%s: %w", m.mutant.name, err)
		}
		if err := j.add(v); err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "%s %s: %s, %s (%.0f s)\n", v.What, v.Name, v.Stage, v.Failure, v.Seconds)
		work.settle(m, v)
	}
}
