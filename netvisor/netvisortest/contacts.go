package netvisortest

import (
	"errors"
	"slices"
	"strconv"
	"strings"
)

// personRoot is what contactperson.nv takes, in the order of the vendor's
// documentation. The keys in it say where the message goes and are read apart.
var personRoot = element[ContactPerson]{name: "root", kids: []element[ContactPerson]{{name: "contactperson", kids: []element[ContactPerson]{
	{name: "method", required: true},
	{name: "customeridentifier", required: true, set: wantKey[ContactPerson]},
	{name: "contactpersonidentifier", set: wantKey[ContactPerson]},
	trueFalse("isdefault", func(p *ContactPerson) *bool { return &p.Default }),
	must(line("firstname", func(p *ContactPerson) *string { return &p.FirstName }, 100)),
	must(line("lastname", func(p *ContactPerson) *string { return &p.LastName }, 100)),
	must(element[ContactPerson]{name: "language", set: setLanguage}),
	line("phonenumber", func(p *ContactPerson) *string { return &p.Phone }, 80),
	line("email", func(p *ContactPerson) *string { return &p.Email }, 200),
	line("title", func(p *ContactPerson) *string { return &p.Title }, 200),
	{name: "officeidentifier", set: func(p *ContactPerson, n *node) *fault { return setKey(&p.Office, n) }},
	{name: "positionidentifier", set: func(p *ContactPerson, n *node) *fault { return setKey(&p.Position, n) }},
	{name: "contactpersonaddress", kids: []element[ContactPerson]{
		line("streetaddress", func(p *ContactPerson) *string { return &p.StreetAddress }, maxAddress),
		line("postnumber", func(p *ContactPerson) *string { return &p.PostNumber }, maxPostNumber),
		line("city", func(p *ContactPerson) *string { return &p.City }, maxAddress),
		country("country", func(p *ContactPerson) *string { return &p.Country }),
	}},
}}}}

// wantKey checks the key of a record that is there for the sender to name.
func wantKey[T any](_ *T, n *node) *fault { return setKey(new(int), n) }

// setKey reads a key; the attribute type must call it one. Blank and 0 are
// none.
func setKey(key *int, n *node) *fault {
	v := strings.TrimSpace(n.text)
	*key = 0
	if v == "" {
		return nil
	}
	if !strings.EqualFold(n.attrs["type"], "netvisor") {
		return invalid(textAttribute, n.name, "type")
	}
	k, err := strconv.Atoi(v)
	if err != nil || k < 0 {
		return invalid(textValue, n.name)
	}
	*key = k
	return nil
}

func setLanguage(p *ContactPerson, n *node) *fault {
	v := strings.ToUpper(strings.TrimSpace(n.text))
	if !strings.EqualFold(n.attrs["type"], "ISO-3166") {
		return invalid(textAttribute, n.name, "type")
	}
	if !slices.Contains([]string{"FI", "EN", "SE"}, v) {
		return invalid(textValue, n.name)
	}
	p.Language = v
	return nil
}

// contactPerson answers contactperson.nv, which has its method and keys in the
// message.
func (s *Server) contactPerson(c *call, _ params) *fault {
	message, f := s.readMessage(c.r)
	if f != nil {
		return f
	}
	inner := message.kid("contactperson")
	if inner == nil || message.name != personRoot.name {
		return invalid(textMissing, "contactperson")
	}
	method, _ := inner.kidText("method", "")
	method = strings.ToLower(method)
	var customer, person int
	for name, key := range map[string]*int{"customeridentifier": &customer, "contactpersonidentifier": &person} {
		if n := inner.kid(name); n != nil {
			if f := setKey(key, n); f != nil {
				return f
			}
		}
	}
	switch {
	case method != "add" && method != "edit" && method != "delete":
		return invalid(textValue, "method")
	case customer == 0:
		return invalid(textMissing, "customeridentifier")
	case method != "add" && person == 0:
		return invalid(textMissing, "contactpersonidentifier")
	}
	return s.changePerson(c, message, method, customer, person)
}

func (s *Server) changePerson(c *call, message *node, method string, customer, person int) *fault {
	after, err := s.store.customers.edit(customer, func(p *Customer) error {
		old := p.person(person)
		if method != "add" && old == nil {
			return errFault{invalid(textNoPerson, strconv.Itoa(person))}
		}
		if method == "delete" {
			p.ContactPersons = slices.DeleteFunc(p.ContactPersons, func(x ContactPerson) bool { return x.Key == person })
			return nil
		}
		if method == "add" {
			p.ContactPersons = append(p.ContactPersons, ContactPerson{})
			old = &p.ContactPersons[len(p.ContactPersons)-1]
		}
		was := old.Default
		if f := write(&personRoot, old, message, method == "add"); f != nil {
			return errFault{f}
		}
		if old.Office != 0 && p.office(old.Office) == nil {
			return errFault{invalid(textNoOffice, strconv.Itoa(old.Office))}
		}
		setDefault(p.ContactPersons, old, was)
		return nil
	})
	if err != nil {
		return customerFault(err, customer)
	}
	if method == "add" {
		c.inserted(after.ContactPersons[len(after.ContactPersons)-1].Key)
		return nil
	}
	c.send(c.begin())
	return nil
}

// setDefault leaves one default person. A message can make one, not take it
// back.
func setDefault(all []ContactPerson, changed *ContactPerson, was bool) {
	changed.Default = changed.Default || was
	for i := range all {
		if changed.Default && &all[i] != changed {
			all[i].Default = false
		}
	}
}

// customerFault tells the error of a change to a customer, or to its parts.
func customerFault(err error, key int) *fault {
	if errors.Is(err, errMissing) {
		return invalid(textNoCustomer, strconv.Itoa(key))
	}
	return stored(err)
}

// officeRoot is what office.nv takes, in the order of the vendor's
// documentation.
var officeRoot = element[Office]{name: "root", kids: []element[Office]{{name: "office", kids: []element[Office]{
	must(line("name", func(o *Office) *string { return &o.Name }, 0)),
	line("phonenumber", func(o *Office) *string { return &o.Phone }, 0),
	line("telefaxnumber", func(o *Office) *string { return &o.Fax }, 0),
	line("officeidentifier", func(o *Office) *string { return &o.Identifier }, 0),
	line("emailinvoicingaddress", func(o *Office) *string { return &o.EmailInvoicing }, 0),
	officeAddress("officecontactaddress", func(o *Office) *Address { return &o.Contact }),
	officeAddress("officevisitaddress", func(o *Office) *Address { return &o.Visit }),
	{name: "officefinvoicedetails", kids: []element[Office]{
		line("finvoiceaddress", func(o *Office) *string { return &o.FinvoiceAddress }, 0),
		line("finvoiceroutercode", func(o *Office) *string { return &o.FinvoiceRouterCode }, 0),
	}},
}}}}

func officeAddress(name string, of func(*Office) *Address) element[Office] {
	return element[Office]{name: name, kids: []element[Office]{
		line("streetaddress", func(o *Office) *string { return &of(o).StreetAddress }, maxAddress),
		line("postnumber", func(o *Office) *string { return &of(o).PostNumber }, maxPostNumber),
		line("city", func(o *Office) *string { return &of(o).City }, maxAddress),
		country("country", func(o *Office) *string { return &of(o).Country }),
	}}
}

// office answers office.nv: method=add or edit, customerid and, to edit,
// officeid.
func (s *Server) office(c *call, q params) *fault {
	edit, f := q.edits()
	if f != nil {
		return f
	}
	customer, f := q.key("customerid")
	if f != nil {
		return f
	}
	office := 0
	if edit {
		if office, f = q.key("officeid"); f != nil {
			return f
		}
	}
	message, f := s.readMessage(c.r)
	if f != nil {
		return f
	}
	after, err := s.store.customers.edit(customer, func(p *Customer) error {
		if !edit {
			p.Offices = append(p.Offices, Office{})
			return faultOrNil(write(&officeRoot, &p.Offices[len(p.Offices)-1], message, true))
		}
		o := p.office(office)
		if o == nil {
			return errFault{invalid(textNoOffice, strconv.Itoa(office))}
		}
		return faultOrNil(write(&officeRoot, o, message, false))
	})
	if err != nil {
		return customerFault(err, customer)
	}
	if edit {
		c.send(c.begin())
		return nil
	}
	c.inserted(after.Offices[len(after.Offices)-1].Key)
	return nil
}

func faultOrNil(f *fault) error {
	if f == nil {
		return nil
	}
	return errFault{f}
}
