package rackbeat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/instep-go/instep"
)

// Partner is what customers and suppliers have in common, as the vendor holds
// it. The attributes are those of the vendor's description of 2018 and of
// public clients; which of them a reply has depends on the view.
type Partner struct {
	// Number is what people call the record by: a whole number of the
	// vendor's, in digits.
	Number string `json:"number"`

	// ID is the vendor's own id, which never changes, where a view has it.
	ID Attr[string] `json:"id,omitzero"`

	CompanyName Attr[string] `json:"company_name,omitzero"`
	Name        Attr[string] `json:"name,omitzero"`        // newer views, beside CompanyName
	CompanyVAT  Attr[string] `json:"company_vat,omitzero"` // VAT number or business id
	EAN         Attr[string] `json:"ean,omitzero"`         // some connectors keep the business id here

	AddressName    Attr[string] `json:"address_name,omitzero"`
	AddressStreet  Attr[string] `json:"address_street,omitzero"`
	AddressStreet2 Attr[string] `json:"address_street2,omitzero"`
	AddressZIPCode Attr[string] `json:"address_zipcode,omitzero"`
	AddressCity    Attr[string] `json:"address_city,omitzero"`
	AddressState   Attr[string] `json:"address_state,omitzero"`
	AddressCountry Attr[string] `json:"address_country,omitzero"` // English name; see CountryCode

	ContactEmail Attr[string] `json:"contact_email,omitzero"`
	ContactPhone Attr[string] `json:"contact_phone,omitzero"`

	Locale   Attr[string] `json:"locale,omitzero"`
	Currency Attr[string] `json:"currency,omitzero"` // ISO 4217
	VATZone  Attr[string] `json:"vat_zone,omitzero"` // one of VATZones

	// PaymentTermID is the number of the payment term, and PaymentTerm the
	// entry, where the view has it.
	PaymentTermID Attr[string] `json:"payment_terms_id,omitzero"`
	PaymentTerm   Attr[Entry]  `json:"payment_terms,omitzero"`

	IsBarred  Attr[bool] `json:"is_barred,omitzero"`
	IsDraft   Attr[bool] `json:"is_draft,omitzero"`
	IsDeleted Attr[bool] `json:"is_deleted,omitzero"`

	Self     Attr[string]          `json:"self,omitzero"`
	Metadata Attr[json.RawMessage] `json:"metadata,omitzero"`

	CreatedAt Attr[Time] `json:"created_at,omitzero"`
	UpdatedAt Attr[Time] `json:"updated_at,omitzero"`
	DeletedAt Attr[Time] `json:"deleted_at,omitzero"` // given: the record was deleted
}

// settle finishes what was read: the number, and times without a zone.
func (p *Partner) settle(number Attr[string], zone *time.Location) {
	p.Number = number.Or("")
	settle(zone, &p.CreatedAt, &p.UpdatedAt, &p.DeletedAt)
}

// facts returns what the connector asks of every record.
func (p *Partner) facts() facts {
	_, deleted := p.DeletedAt.Get()
	return facts{
		number: p.Number, id: p.ID.Or(""), name: p.name().Or(""), created: p.CreatedAt, updated: p.UpdatedAt,
		deleted: deleted || p.IsDeleted.Or(false), draft: p.IsDraft.Or(false), barred: p.IsBarred.Or(false),
	}
}

// name returns what the company is called.
func (p *Partner) name() Attr[string] {
	if p.CompanyName.Or("") == "" && !p.Name.IsAbsent() {
		return p.Name
	}
	return p.CompanyName
}

// PartnerDetails are the attributes of customers and suppliers that may be
// blank. The vendor takes whole numbers for what are numbers of entries.
type PartnerDetails struct {
	CompanyVAT instep.Opt[string]
	EAN        instep.Opt[string]

	AddressName    instep.Opt[string]
	AddressStreet  instep.Opt[string]
	AddressStreet2 instep.Opt[string]
	AddressZIPCode instep.Opt[string]
	AddressCity    instep.Opt[string]
	AddressState   instep.Opt[string]
	AddressCountry instep.Opt[string] // English name; see CountryName

	ContactEmail instep.Opt[string]
	ContactPhone instep.Opt[string]

	Locale   instep.Opt[string]
	Currency instep.Opt[string] // ISO 4217
	VATZone  instep.Opt[string] // one of VATZones
	Group    instep.Opt[string] // number of a group that is there

	IsBarred instep.Opt[bool]
}

// add puts the details into a body; the group goes by the name of its
// attribute.
func (d *PartnerDetails) add(f form, group string) {
	put(f, "company_vat", d.CompanyVAT, plain)
	put(f, "ean", d.EAN, plain)
	put(f, "address_name", d.AddressName, plain)
	put(f, "address_street", d.AddressStreet, plain)
	put(f, "address_street2", d.AddressStreet2, plain)
	put(f, "address_zipcode", d.AddressZIPCode, plain)
	put(f, "address_city", d.AddressCity, plain)
	put(f, "address_state", d.AddressState, plain)
	put(f, "address_country", d.AddressCountry, plain)
	put(f, "contact_email", d.ContactEmail, plain)
	put(f, "contact_phone", d.ContactPhone, plain)
	put(f, "locale", d.Locale, plain)
	put(f, "currency", d.Currency, plain)
	put(f, "vat_zone", d.VATZone, plain)
	put(f, group, d.Group, code)
	put(f, "is_barred", d.IsBarred, plain)
}

// partnerHead is what customers and suppliers cannot be without.
type partnerHead struct {
	number, name, paymentTerm instep.Opt[string]
}

// form returns the beginning of a body. What is wrong is an error of kind
// Invalid.
func (h *partnerHead) form() (form, error) {
	number, numbered := h.number.Get()
	name, named := h.name.Get()
	term, termed := h.paymentTerm.Get()
	switch {
	case h.number.IsCleared() || numbered && !isNumber(number):
		return nil, unfit("number", "is no whole number that the vendor could take", numberRemedy)
	case h.name.IsCleared() || named && name == "":
		return nil, unfit("company_name", "must not be empty", "give it a name")
	case h.paymentTerm.IsCleared() || termed && term == "":
		return nil, unfit("payment_terms_id", "must not be empty", "give it the number of a payment term that is there")
	}
	f := form{}
	put(f, "number", h.number, code)
	put(f, "company_name", h.name, plain)
	put(f, "payment_terms_id", h.paymentTerm, code)
	return f, nil
}

// maxDigits bounds numbers of customers and suppliers, so that each is a whole
// number in every program.
const maxDigits = 18

// longNumber is how many digits a number has that many databases do not take
// for a whole number.
const longNumber = 10

// numberRemedy says what numbers of customers and suppliers may look like.
const numberRemedy = "give it a number of 1 to 18 digits, without letters and not beginning with 0"

// isNumber reports whether a text is the number of a customer or supplier: the
// vendor holds them as whole numbers, so that zeros before it would not be
// kept.
func isNumber(s string) bool { return len(s) <= maxDigits && instep.Digits(s) != "" }

// partners is where customers or suppliers lie. R is their wire form.
type partners[R row[T], T any] struct {
	resource
	entity string // "customer"

	partner func(*T) *Partner
}

// ref returns the ref of the record with a number.
func (p *partners[R, T]) ref(number string) instep.Ref {
	return instep.Ref{System: system, Entity: p.entity, ID: number}
}

// send sends a request of which the reply is one record.
func (p *partners[R, T]) send(ctx context.Context, c *Client, k *call) (v T, r reply, err error) {
	if r, err = c.do(ctx, k); err != nil {
		return v, r, err
	}
	v, err = decodeOne[R](r.body, p.entity, c.opts.ZonelessTimes)
	if err == nil && p.partner(&v).Number == "" && !p.partner(&v).IsDraft.Or(false) {
		err = &decodeError{p.entity + ".number", 0, "is missing"}
	}
	if err != nil {
		var none T
		return none, r, k.malformed(r.body, err)
	}
	return v, r, nil
}

// at returns a request to the path of the record with a number.
func (p *partners[R, T]) at(verb, method, number string) (*call, error) {
	k := &call{op: "rackbeat: " + verb + " " + p.entity, method: method, path: p.path + "/" + Once.escape(number), ref: p.ref(number)}
	return k, checkRef(k.op, k.ref)
}

// sure reports that a text is the number of a record for sure: it is a whole
// number as one writes it, or a read shows the record under it. Databases take
// "12A" and "012" for 12, and a write must not go to another record.
func (p *partners[R, T]) sure(ctx context.Context, c *Client, number string) error {
	if _, whole := code(number).(json.Number); whole {
		return nil
	}
	_, _, err := p.get(ctx, c, number)
	return err
}

// errOtherNumber says that the vendor took a text for the number of another
// record: 12 where 12A was asked for.
var errOtherNumber = errors.New("the vendor answered with a record of another number")

func (p *partners[R, T]) get(ctx context.Context, c *Client, number string) (v T, r reply, err error) {
	k, err := p.at("get", http.MethodGet, number)
	if err != nil {
		return v, r, err
	}
	v, r, err = p.send(ctx, c, k)
	if err == nil && p.partner(&v).Number != number {
		err = &instep.Error{Kind: instep.NotFound, Op: k.op, Ref: k.ref, Err: errOtherNumber}
	}
	return v, r, err
}

// create sends the body that form returns.
func (p *partners[R, T]) create(ctx context.Context, c *Client, number instep.Opt[string], form func() (form, error)) (v T, r reply, err error) {
	n, numbered := number.Get()
	k := &call{op: "rackbeat: create " + p.entity, method: http.MethodPost, path: p.path, ref: p.ref(n), numbered: numbered}
	if k.body, err = form(); err != nil {
		return v, r, k.failed(err)
	}
	v, r, err = p.send(ctx, c, k)
	return v, r, p.taken(ctx, c, n, err)
}

// taken returns the error of a write that gives a number. That it is taken is
// inferred from a refusal of the number, which may also be for its size: of a
// long one, it is asked whether a record has it.
func (p *partners[R, T]) taken(ctx context.Context, c *Client, number string, err error) error {
	if len(number) < longNumber || instep.KindOf(err) != instep.Duplicate {
		return err
	}
	if _, _, missing := p.get(ctx, c, number); instep.KindOf(missing) != instep.NotFound {
		return err
	}
	e, _ := errors.AsType[*instep.Error](err)
	refused := *e
	refused.Kind, refused.Remedy = instep.Invalid, fmt.Sprintf("give it a number of less than %d digits", longNumber)
	return &refused
}

// update sends the body that form returns, unless it is empty.
func (p *partners[R, T]) update(ctx context.Context, c *Client, number string, renamed instep.Opt[string], form func() (form, error)) (v T, r reply, err error) {
	k, err := p.at("update", http.MethodPut, number)
	if err != nil {
		return v, r, err
	}
	k.body, err = form()
	if err == nil && len(k.body) == 0 {
		err = unfit("", "the update changes nothing", "leave it out")
	}
	if err != nil {
		return v, r, k.failed(err)
	}
	if err := p.sure(ctx, c, number); err != nil {
		return v, r, err
	}
	var to string
	to, k.numbered = renamed.Get()
	v, r, err = p.send(ctx, c, k)
	return v, r, p.taken(ctx, c, to, err)
}

func (p *partners[R, T]) remove(ctx context.Context, c *Client, number string) (reply, error) {
	k, err := p.at("delete", http.MethodDelete, number)
	if err == nil {
		err = p.sure(ctx, c, number)
	}
	if err != nil {
		return reply{}, err
	}
	return c.do(ctx, k) // the reply may be empty
}
