package rackbeattest

import (
	"fmt"
	"strings"
)

// message names a text in an error reply.
type message int

const (
	msgInvalid message = iota
	msgNoRoute
	msgNotFound
	msgUnauthorised
	msgForbidden
	msgTooMany
	msgMethod
	msgAccept
	msgContentType
	msgTooLarge
	msgMalformed
	msgStorage

	// The rest take the name of a field, and some a bound.
	msgRequired
	msgTaken
	msgUnknown
	msgNotText
	msgNotNumber
	msgNotInteger
	msgNotBoolean
	msgNotObject
	msgDecimals
	msgTooBig
	msgTooLong
	msgTooSmall
	msgWithValue
	msgHistory
	msgRange
	msgAttribute
)

// catalogue holds the texts by language. They are written for this fake:
// clients have no business reading them.
var catalogue = map[string]map[message]string{
	"en": {
		msgInvalid:      "The data sent is not valid.",
		msgNoRoute:      "There is nothing at this address.",
		msgNotFound:     "There is no such record.",
		msgUnauthorised: "The API key is missing or wrong.",
		msgForbidden:    "The API key does not cover this resource.",
		msgTooMany:      "Too many requests.",
		msgMethod:       "The method is not supported here.",
		msgAccept:       "Only application/json can be answered.",
		msgContentType:  "The body must be application/json.",
		msgTooLarge:     "The body is too large.",
		msgMalformed:    "The body is not a JSON object.",
		msgStorage:      "The record could not be stored.",

		msgRequired:   "The field %s must be given.",
		msgTaken:      "The %s is already in use.",
		msgUnknown:    "The chosen %s does not exist.",
		msgNotText:    "The field %s must be a text.",
		msgNotNumber:  "The field %s must be a number.",
		msgNotInteger: "The field %s must be a whole number.",
		msgNotBoolean: "The field %s must be true or false.",
		msgNotObject:  "The field %s must be an object.",
		msgDecimals:   "The field %s may have at most %d decimals.",
		msgTooBig:     "The field %s may have at most %d digits before the period.",
		msgTooLong:    "The field %s may have at most %d characters.",
		msgTooSmall:   "The field %s must be at least %d.",
		msgWithValue:  "The field %s must be given with a value.",
		msgHistory:    "The %s has been used and cannot be deleted.",
		msgRange:      "The parameter %s is out of range.",
		msgAttribute:  "There is no attribute %s.",
	},
	"da": {
		msgInvalid:      "De sendte data er ikke gyldige.",
		msgNoRoute:      "Der er ikke noget på denne adresse.",
		msgNotFound:     "Posten findes ikke.",
		msgUnauthorised: "API-nøglen mangler eller er forkert.",
		msgForbidden:    "API-nøglen dækker ikke denne ressource.",
		msgTooMany:      "For mange forespørgsler.",
		msgMethod:       "Metoden understøttes ikke her.",
		msgAccept:       "Der kan kun svares med application/json.",
		msgContentType:  "Indholdet skal være application/json.",
		msgTooLarge:     "Indholdet er for stort.",
		msgMalformed:    "Indholdet er ikke et JSON-objekt.",
		msgStorage:      "Posten kunne ikke gemmes.",

		msgRequired:   "Feltet %s skal udfyldes.",
		msgTaken:      "%s er allerede i brug.",
		msgUnknown:    "Den valgte %s findes ikke.",
		msgNotText:    "Feltet %s skal være en tekst.",
		msgNotNumber:  "Feltet %s skal være et tal.",
		msgNotInteger: "Feltet %s skal være et heltal.",
		msgNotBoolean: "Feltet %s skal være sandt eller falsk.",
		msgNotObject:  "Feltet %s skal være et objekt.",
		msgDecimals:   "Feltet %s må højst have %d decimaler.",
		msgTooBig:     "Feltet %s må højst have %d cifre før punktummet.",
		msgTooLong:    "Feltet %s må højst have %d tegn.",
		msgTooSmall:   "Feltet %s skal være mindst %d.",
		msgWithValue:  "Feltet %s skal angives sammen med en værdi.",
		msgHistory:    "%s er i brug og kan ikke slettes.",
		msgRange:      "Parameteren %s er uden for det tilladte.",
		msgAttribute:  "Attributten %s findes ikke.",
	},
}

// text returns m in the server's language, about a field where m takes one.
func (s *Server) text(m message, args ...any) string {
	t := catalogue[s.opts.Language][m]
	if len(args) == 0 {
		return t
	}
	return fmt.Sprintf(t, args...)
}

// label turns the name of a field into words.
func label(field string) string {
	return strings.NewReplacer("_", " ", ".", " ").Replace(field)
}
