package reconcile

import (
	"strings"

	"github.com/instep-go/instep"
)

// texts are the English sentences of the messages, with {name} for an
// argument. A code never changes its meaning; a translation is a table of the
// same shape.
var texts = map[string]string{
	"field_required":    "{rule} is empty, but the other side needs {field}",
	"field_too_long":    "{rule} is longer than the {max} characters that {field} holds; shorten it",
	"field_too_precise": "{rule} has more decimals than the {max} that {field} holds; round it",
	"field_not_listed":  "{entry} is not in {list} of the other side yet; create it there or map it to another",
	"fields_not_listed": "{entries} of the other side are not there yet; create them there or map them to others",
	"field_not_mapped":  "the {rule} has no counterpart in the list mapping; add it to the mapping or choose another",
	"field_not_usable":  "{rule} cannot be converted for the other side: {why}",
	"ref_missing":       "the {rule} {entry} has no counterpart among the {pair} yet; it is taken up as soon as it has",
	"no_key":            "has nothing to be found by: {rule} is empty; fill it in",
	"same_key":          "several records of the {side} side have the same {rule}; change all but one",
	"ambiguous":         "several records on both sides have the same {rule}; choose which belong together",
	"linked_elsewhere":  "the record with the same {rule} is already linked to another; choose which is right",
	"contradiction":     "the {rule} is the same, but the {against} differs; choose whether they are one",
	"held_elsewhere":    "the {rule} is the same, but the {against} of one is that of another record; choose which belong together",
	"number_only":       "only the {rule} is the same, which both sides give out by themselves; confirm that they are one",
	"successor":         "has the {rule} of a record that is gone; takes its place",
	"replaced":          "the record on the {side} side is gone, and another has taken its place",
	"proposed":          "the {rule} is the same; confirm that they are one",
	"conflict":          "{fields} was edited on both sides; choose a value",
	"equal_key":         "same {rule}",
	"new_on":            "new on the {side} side",
	"first_load":        "first load: the {side} side's values stand",
	"edited_on":         "edited on the {side} side",
	"drifted_on":        "edited on the {side} side, which does not own it; left alone",
	"reverted_on":       "edited on the {side} side, which does not own it; the owner's value is written back",
	"newly_mapped":      "newly mapped",
	"renamed":           "its id changed",
	"reused":            "its id belonged to another record when it was linked; choose whether the two are one",
	"not_carried":       "only on the {side} side; nothing flows from there",
	"gone":              "linked, but no longer on the {side} side; nothing was done about it",
	"hidden_match":      "a record with the same {rule} is there, but hidden from us; nothing is made until it shows again",
	"barred":            "deleted on the {side} side, so set out of use",
	"barred_hidden":     "hidden on the {side} side, so set out of use until it shows again",
	"erased_hidden":     "hidden on the {side} side, so its {fields} were emptied until it shows again",
	"removed":           "deleted on the {side} side, so deleted here",
	"both_gone":         "no longer on either side",
	"let_go":            "deleted on the {side} side, where another took its place, but not under the {rule} that it has now; choose whether one is made for it",
	"left_alone":        "deleted on the {side} side; it stays on its own",
	"made_anew":         "deleted on one side, but edited on the {side} side since; made anew",
	"back":              "deleted before, but back on the {side} side",
	"edited_gone":       "deleted on the {side} side, but edited on the {edited} side since; choose whose doing stands",
	"kept_alone":        "a person decided that nothing is made for it",
	"changed_meanwhile": "it changed while it was being written; taken up in the next run",
	"many_gone":         "{count} linked records are no longer in {system}, and no more than {limit} may be without approval",
	"many_creates":      "{count} records would be created, and no more than {limit} may be without approval",
	"many_updates":      "{count} linked records would be updated, and no more than {limit} may be without approval",
	"emptied":           "{count} of {limit} linked records are no longer listed by {system}; check the rights of the credentials, and whether it is the right company",
	"canary":            "{system} does not show the record that should always be there; check the rights of the credentials",
	"rewound":           "the state is older than what was written since, so that {count} records that look new may have been created already; compare before approving",
	"not_taken":         "the {side} side took what was written, but still shows the old {fields}; look at it there",
	"read_lags":         "read again soon: what was seen may be older than what was last written",
	"turned":            "{fields} was turned back and forth more than four times in a short while; find out who or what does it",
	"decided":           "a person has decided; taken up in the next run",
	"unlinked":          "taken apart by a person",
	"merged_linked":     "merged on the {side} side into a record that is linked already; choose which of their counterparts stays",
	"maybe_renamed":     "its id is not on the {side} side any more; the whole list tells in the next run whether it has another",
	"list_incomplete":   "the list of the {side} side was cut short, so that it may be there already; taken up in the next run",
	"not_listed":        "the {side} side did not list it, so that its values are not at hand; taken up when it does",
	"no_counterpart":    "only on the {side} side so far",
	"vanished":          "it could not be written: the record on the {side} side is not there any more",
	"hidden":            "the record on the {side} side is hidden from us; it is left alone until it shows again",
	"appeared":          "a record with the same {rule} appeared meanwhile; taken up in the next run",
	"key_held":          "its new {rule} is that of another record on the {side} side; change one of them",
	"taken":             "the vendor says that its {rule} is taken, though no record with it was seen; look at it there",
	"refused":           "the vendor refused it ({code}{field})",
	"unreachable":       "it could not be sent: {code}; tried again soon",
	"in_doubt":          "the reply was lost; what became of it is found out first",
	"found_differs":     "a record that may be the one just created differs from what was sent; choose whether it is",
	"found_several":     "several records may be the one just created; choose which",
	"adopted":           "the reply was lost, but the record is there as sent",
	"id_left":           "the reply was lost, and its id is another record's by now; what came of it, if anything, counts as new",
	"resend":            "the reply was lost and it was not carried out; sent again",
	"linked_equal":      "{count} equal records linked",
}

// Text returns the English sentence of a message, or its code if it has none.
// What follows the semicolon is what to do; where the field's own description
// has a remedy, that stands in its place.
func Text(m instep.Message) string {
	text, ok := texts[m.Code]
	if !ok {
		return m.Code
	}
	pairs := make([]string, 0, 2*len(m.Args))
	for _, a := range m.Args {
		pairs = append(pairs, "{"+a.Name+"}", a.Value)
	}
	text = strings.NewReplacer(pairs...).Replace(text)
	if remedy := m.Arg("remedy"); remedy != "" {
		text, _, _ = strings.Cut(text, "; ")
		text += "; " + remedy
	}
	return text
}

func message(code string, args ...instep.Arg) *instep.Message {
	return &instep.Message{Code: code, Args: args}
}
