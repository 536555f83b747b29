package sqlite_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/sqlite"
)

// A backup is taken while the store is open, and put back while it is not. The
// engine then finds Rewound set: it matches before it creates, and creates only
// what a person has approved.
func ExampleRestore() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "state")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	state, backup := filepath.Join(dir, "state"), filepath.Join(dir, "monday.backup")

	store, err := sqlite.Open(ctx, state, nil)
	if err != nil {
		log.Fatal(err)
	}
	commit := func(link instep.LinkID, left, right string) {
		sides := [2]instep.LinkSide{{ID: left}, {ID: right}}
		if err := store.Commit(ctx, &instep.Batch{Pair: "products", Links: []instep.Link{{ID: link, Gen: 1, Sides: sides}}}); err != nil {
			log.Fatal(err)
		}
	}
	commit(1, "31", "A-1")
	if err := store.Backup(ctx, backup); err != nil {
		log.Fatal(err)
	}
	commit(2, "32", "A-2") // after the backup
	if err := store.Close(); err != nil {
		log.Fatal(err)
	}

	if err := sqlite.Restore(ctx, state, backup); err != nil {
		log.Fatal(err)
	}
	store, err = sqlite.Open(ctx, state, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()
	pair, err := store.Pair(ctx, "products")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("links:", pair.LastLink, "rewound:", pair.Rewound)
	// Output: links: 1 rewound: true
}
