package house

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
)

// The marks are put together here, so that this file is not a finding itself.
var unfinished = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X)\b`)

// What may stand in front of a path; anything else makes it the middle of a
// URL or an import path.
const front = `(^|[\s"'=:(\[` + "`" + `])`

// Folders under which people and machines keep their files.
var machinePath = regexp.MustCompile(front + `(/(home|Users|root|tmp|work|workspace)/\w|[A-Za-z]:\\Users\\)`)

func nothingUnfinished(t *Tree) []Finding {
	return eachLine(t, func(line string) string {
		if mark := unfinished.FindString(line); mark != "" {
			return "the mark " + mark
		}
		return ""
	}, "finish it, or file an issue and take the mark out")
}

func noMachinePaths(t *Tree) []Finding {
	here := machinePath
	if strings.Count(filepath.ToSlash(t.Dir), "/") > 1 { // "/app" alone could also be part of an address
		here = regexp.MustCompile(front + "(" + regexp.QuoteMeta(t.Dir) + ")")
	}
	return eachLine(t, func(line string) string {
		if here.MatchString(line) || machinePath.MatchString(line) {
			return "an absolute path"
		}
		return ""
	}, "write it relative to the module, or use t.TempDir in a test")
}

// eachLine asks about every line of every text; an answer makes a finding.
func eachLine(t *Tree, ask func(line string) string, mend string) []Finding {
	var found []Finding
	for _, text := range t.Texts {
		n := 0
		for line := range strings.Lines(text.Body) {
			n++
			if what := ask(line); what != "" {
				found = append(found, Finding{fmt.Sprintf("%s:%d", text.Path, n), what, mend})
			}
		}
	}
	return found
}
