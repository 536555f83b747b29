package main

import (
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// prepare makes one workshop for as many mutants as can be built at once, and
// gives these their numbers. All of pkgs, which are theirs, must build. It says of those that do not compile that they are
// invalid. Mutants that were judged before are left alone.
func prepare(ctx context.Context, t *tree, pkgs []string, list []*judgement) (*workshop, error) {
	for {
		s := newSchema(t)
		for i, j := range list {
			j.number = 0
			if j.What == "" && s.add(i+1, j.faulty) {
				j.number = i + 1
			}
		}
		w, err := newWorkshop(t, s.faulty())
		if err != nil {
			return nil, err
		}
		wrong, err := w.compile(ctx, pkgs...)
		if wrong == "" && err == nil {
			return w, nil
		}
		if err == nil {
			err = dismiss(s, list, wrong)
		}
		_ = w.close() // it held what can be made again
		if err != nil {
			return nil, err
		}
	}
}

var compilerSaid = regexp.MustCompile(`(?m)^(\S+\.go):(\d+):(?:\d+:)? (.*)$`)

// dismiss marks the mutants that the compiler complains of.
func dismiss(s *schema, list []*judgement, output string) error {
	names := map[string]string{}
	for name := range s.files {
		names[flat(name)] = name
	}
	found := false
	for _, said := range compilerSaid.FindAllStringSubmatch(output, -1) {
		line, err := strconv.Atoi(said[2])
		if err != nil {
			return err
		}
		n := s.numberAt(names[filepath.Base(filepath.FromSlash(said[1]))], line)
		if n == 0 {
			continue
		}
		found = true
		j := list[n-1]
		j.verdict = verdict{Key: j.Key, Name: j.mutant.name, What: invalid, Failure: said[3]}
	}
	if !found {
		return fmt.Errorf("the tree does not compile:\n%s", strings.TrimSpace(output))
	}
	return nil
}
