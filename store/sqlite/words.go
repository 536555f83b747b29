package sqlite

import "context"

// words are the texts that many rows repeat, numbered 1, 2, 3 … in the order
// in which they first came; 0 is the empty text. Each is kept once.
type words struct {
	texts []string // by number - 1
	ids   map[string]int64
	kept  int // how many are committed
}

func (d *db) loadWords(ctx context.Context) error {
	d.words = words{ids: map[string]int64{}}
	err := d.query(ctx, "SELECT id, text FROM word ORDER BY id", nil, func(row []any) error {
		d.words.add(text(row[1]))
		if id := num(row[0]); id != int64(len(d.words.texts)) {
			return damaged("word %d is missing", len(d.words.texts))
		}
		return nil
	})
	d.words.keep()
	return err
}

func (w *words) add(text string) int64 {
	w.texts = append(w.texts, text)
	id := int64(len(w.texts))
	w.ids[text] = id
	return id
}

// keep is called when a transaction was committed, undo when it was not.
func (w *words) keep() { w.kept = len(w.texts) }

func (w *words) undo() {
	for _, text := range w.texts[w.kept:] {
		delete(w.ids, text)
	}
	w.texts = w.texts[:w.kept]
}

// word returns the number of a text and gives it one if it has none. It is
// called within a transaction.
func (d *db) word(ctx context.Context, text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	if id, ok := d.words.ids[text]; ok {
		return id, nil
	}
	id := d.words.add(text)
	_, err := d.exec(ctx, "INSERT INTO word (id, text) VALUES (?, ?)", id, []byte(text))
	return id, err
}

// text returns the text of a number.
func (w *words) text(id int64) (string, error) {
	switch {
	case id == 0:
		return "", nil
	case id < 0 || id > int64(len(w.texts)):
		return "", damaged("word %d is missing", id)
	default:
		return w.texts[id-1], nil
	}
}

// The values of a row as they come from the driver; NULL is 0, "" and nil.

func num(v any) int64 { n, _ := v.(int64); return n }

func blob(v any) []byte { b, _ := v.([]byte); return b }

func text(v any) string { return string(blob(v)) }

// full returns the bytes for a column, which may not be NULL.
func full[T ~string | ~[]byte](b T) any { return append([]byte{}, b...) }
