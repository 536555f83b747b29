package main

import (
	"context"
	"slices"
	"sync"
)

// floor is the plain program: typed structs and two goroutines, each with
// every second page. It keeps no state and cannot go on after a crash.
func floor(ctx context.Context, c *client, opt options) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	const workers = 2
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for from := w * pageSize; from < opt.records && ctx.Err() == nil; from += workers * pageSize {
				if err := movePage(ctx, c, from); err != nil {
					cancel(err)
				}
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

func movePage(ctx context.Context, c *client, from int) error {
	page, err := c.list(ctx, from)
	if err != nil {
		return err
	}
	batch := make([]debtor, 0, batchSize)
	for chunk := range slices.Chunk(page, batchSize) {
		batch = batch[:0]
		for i := range chunk {
			batch = append(batch, mapped(&chunk[i]))
		}
		if _, err := c.write(ctx, batch); err != nil {
			return err
		}
	}
	return nil
}

func mapped(c *customer) debtor {
	return debtor{
		Code: c.Code, Title: c.Name, VAT: c.BusinessID, Mail: c.Email, Phone: c.Phone, Street: c.Address.Street,
		Zip: c.Address.Zip, City: c.Address.City, Country: c.Address.Country, Group: c.Group, Currency: c.Currency,
		InUse: c.Active,
	}
}
