package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/instep-go/instep"
)

// mappings are those to use, by register.
type mappings map[string]instep.Mapping

// loadMappings returns the mappings of the chosen registers: those of the file
// that -mapping names, and the built-in ones of registers that are not in it.
func loadMappings(set *settings) (mappings, error) {
	all := mappings{}
	for _, r := range set.registers {
		all[r.name] = r.mapping(set)
	}
	if set.mapping == "" {
		return all, nil
	}
	data, err := os.ReadFile(set.mapping)
	if err != nil {
		return nil, fmt.Errorf("-mapping: %w", err)
	}
	var given mappings
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&given); err != nil {
		return nil, fmt.Errorf("-mapping %s is not a mapping (%w); -print-mapping shows what one looks like", set.mapping, err)
	}
	for name, m := range given {
		if !slices.ContainsFunc(registers, func(r *register) bool { return r.name == name }) {
			return nil, fmt.Errorf("-mapping %s has %q, which is no register; call them customers, suppliers and products", set.mapping, clean(name))
		}
		if _, chosen := all[name]; chosen {
			all[name] = m
		}
	}
	return all, nil
}

func printMapping(w io.Writer, set *settings) error {
	all, err := loadMappings(set)
	if err != nil {
		return err
	}
	e := json.NewEncoder(w)
	e.SetIndent("", strings.Repeat(" ", 2))
	return e.Encode(all)
}
