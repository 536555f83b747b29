// Package instep keeps the records of two business systems in step: the
// products of a stock system and the books, the customers of an ERP and a
// CRM. It never makes a duplicate, never loses an edit and never deletes what
// it should not, also when a reply is lost or the process is killed, and it
// can say of each write why it was made.
//
// # In thirty lines
//
// This program brings the products of a Rackbeat and a Netvisor company into
// step. The first run links what belongs together and creates what is
// missing in Netvisor; every later run carries over what changed.
//
//	stock, err := rackbeat.New(os.Getenv("RACKBEAT_KEY"), rackbeat.Consumer{Name: "Acme", Email: "it@acme.example"}, nil)
//	if err != nil { return err }
//	books, err := netvisor.New(netvisor.Credentials{ /* five values of the company */ }, nil)
//	if err != nil { return err }
//	state, err := sqlite.Open(ctx, "/var/lib/acme/products", nil)
//	if err != nil { return err }
//	defer state.Close()
//
//	products := reconcile.Pair{
//		Name:  "products",
//		Left:  stock.Products(),
//		Right: books.Products(),
//		First: instep.Left,    // whose values stand when two records first meet
//		Flow:  instep.ToRight, // where missing records are created
//		Mapping: instep.Mapping{Rules: []instep.Rule{
//			{Name: "code", Left: instep.End{Field: "number"}, Right: instep.End{Field: "product_code"},
//				Owner: instep.LeftOwns, Match: &instep.Match{Rank: 1}},
//			{Name: "name", Left: instep.End{Field: "name"}, Right: instep.End{Field: "name"}, Owner: instep.LeftOwns},
//			{Name: "price", Left: instep.End{Field: "sales_price"}, Right: instep.End{Field: "unit_price"}, Owner: instep.LeftOwns},
//			{Name: "group", Left: instep.End{Field: "group"}, Right: instep.End{Field: "product_group"}, Owner: instep.LeftOwns},
//		}},
//	}
//	engine, err := reconcile.New(state, []reconcile.Pair{products}, nil)
//	if err != nil { return err } // says which rule, which side and what to do
//	plan, err := engine.Plan(ctx, nil) // reads both sides, writes to neither
//	if err != nil { return err }
//	for item := range plan.Items() {
//		fmt.Println(item.Outcome, item.Label, reconcile.Text(item.Reason))
//	}
//	summary, err := engine.Apply(ctx, plan)
//
// The program examples/netvisor-rackbeat is the same with everything around
// it, and runs against the fake servers that come with the vendor packages.
//
// # The words
//
// An installation is one company's instance of a system. It has registers of
// an entity, such as products, which hold a [Record] each, named by a [Ref].
// A [Source] reads a register a [Page] at a time and says with a [Cursor] how
// far; a [Sink] writes [Op] by [Op]. What else a register can do (read one
// record, find by a key, list codes, describe its fields, tell who it is) are
// one-method interfaces, looked up with [As]; facts that are no behaviour are
// its [Traits].
//
// A [Record] has [Fields], and a field has a [Value]: exact, closed and
// comparable. Absent, null and the empty text are three different things.
//
// A [Mapping] says which fields correspond and who owns them. It is data. A
// [Matcher] gives the keys by which records find each other; the engine
// decides, one to one and independent of the order of arrival.
//
// A [Checkpoint] is the engine's durable state. It remembers each pair of
// records as a [Link] with a base for each side: keyed hashes of what was
// last known to stand there. What differs from its base was edited. State
// holds ids and hashes, no values.
//
// Every failure is an [Error] with a [Kind].
//
// # Where to go on
//
// Package reconcile is the engine, store/sqlite the usual state, netvisor and
// rackbeat are vendors; each vendor package has a fake server beside it, to
// test against. docs/design.md says why things are as they are, and lists the
// rules that the engine keeps.
package instep
