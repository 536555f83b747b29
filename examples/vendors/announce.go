package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// announcement is what -json prints.
type announcement struct {
	Vendors     map[string]address `json:"vendors"`
	Certificate string             `json:"certificate"` // path of the PEM file to trust for HTTPS
}

type address struct {
	HTTP        string            `json:"http"`
	HTTPS       string            `json:"https"`
	Control     string            `json:"control,omitempty"`
	Records     holdings          `json:"records"`
	Environment map[string]string `json:"environment"`
}

// announce prints where the vendors answer, with which credentials, and what
// they begin with.
func (s *site) announce(w io.Writer, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(w).Encode(s.announcement())
	}
	var b strings.Builder
	for _, r := range s.all {
		fmt.Fprintf(&b, "%s\n  %s\n  %s\n", r.name, r.http, r.https)
		fmt.Fprintf(&b, "  products %d, customers %d, suppliers %d\n", r.begins.Products, r.begins.Customers, r.begins.Suppliers)
		if r.control != "" {
			fmt.Fprintf(&b, "  %s (control)\n", r.control)
		}
		for _, v := range r.environment {
			fmt.Fprintf(&b, "  export %s=%q\n", v.name, v.value)
		}
	}
	fmt.Fprintf(&b, "certificate for HTTPS\n  %s\n", s.certificate)
	b.WriteString("Stop with Ctrl-C.\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func (s *site) announcement() announcement {
	a := announcement{Vendors: map[string]address{}, Certificate: s.certificate}
	for _, r := range s.all {
		env := map[string]string{}
		for _, v := range r.environment {
			env[v.name] = v.value
		}
		a.Vendors[r.name] = address{HTTP: r.http, HTTPS: r.https, Control: r.control, Records: r.begins, Environment: env}
	}
	return a
}
