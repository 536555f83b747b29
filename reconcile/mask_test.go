package reconcile

import (
	"testing"

	"github.com/instep-go/instep"
)

// TestMaskIn takes what was sent out of what a vendor answers.
func TestMaskIn(t *testing.T) {
	t.Parallel()
	op := &instep.Op{
		Fields: instep.NewFields(
			instep.Field{Name: "name", Value: instep.String("Meikäläinen Oy")},
			instep.Field{Name: "email", Value: instep.String("a@esimerkki.example")},
			instep.Field{Name: "active", Value: instep.Bool(true)},
			instep.Field{Name: "city", Value: instep.Null()},
			instep.Field{Name: "note", Value: instep.String("…")}, // what texts are replaced by
		),
		Current: &instep.Record{Fields: instep.NewFields(instep.Field{Name: "phone", Value: instep.String("+358 00 123 4567")})},
	}
	for _, test := range [][2]string{
		{`Data form incorrect:. Name "MEIKÄLÄINEN OY" is taken`, `Data form incorrect:. Name "…" is taken`},
		{`meikäläinen (a@esimerkki.example) has no true phone +358 00 123 4567`, `… (…) has no true phone …`},
		{`the e-mail is not unique`, `the e-mail is not unique`},
		{`a note like … is wrong, … is not`, `a note like … is wrong, … is not`},
		{``, ``},
	} {
		if got := maskIn(test[0], textsOf(op)); got != test[1] {
			t.Errorf("%q becomes %q, want %q", test[0], got, test[1])
		}
	}
}
