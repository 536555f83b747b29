package connectortest

import (
	"context"
	"errors"
	"strings"

	"github.com/instep-go/instep"
)

// factRules are about what a connector says of itself and of its installation.
var factRules = []rule{
	{
		name: "traits stay", needs: []need{aSource, hands},
		text: "the traits do not change: the engine reads them once",
		check: func(b *bench) {
			b.fill(2)
			b.everything()
			if now := b.readTraits(); now != b.traits {
				b.Errorf("the traits were %+v, and after some reads they are %+v", b.traits, now)
			}
		},
	},
	{
		name: "traits agree", needs: []need{aSource, aSink},
		text: "a source and a sink of the same records have the same traits",
		check: func(b *bench) {
			left, ok := instep.As[instep.Traiter](b.Source)
			right, too := instep.As[instep.Traiter](b.Sink)
			if ok && too && left.Traits() != right.Traits() {
				b.Errorf("the source has %+v, the sink %+v", left.Traits(), right.Traits())
			}
		},
	},
	{
		name: "descriptions are sound", needs: []need{describe},
		text: "each field is described once, with a name, a type that a value can have, an access, and no negative limit",
		check: func(b *bench) {
			seen := map[string]bool{}
			for _, info := range b.infos {
				switch {
				case info.Name == "" || seen[info.Name]:
					b.Errorf("the name %q is empty or there twice", info.Name)
				case info.Type == instep.TypeAbsent || info.Type == instep.TypeNull || info.Type > instep.TypeGroup:
					b.Errorf("%s is described as a %s", info.Name, info.Type)
				case info.Access == 0 || info.Access > instep.ReadWrite || info.MaxLen < 0 || info.Decimals < 0:
					b.Errorf("%s has the access %d and the limits %d and %d", info.Name, info.Access, info.MaxLen, info.Decimals)
				case info.Required && info.Access&instep.CanCreate == 0:
					b.Errorf("%s is required and cannot be given", info.Name)
				}
				seen[info.Name] = true
			}
		},
	},
	{
		name: "descriptions stay", needs: []need{describe},
		text: "Describe gives the same again, whatever the caller did to what it gave before",
		check: func(b *bench) {
			d, _ := capability[instep.Describer](b)
			first, err := d.Describe(b.ctx())
			if err != nil {
				b.Fatalf("Describe: %v", err)
			}
			for i := range first {
				first[i] = instep.FieldInfo{Name: "overwritten"}
			}
			again, err := d.Describe(b.ctx())
			if err != nil || len(again) != len(b.infos) {
				b.Fatalf("Describe gives %d fields, then %d and error %v", len(b.infos), len(again), err)
			}
			for i := range again {
				if again[i] != b.infos[i] {
					b.Errorf("%s is then %+v", b.infos[i].Name, again[i])
				}
			}
		},
	},
	{
		name: "the token field is described", needs: []need{describe, tokened},
		text: "Traits.TokenField is described as a text that a create can give and that can be found by",
		check: func(b *bench) {
			info := b.info(b.traits.TokenField)
			if info.Type != instep.TypeString || info.Access&instep.CanCreate == 0 || info.MaxLen > 0 && info.MaxLen < 32 {
				b.Errorf("%s is a %s with the access %d and room for %d", b.traits.TokenField, info.Type, info.Access, info.MaxLen)
			}
		},
	},
	{
		name: "lists can be listed", needs: []need{describe, aLister},
		text: "each code list that a field is described with can be listed",
		check: func(b *bench) {
			l, _ := capability[instep.Lister](b)
			for _, info := range b.infos {
				if info.List == "" {
					continue
				}
				if _, err := l.List(b.ctx(), info.List); err != nil {
					b.Errorf("%s takes names of the list %q: %v", info.Name, info.List, err)
				}
			}
		},
	},
	{
		name: "items have names", needs: []need{describe, aLister},
		text: "each item of a code list has a code and a name, and no two the same code",
		check: func(b *bench) {
			l, _ := capability[instep.Lister](b)
			for _, info := range b.infos {
				items, err := l.List(b.ctx(), info.List)
				if info.List == "" || err != nil {
					continue
				}
				codes := map[string]bool{}
				for _, it := range items {
					if it.Code == "" || it.Name == "" || codes[it.Code] {
						b.Errorf("the list %q has the item %+v", info.List, it)
					}
					codes[it.Code] = true
				}
			}
		},
	},
	{
		name: "an unknown list", needs: []need{aLister},
		text: "List of an unknown name is an error of kind Unsupported that says which lists there are",
		check: func(b *bench) {
			l, _ := capability[instep.Lister](b)
			_, err := l.List(b.ctx(), "no such list")
			b.wantKind("List", err, instep.Unsupported)
			for _, info := range b.infos {
				if err != nil && info.List != "" && !strings.Contains(err.Error(), info.List) {
					b.Errorf("the error %q does not name the list %q", err, info.List)
				}
			}
		},
	},
	{
		name: "the installation has a name of its own", needs: []need{aProber},
		text: "Probe tells the System of the traits and an Installation that is not empty",
		check: func(b *bench) {
			if r := b.probe(b.ctx()); r.System != b.traits.System || r.Installation == "" {
				b.Errorf("the report says System %q and Installation %q", r.System, r.Installation)
			}
		},
	},
	{
		name: "the installation stays", needs: []need{aProber, hands},
		text: "Probe tells the same Installation whenever it is asked, and another process too: state belongs to one pair of installations, and is refused to another",
		check: func(b *bench) {
			first := b.probe(b.ctx())
			if b.Source != nil {
				b.fill(1)
			}
			if again := b.probe(b.ctx()); again.Installation != first.Installation {
				b.Errorf("Installation was %q and is %q", first.Installation, again.Installation)
			}
			if b.Reopen == nil {
				return
			}
			if p, ok := instep.As[instep.Prober](b.Reopen()); ok {
				if r, err := p.Probe(b.ctx()); err != nil || r.Installation != first.Installation {
					b.Errorf("Installation was %q and is %q for another Source, %v", first.Installation, r.Installation, err)
				}
			}
		},
	},
	{
		name: "checks can be acted on", needs: []need{aProber},
		text: "each check of a report has a name, and one that is not OK a remedy",
		check: func(b *bench) {
			for _, c := range b.probe(b.ctx()).Checks {
				if c.Name == "" || !c.OK && c.Remedy == "" {
					b.Errorf("the check %+v", c)
				}
			}
		},
	},
	{
		name: "an installation that cannot be found out", needs: []need{aProber},
		text: "Probe fails where it cannot find out who the installation is: with a context that has ended it does not make one up",
		check: func(b *bench) {
			p, _ := capability[instep.Prober](b)
			r, err := p.Probe(b.dead())
			if err == nil && r.Installation != b.probe(b.ctx()).Installation {
				b.Errorf("the report says Installation %q", r.Installation)
			}
		},
	},
	{
		name: "errors have a kind", needs: []need{aSource},
		text: "errors are of type instep.Error, or are a context's own, and say of what kind they are: by its kind the engine decides what to do, never by its text",
		check: func(b *bench) {
			var errs []error
			_, err := b.Source.Read(b.dead(), "")
			errs = append(errs, err)
			if f := b.finder(); f != nil {
				_, err := f.Find(b.ctx(), "no such field", []instep.Value{instep.String("x")})
				errs = append(errs, err)
			}
			for _, err := range errs {
				if err != nil && !errors.Is(err, context.Canceled) && instep.KindOf(err) == instep.Unclassified {
					b.Errorf("the error %q is of no kind", err)
				}
			}
		},
	},
	{
		name: "reads tell no secrets", needs: []need{aSource, secrets},
		text: "no error of a read, and no log line, holds a secret",
		check: func(b *bench) {
			_, err := b.Source.Read(b.dead(), "")
			b.noSecret("an error of Read", err)
			if b.Throttle != nil {
				_, err = b.throttled(func() error { _, err := b.Source.Read(b.ctx(), ""); return err })
				b.noSecret("an error of Read", err)
			}
			b.everything()
			b.noSecretLogged()
		},
	},
}

func (b *bench) probe(ctx context.Context) instep.Report {
	p, _ := capability[instep.Prober](b)
	r, err := p.Probe(ctx)
	if err != nil {
		b.Fatalf("Probe: %v", err)
	}
	return r
}

// noSecret expects that an error holds none of the secrets.
func (b *bench) noSecret(what string, err error) {
	for _, s := range b.Secrets {
		if err != nil && strings.Contains(err.Error(), s) {
			b.Errorf("%s holds a secret", what)
		}
	}
}

// noSecretLogged expects that the log holds none of the secrets.
func (b *bench) noSecretLogged() {
	if b.Log == nil {
		return
	}
	log := b.Log()
	for _, s := range b.Secrets {
		if strings.Contains(log, s) {
			b.Errorf("the log holds a secret")
		}
	}
}
