//go:build benthos

package main

import (
	"context"
	"fmt"

	_ "github.com/redpanda-data/benthos/v4/public/components/io"   // its HTTP
	_ "github.com/redpanda-data/benthos/v4/public/components/pure" // its processors
	"github.com/redpanda-data/benthos/v4/public/service"
)

// benthos moves the customers as one writes it down for that program. It keeps
// no state, and does not look at the answer to each record.
func benthos(ctx context.Context, c *client, opt options) error {
	b := service.NewStreamBuilder()
	b.SetThreads(2)
	if err := b.SetYAML(fmt.Sprintf(benthosConfig, opt.records/pageSize, pageSize, c.url, batchSize, c.url)); err != nil {
		return err
	}
	s, err := b.Build()
	if err != nil {
		return err
	}
	return s.Run(ctx)
}

const benthosConfig = `
logger: { level: ERROR }
input:
  generate: { count: %d, interval: "", mapping: 'root.from = (count("pages") - 1) * %d' }
pipeline:
  threads: 2
  processors:
    - http: { url: '%s/customers?from=${! json("from") }', verb: GET }
    - mapping: root = this.customers
    - unarchive: { format: json_array }
    - mapping: |
        root.code = this.code
        root.title = this.name
        root.vat = this.business_id
        root.mail = this.email
        root.phone = this.phone
        root.street = this.address.street
        root.zip = this.address.zip
        root.city = this.address.city
        root.country = this.address.country
        root.group = this.group
        root.currency = this.currency
        root.in_use = this.active
    - split: { size: %d }
    - archive: { format: json_array }
output:
  http_client:
    url: '%s/batch'
    verb: POST
    max_in_flight: 64
`
