package house

import (
	"fmt"
	"regexp"
	"strings"
)

// The marks are put together here, so that this file is not a finding itself.
var unfinished = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X)\b`)

// Folders under which people and machines keep their files. The character in
// front tells a path from the middle of a URL.
var machinePath = regexp.MustCompile(`(^|[\s"'` + "`" + `=:(\[])(/(home|Users|root|tmp|work|workspace)/\w|[A-Za-z]:\\Users\\)`)

func nothingUnfinished(t *Tree) []Finding {
	return eachLine(t, func(line string) string {
		if mark := unfinished.FindString(line); mark != "" {
			return "the mark " + mark
		}
		return ""
	}, "finish it, or file an issue and take the mark out")
}

func noMachinePaths(t *Tree) []Finding {
	return eachLine(t, func(line string) string {
		if t.Dir != "" && strings.Contains(line, t.Dir) {
			return "the folder this module lies in here"
		}
		if hit := machinePath.FindStringSubmatch(line); hit != nil {
			return "an absolute path, " + hit[2]
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
