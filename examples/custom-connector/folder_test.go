package main

import (
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/instep-go/instep"
)

// A file that is not understood whole is not read at all.
func TestLoad(t *testing.T) {
	t.Parallel()
	const top = "number;name;price;note\n"
	for name, tt := range map[string]struct {
		file string
		rows int // -1: refused
	}{
		"a header only":          {top, 0},
		"a byte order mark":      {byteOrderMark + top + "A;Mutter;0,05;\n", 1},
		"windows line ends":      {strings.ReplaceAll(top+"A;Mutter;;\nB;Schraube;;\n", "\n", "\r\n"), 2},
		"an empty file":          {"", -1},
		"other columns":          {"number;name\n", -1},
		"commas":                 {"number,name,price,note\n", -1},
		"a row that was cut":     {top + "A;Mutt", -1},
		"no number":              {top + ";Mutter;;\n", -1},
		"a number twice":         {top + "A;Mutter;;\nA;Schraube;;\n", -1},
		"another character set":  {top + "A;M\xfctze;;\n", -1},
		"too large a file":       {top + "A;Mutter;;" + strings.Repeat("x", maxFile) + "\n", -1},
		"a point in a price":     {top + "A;Mutter;1.234;\n", -1},
		"a price that is none":   {top + "A;Mutter;free;\n", -1},
		"a quote without an end": {top + "A;\"Mutter;;\n", -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFolder(t.TempDir())
			if err := os.WriteFile(f.path, []byte(tt.file), 0o600); err != nil {
				t.Fatal(err)
			}
			rows, _, err := f.load(t.Context())
			if tt.rows < 0 {
				if instep.KindOf(err) != instep.Malformed {
					t.Errorf("error %v, want one of kind %q", err, instep.Malformed)
				}
			} else if err != nil || len(rows) != tt.rows {
				t.Errorf("%d rows and error %v, want %d", len(rows), err, tt.rows)
			}
		})
	}
}

// A spreadsheet is given no formulas, what it was given is read as it was
// before, and a write leaves nothing beside the file.
func TestWriteKeepsCells(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f := newFolder(dir)
	if err := os.WriteFile(f.path, []byte(columns+"\n"), 0o640); err != nil {
		t.Fatal(err)
	}
	for note, cell := range map[string]string{
		"=1+1": "'=1+1", "+49": "'+49", "-3": "'-3", "@home": "'@home", "\tx": "'\tx", "'=1": "''=1", "''+": "'''+",
		"'s": "'s", "a=b": "a=b", "a;b": `"a;b"`, `say "hello"`: `"say ""hello"""`,
	} {
		values, err := instep.ParseTexts(fields, "N"+note, "Mutter", "-0.5", note)
		if err != nil {
			t.Fatal(err)
		}
		results, err := f.Write(t.Context(), []instep.Op{{Ref: instep.Ref{ID: "N" + note}, Fields: values}})
		if err != nil || results[0].Err != nil {
			t.Fatal(err, results)
		}
		recs, err := newFolder(dir).Get(t.Context(), []instep.Ref{results[0].Ref})
		if err != nil || recs[0].Fields.Get("note") != instep.String(note) {
			t.Errorf("the note %q is read as %v, %v", note, recs, err)
		}
		if data, err := os.ReadFile(f.path); err != nil || !strings.Contains(string(data), ";Mutter;-0,5;"+cell+"\n") {
			t.Errorf("the note %q is not in the file as %s: %v\n%s", note, cell, err, data)
		}
	}
	if info, err := os.Stat(f.path); err != nil || info.Mode().Perm() != 0o640 && runtime.GOOS != "windows" {
		t.Errorf("the file's mode is %v, %v", info.Mode(), err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("the folder has %v, %v", entries, err)
	}
}
