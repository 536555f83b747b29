package connectortest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/instep-go/instep"
)

// bench is a system under one rule: calls that should succeed, and end the
// rule if they do not. What is wrong is collected, so that the kit can be
// tested on connectors that are wrong.
type bench struct {
	*System

	tb     testing.TB
	live   bool
	m      *measures
	traits instep.Traits
	infos  []instep.FieldInfo // nil: it does not describe itself

	n     int      // the last sample
	made  []string // ids of the records that the rule has made
	fails []string
	ended outcome // where it was stopped
}

// halt ends a rule.
type halt struct{}

// Errorf notes that the rule is broken.
func (b *bench) Errorf(format string, args ...any) {
	b.fails = append(b.fails, fmt.Sprintf(format, args...))
}

// Fatalf notes that the rule is broken and ends it.
func (b *bench) Fatalf(format string, args ...any) {
	b.Errorf(format, args...)
	panic(halt{})
}

// stop ends the rule without saying that it is broken.
func (b *bench) stop(v verdict, format string, args ...any) {
	b.ended = outcome{v, []string{fmt.Sprintf(format, args...)}}
	panic(halt{})
}

func (b *bench) outcome() outcome {
	if len(b.fails) > 0 {
		return outcome{broken, b.fails}
	}
	return b.ended
}

func (b *bench) ctx() context.Context { return b.tb.Context() }

// dead returns a context that has ended.
func (b *bench) dead() context.Context {
	ctx, cancel := context.WithCancel(b.ctx())
	cancel()
	return ctx
}

// samples numbers the samples of live systems, which outlast a rule.
var samples atomic.Int64

// begin looks at what the connector says of itself.
func (b *bench) begin() {
	b.traits = b.readTraits()
	if d, ok := capability[instep.Describer](b); ok {
		infos, err := d.Describe(b.ctx())
		if err != nil {
			b.Fatalf("Describe: %v", err)
		}
		b.infos = slices.Clone(infos)
	}
	if b.Sample == nil {
		b.Fatalf("System.Sample is nil")
	}
	b.m.declare(b)
}

func (b *bench) readTraits() instep.Traits {
	if t, ok := capability[instep.Traiter](b); ok {
		return t.Traits()
	}
	return instep.Traits{}
}

// tidy removes from a live system what the rule has made.
func (b *bench) tidy() {
	if !b.live {
		return
	}
	defer func() {
		if x := recover(); x != nil {
			b.tb.Logf("cannot clean up after the rule: %v", x)
		}
	}()
	for _, id := range b.made {
		switch {
		case b.Remove != nil:
			_ = b.Remove(id)
		case b.Sink != nil && (b.traits.CanDelete || b.traits.CanBar):
			action := instep.Delete
			if !b.traits.CanDelete {
				action = instep.Deactivate
			}
			_, _ = b.Sink.Write(context.WithoutCancel(b.ctx()), []instep.Op{{Action: action, Ref: b.ref(id)}})
		}
	}
}

func (b *bench) getter() instep.Getter {
	g, _ := capability[instep.Getter](b)
	return g
}

func (b *bench) finder() instep.Finder {
	f, _ := capability[instep.Finder](b)
	return f
}

func (b *bench) canWrite() bool { return b.Sink != nil }

func (b *bench) ref(id string) instep.Ref {
	return instep.Ref{System: b.traits.System, Entity: b.traits.Entity, ID: id}
}

// info returns the description of a field. What is not described can be read
// and written.
func (b *bench) info(name string) instep.FieldInfo {
	for _, info := range b.infos {
		if info.Name == name {
			return info
		}
	}
	return instep.FieldInfo{Name: name, Access: instep.ReadWrite}
}

// sample returns the fields of a record that no other sample of the rule has.
func (b *bench) sample() instep.Fields {
	if b.live {
		samples.CompareAndSwap(0, time.Now().Unix()%1e7*100)
		b.n = int(samples.Add(1))
	} else {
		b.n++
	}
	f := b.Sample(b.n)
	if f.Len() == 0 {
		b.Fatalf("System.Sample(%d) has no fields", b.n)
	}
	return f
}

// editField is the field that is edited where any would do.
func (b *bench) editField() string {
	if b.Field != "" {
		return b.Field
	}
	for name, v := range b.Sample(1).All() {
		info := b.info(name)
		if v.Type() == instep.TypeString && info.Access&instep.CanUpdate != 0 && !info.Required && info.List == "" &&
			!slices.Contains(b.FindBy, name) && name != b.traits.TokenField {
			return name
		}
	}
	return ""
}

// text returns a value for the edited field, of the shape of the sample's own.
func (b *bench) text(n int) instep.Value {
	return instep.String(fmt.Sprintf("%s %d", strings.Trim(b.Sample(1).Get(b.editField()).String(), " 0123456789"), n))
}

// edit returns the fields of an edit.
func (b *bench) edit(v instep.Value) instep.Fields {
	return instep.NewFields(instep.Field{Name: b.editField(), Value: v})
}

// patience is how long the kit waits beyond the declared read lag for what it
// wants to look at. Only the rule about the lag measures it.
const patience = 3 * time.Second

// until waits for something to be seen, and returns for how long.
func (b *bench) until(seen func() bool) (waited time.Duration, ok bool) {
	limit := b.traits.ReadLag + patience
	for step := 20 * time.Millisecond; ; step *= 2 {
		if seen() {
			return waited, true
		}
		if waited >= limit {
			return waited, false
		}
		d := min(step, limit-waited)
		b.sleep(d)
		waited += d
	}
}

func (b *bench) sleep(d time.Duration) {
	if b.Sleep != nil {
		b.Sleep(d)
		return
	}
	time.Sleep(d)
}

// pause waits out the read lag of a live system, before something is held not
// to have happened.
func (b *bench) pause() {
	if b.live {
		b.sleep(b.traits.ReadLag)
	}
}
