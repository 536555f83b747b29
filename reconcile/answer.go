package reconcile

import (
	"fmt"
	"strings"

	"github.com/instep-go/instep"
)

// Verb is what a person answers to a [Review].
type Verb uint8

// The answers. Review.Answers says which of them a review takes.
const (
	AnswerLink  Verb = iota // the record belongs with Answer.Ref of the other side
	AnswerLeft              // the left side's doing stands: its value, or its deletion
	AnswerRight             // the right side's
	AnswerMade              // Answer.Ref is the record that was made when the reply was lost
	AnswerNew               // it is none of the candidates: make a record for it
	AnswerNever             // it is none of the candidates: go on as if they were not there
	AnswerAgain             // try again
	AnswerDrop              // leave everything as it is and do not ask again
)

var verbNames = [...]string{"link", "left", "right", "made", "new", "never", "again", "drop"}

// String returns the verb as ParseAnswer reads it, in lower case.
func (v Verb) String() string {
	if int(v) < len(verbNames) {
		return verbNames[v]
	}
	return "unknown"
}

// MarshalText returns the form of String.
func (v Verb) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

func (v Verb) needsRef() bool { return v == AnswerLink || v == AnswerMade }

// Answer is what a person decided.
type Answer struct {
	Verb Verb
	Ref  instep.Ref // for AnswerLink and AnswerMade
	By   string     // who decided, for the activity log
}

// String returns "link:netvisor/product/31" or "left".
func (a Answer) String() string {
	if a.Verb.needsRef() {
		return a.Verb.String() + ":" + a.Ref.String()
	}
	return a.Verb.String()
}

// ParseAnswer reads the form of String. The error is of kind Config and says
// what is possible.
func ParseAnswer(s string) (Answer, error) {
	word, rest, hasRef := strings.Cut(s, ":")
	for i, name := range verbNames {
		if word != name {
			continue
		}
		a := Answer{Verb: Verb(i)}
		if a.Verb.needsRef() != hasRef {
			break
		}
		if !hasRef {
			return a, nil
		}
		ref, err := parseRef(rest)
		a.Ref = ref
		return a, err
	}
	return Answer{}, configError("answer "+s, "it is not one of the answers there are",
		"say link:SYSTEM/ENTITY/ID, left, right, made:SYSTEM/ENTITY/ID, new, never, again or drop")
}

// parseRef reads "netvisor/product/31"; the id may hold further slashes.
func parseRef(s string) (instep.Ref, error) {
	parts := strings.SplitN(s, "/", 3)
	if len(parts) != 3 || parts[0] == "" || parts[1] == "" || parts[2] == "" {
		return instep.Ref{}, configError("reference "+s, "it does not name a record", "write it like netvisor/product/31")
	}
	return instep.Ref{System: parts[0], Entity: parts[1], ID: parts[2]}, nil
}

// verbs says which answers a review takes, by the code of its message.
var verbs = map[string][]Verb{
	"proposed":         {AnswerLink, AnswerNever, AnswerNew, AnswerDrop},
	"contradiction":    {AnswerLink, AnswerNever, AnswerNew, AnswerDrop},
	"ambiguous":        {AnswerLink, AnswerNever, AnswerNew, AnswerDrop},
	"held_elsewhere":   {AnswerLink, AnswerNever, AnswerNew, AnswerDrop},
	"number_only":      {AnswerLink, AnswerNever, AnswerNew, AnswerDrop},
	"linked_elsewhere": {AnswerNever, AnswerNew, AnswerDrop},
	"hidden_match":     {AnswerNever, AnswerNew, AnswerDrop},
	"let_go":           {AnswerNew, AnswerDrop},
	"same_key":         {AnswerLink, AnswerDrop},
	"conflict":         {AnswerLeft, AnswerRight, AnswerDrop},
	"edited_gone":      {AnswerLeft, AnswerRight},
	"reused":           {AnswerLink, AnswerNew},
	"in_doubt":         {AnswerMade, AnswerAgain, AnswerDrop},
	"found_differs":    {AnswerMade, AnswerAgain, AnswerDrop},
	"found_several":    {AnswerMade, AnswerAgain, AnswerDrop},
	"taken":            {AnswerLink, AnswerAgain, AnswerDrop},
	"key_held":         {AnswerAgain},
	"turned":           {AnswerAgain},
	"merged_linked":    {AnswerDrop},
}

func badAnswer(id string, a Answer, may []Verb) error {
	names := make([]string, len(may))
	for i, v := range may {
		names[i] = v.String()
	}
	return configError("review "+id, fmt.Sprintf("it cannot be answered with %q", a.Verb), "answer with "+strings.Join(names, ", "))
}
