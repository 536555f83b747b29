package company_test

import (
	"strings"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/company"
)

// checkSum says by the rule of its country whether an id is right, put another
// way than the code does: with the check digit as part of the sum.
func checkSum(id string) bool {
	country, digits := id[:2], id[2:]
	if len(digits) != 8 || strings.Trim(digits, "0123456789") != "" || strings.Trim(digits, "0") == "" {
		return false
	}
	weights := map[string]string{"FI": "79:58421", "DK": "27654321"}[country] // ':' is ten
	sum := 0
	for i := range weights {
		sum += int(weights[i]-'0') * int(digits[i]-'0')
	}
	return weights != "" && sum%11 == 0 && (country == "FI" || digits[0] != '0')
}

// FuzzCascade makes keys of any customer. A key that is proof has to be one.
func FuzzCascade(f *testing.F) {
	f.Add("100", "1967543-8", "Kahvila Yötön Oy", false)
	f.Add("0100", "20000104", " ", true)
	f.Add(" 7 ", "FI12345678", "Æ", false)
	f.Add("K-1", "se 556012-5790 01", "-", false)
	names := company.Fields{Number: "number", BusinessID: "id", Name: "name", Private: "private"}
	trusting := company.Cascade(names, names, company.Options{TrustNumbers: true, ProposeNames: true, ProposeAlike: true})
	careful := company.Cascade(names, names, company.Options{})
	f.Fuzz(func(t *testing.T, number, id, name string, private bool) {
		record := fields(number, id, name, private)
		keys := trusting.Keys(instep.Left, record, nil)
		plain := careful.Keys(instep.Right, record, nil)
		for i, k := range keys {
			if i > 0 && keys[i-1].Rank > k.Rank || k.Value == "" || k.Weak {
				t.Fatalf("%+v", keys)
			}
			switch k.Rank {
			case company.RankNumber:
				if k.Value != strings.TrimSpace(number) || strings.Trim(k.Value, "0123456789") != "" || k.Value[0] == '0' {
					t.Errorf("%q has the number %q", number, k.Value)
				}
			case company.RankBusinessID:
				checked := strings.HasPrefix(k.Value, "FI") || strings.HasPrefix(k.Value, "DK")
				if private || k.Strong != checked || checked && !checkSum(k.Value) {
					t.Errorf("%q of a private person (%t) has the key %+v", id, private, k)
				}
			default:
				if !k.Propose {
					t.Errorf("%+v joins", k)
				}
			}
			joins := k.Rank <= company.RankName
			if joins && (i >= len(plain) || plain[i].Value != k.Value || plain[i].Weak != (k.Rank == company.RankNumber) || plain[i].Propose) {
				t.Errorf("%+v depends on the side or the options: %+v", k, plain)
			}
		}
	})
}
