package house

import (
	"path"
	"slices"
	"strings"
)

// testCommand is what the README tells newcomers to run.
const testCommand = "go test ./..."

func layout(t *Tree) []Finding {
	const file = "CONTRIBUTING.md"
	body, _ := t.Text(file)
	listed := layoutFolders(body)
	if len(listed) == 0 {
		return []Finding{{file, "no list of folders", "write one between ``` lines under a heading with the word Layout"}}
	}
	var found []Finding
	for _, p := range t.Packages() {
		if !slices.Contains(listed, p.Folder) {
			found = append(found, Finding{file, "the layout leaves out " + p.Folder, "add a line for it"})
		}
	}
	for _, folder := range listed {
		if !slices.Contains(t.Folders, folder) {
			found = append(found, Finding{file, "the layout lists " + folder + ", which is not there", "take the line out"})
		}
	}
	return found
}

// layoutFolders gives the folders a layout lists: the first word of each line
// in the first fenced block below a heading with the word Layout.
func layoutFolders(body string) []string {
	var folders []string
	below, fenced := false, false
	for line := range strings.Lines(body) {
		switch fence := strings.HasPrefix(line, "```"); {
		case strings.HasPrefix(line, "#") && !fenced:
			below = strings.Contains(line, "Layout")
		case below && fence && fenced:
			return folders
		case below && fence:
			fenced = true
		case fenced:
			if words := strings.Fields(line); len(words) > 0 {
				folders = append(folders, path.Clean(words[0]))
			}
		}
	}
	return folders
}

func readme(t *Tree) []Finding {
	var found []Finding
	body, _ := t.Text("README.md")
	for _, p := range t.Packages() {
		if within(p.Folder, "examples") && p.Name == "main" && !strings.Contains(body, p.Folder) {
			found = append(found, Finding{"README.md", "says nothing of " + p.Folder, "tell what one sees there and how to run it"})
		}
	}
	for _, file := range []string{"README.md", ".ci/run"} {
		if body, _ := t.Text(file); !strings.Contains(body, testCommand) {
			found = append(found, Finding{file, "does not have the test command", "write " + testCommand})
		}
	}
	return found
}
