// Command lint runs the analyzers the project has chosen as one vet tool, so
// that the packages are loaded once for all of them and results are cached
// like those of vet itself:
//
//	go vet -vettool="$(go -C tools tool -n lint)" ./...
//
// Analyzers are named one by one: an upgrade of a module brings fixes, never a
// rule nobody chose.
package main

import (
	"strings"

	"github.com/gordonklaus/ineffassign/pkg/ineffassign"
	"github.com/gostaticanalysis/nilerr"
	"github.com/jingyugao/rowserrcheck/passes/rowserr"
	"github.com/kisielk/errcheck/errcheck"
	"github.com/polyfloyd/go-errorlint/errorlint"
	"github.com/sonatard/noctx"
	"github.com/timakin/bodyclose/passes/bodyclose"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/nilness"
	"golang.org/x/tools/go/analysis/unitchecker"
)

// harmless are calls whose error says nothing the caller could act on: closing
// what was only read, undoing a transaction that is over, printing for a person
// or answering a client that has gone. Closing a file is not among them: it may
// have been written.
var harmless = []string{
	"(io.Closer).Close",
	"(io.ReadCloser).Close",
	"(net.Listener).Close",
	"(*database/sql.Rows).Close",
	"(*database/sql.Tx).Rollback",
	"fmt.Fprint",
	"fmt.Fprintf",
	"fmt.Fprintln",
	"(net/http.ResponseWriter).Write",
	"io.WriteString(net/http.ResponseWriter)",
}

// analyzers gives the named set, each analyzer with the project's settings.
func analyzers() []*analysis.Analyzer {
	errcheck.DefaultExcludedSymbols = append(errcheck.DefaultExcludedSymbols, harmless...)
	return []*analysis.Analyzer{
		shipped(bodyclose.Analyzer), // the body of every HTTP response is closed
		shipped(errcheck.Analyzer),  // no error is dropped unseen
		errorlint.NewAnalyzer(),     // errors are compared with errors.Is and errors.As
		ineffassign.Analyzer,        // no assignment that nobody reads
		nilerr.Analyzer,             // no nil returned where an error was found
		nilness.Analyzer,            // no use of a pointer known to be nil
		noctx.Analyzer,              // whatever can block takes a context
		rowserr.NewAnalyzer(),       // rows.Err is asked after the last row
	}
}

// shipped leaves tests out of an analyzer's view: what they drop or leave open
// shows in their outcome, or ends with them.
func shipped(a *analysis.Analyzer) *analysis.Analyzer {
	b := *a
	b.Run = func(pass *analysis.Pass) (any, error) {
		report := pass.Report
		pass.Report = func(d analysis.Diagnostic) {
			if !strings.HasSuffix(pass.Fset.Position(d.Pos).Filename, "_test.go") {
				report(d)
			}
		}
		return a.Run(pass)
	}
	return &b
}

func main() {
	unitchecker.Main(analyzers()...)
}
