package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// answer is what a person says to one review.
type answer struct {
	id string
	reconcile.Answer
}

// addAnswer reads "products/12=link:netvisor/product/31".
func (st *settings) addAnswer(text string) error {
	id, what, ok := strings.Cut(text, "=")
	if !ok || id == "" {
		return errors.New("give an id of -reviews and an answer, such as products/12=link:netvisor/product/31")
	}
	a, err := reconcile.ParseAnswer(what)
	if err != nil {
		return fmt.Errorf("%q is no answer; -reviews lists the answers in the words to type", what)
	}
	st.answers = append(st.answers, answer{id, a})
	return nil
}

// maxReviews is how many reviews are shown unless all are asked for: each
// takes a few requests.
const maxReviews = 25

// listReviews shows what waits for a person, with both records read again.
func (s *session) listReviews(ctx context.Context) error {
	all, err := s.engine.Reviews(ctx)
	if err != nil {
		return err
	}
	more := max(len(all)-maxReviews, 0)
	if s.set.all {
		more = 0
	}
	shown := all[:len(all)-more]
	for i := range shown {
		if shown[i], err = s.engine.Review(ctx, shown[i].ID); err != nil {
			return err
		}
	}
	s.out.reviews(shown, more)
	return nil
}

// answer settles reviews. With -apply, a run takes the answers up at once.
func (s *session) answer(ctx context.Context) error {
	taken, err := s.giveAnswers(ctx)
	s.out.answered(taken)
	if err == nil && s.set.apply {
		return s.bring(ctx)
	}
	return err
}

// giveAnswers returns the answers that were taken.
func (s *session) giveAnswers(ctx context.Context) ([]answer, error) {
	for i, a := range s.set.answers {
		a.By = s.person()
		if err := s.engine.Answer(ctx, a.id, a.Answer); err != nil {
			return s.set.answers[:i], err
		}
	}
	return s.set.answers, nil
}

// explain tells what is known of a record.
func (s *session) explain(ctx context.Context) error {
	about, err := s.set.refs("-why", s.set.why)
	if err != nil {
		return err
	}
	var all []reconcile.Explanation
	for _, r := range about {
		found, err := s.engine.Explain(ctx, r)
		if err != nil && !errors.Is(err, instep.NotFound) {
			return err
		}
		all = append(all, found...)
	}
	if len(all) == 0 {
		return fmt.Errorf("-why %s: nothing is known of it; check the reference, and that a run with -apply has read it", s.set.why)
	}
	s.out.explained(all)
	return nil
}

// choice is an answer in the words to type, and what it means.
type choice struct {
	Answer string `json:"answer"`
	Means  string `json:"means"`
}

// choices lists the answers a review takes. Those that name a record are
// listed once for each one that is known.
func choices(r *reconcile.Review) []choice {
	var out []choice
	for _, v := range r.Answers {
		if v != reconcile.AnswerLink && v != reconcile.AnswerMade {
			out = append(out, choice{v.String(), meaning(r, v)})
			continue
		}
		known := others(r)
		for i := range known {
			a := reconcile.Answer{Verb: v, Ref: known[i].Ref}
			out = append(out, choice{a.String(), meaning(r, v) + nameOrID(&known[i].Record)})
		}
		if len(known) == 0 {
			a := reconcile.Answer{Verb: v, Ref: registerOf(r.Pair).ref(r.Side.Other(), "NUMBER")}
			out = append(out, choice{a.String(), meaning(r, v) + "the one of that number"})
		}
	}
	return out
}

// others are the records of the other side that a review may be about, with
// their differences.
func others(r *reconcile.Review) []reconcile.Candidate {
	if other := sideOf(r, r.Side.Other()); other.Ref.ID != "" {
		return []reconcile.Candidate{{Record: *other, Differences: r.Differences}}
	}
	return r.Candidates
}

func sideOf(r *reconcile.Review, s instep.Side) *instep.Record {
	if s == instep.Left {
		return &r.Left
	}
	return &r.Right
}

// meaning says what follows from an answer.
func meaning(r *reconcile.Review, v reconcile.Verb) string {
	other := systemNames[r.Side.Other()]
	switch v {
	case reconcile.AnswerLink:
		return "it belongs with "
	case reconcile.AnswerMade:
		return "what was made is "
	case reconcile.AnswerLeft, reconcile.AnswerRight:
		return "what was done in " + systemNames[v-reconcile.AnswerLeft] + " stands"
	case reconcile.AnswerNew:
		if r.Message.Code == "reused" {
			return "they are two: take them apart"
		}
		return "it belongs with none of them: make a new one in " + other
	case reconcile.AnswerNever:
		return "it belongs with none of them: go on as if they were not there"
	case reconcile.AnswerAgain:
		return "try again with the next run"
	default:
		return "leave everything as it is, and do not ask again"
	}
}

func nameOrID(r *instep.Record) string {
	if name := textOf(r, "name"); name != "" {
		return name
	}
	return r.Ref.ID
}

// textOf returns a text field of a record; "" if it has none.
func textOf(r *instep.Record, field string) string {
	text, _ := r.Fields.Get(field).AsString()
	return text
}
