package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
)

// customer is one as the left system shows it.
type customer struct {
	ID         string  `json:"id"`
	Code       string  `json:"code"`
	Name       string  `json:"name"`
	BusinessID string  `json:"business_id"`
	Email      string  `json:"email"`
	Phone      string  `json:"phone"`
	Address    address `json:"address"`
	Group      string  `json:"group"`
	Currency   string  `json:"currency"`
	Active     bool    `json:"active"`
	Modified   string  `json:"modified"`
}

type address struct {
	Street  string `json:"street"`
	Zip     string `json:"zip"`
	City    string `json:"city"`
	Country string `json:"country"`
}

// debtor is one as the right system takes it.
type debtor struct {
	Code     string `json:"code"`
	Title    string `json:"title"`
	VAT      string `json:"vat"`
	Mail     string `json:"mail"`
	Phone    string `json:"phone"`
	Street   string `json:"street"`
	Zip      string `json:"zip"`
	City     string `json:"city"`
	Country  string `json:"country"`
	Group    string `json:"group"`
	Currency string `json:"currency"`
	InUse    bool   `json:"in_use"`
}

type customers struct {
	Customers []customer `json:"customers"`
}

type written struct {
	Results []struct {
		ID     string `json:"id"`
		Status int    `json:"status"`
	} `json:"results"`
}

// client speaks to the server.
type client struct {
	url  string
	http *http.Client
}

// buffers are those of answers that were decoded.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// do sends a request and decodes the answer.
func (c *client) do(ctx context.Context, method, path string, body []byte, into any) error {
	req, err := http.NewRequestWithContext(ctx, method, c.url+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", path, resp.Status)
	}
	buf := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(buf)
	buf.Reset()
	buf.Grow(int(max(resp.ContentLength, 1<<12)) + bytes.MinRead)
	if _, err := buf.ReadFrom(resp.Body); err != nil {
		return err
	}
	return json.Unmarshal(buf.Bytes(), into)
}

func (c *client) list(ctx context.Context, from int) ([]customer, error) {
	var page customers
	err := c.do(ctx, http.MethodGet, fmt.Sprintf("/customers?from=%d", from), nil, &page)
	return page.Customers, err
}

func (c *client) get(ctx context.Context, ids []string) ([]customer, error) {
	var page customers
	err := c.do(ctx, http.MethodPost, "/get", []byte(strings.Join(ids, "\n")), &page)
	return page.Customers, err
}

// write sends a batch and returns the ids that were given out.
func (c *client) write(ctx context.Context, batch []debtor) ([]string, error) {
	body, err := json.Marshal(batch)
	if err != nil {
		return nil, err
	}
	var done written
	if err := c.do(ctx, http.MethodPost, "/batch", body, &done); err != nil {
		return nil, err
	}
	if len(done.Results) != len(batch) {
		return nil, fmt.Errorf("%d answers to %d records", len(done.Results), len(batch))
	}
	ids := make([]string, len(batch))
	for i, r := range done.Results {
		if ids[i] = r.ID; r.Status != http.StatusCreated {
			return nil, fmt.Errorf("record %d: status %d", i, r.Status)
		}
	}
	return ids, nil
}

// told returns what the server says it took.
func (c *client) told() (string, error) {
	resp, err := c.http.Get(c.url + "/told")
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<10))
	return string(text), err
}
