package catalogue

// kind is a sort of goods, in Finnish or Danish, with what a product of it may
// be called and cost.
type kind struct {
	group  string
	prefix string // of its codes; "" for codes of digits alone
	units  []string
	items  []string
	ways   []string // colours, qualities, origins
	sizes  []string
	low    int // price in hundredths
	high   int
	cheap  bool // priced by the piece in fractions of a cent
}

// kinds are the shelves of the shop. Finnish and Danish ones alternate, as the
// company buys from both.
var kinds = []kind{
	{
		group: "Kahvi ja tee", prefix: "KT-", units: []string{"pkt", "kg"},
		items: []string{"Suodatinkahvi", "Espressopavut", "Kahvipavut", "Vihreä tee", "Yrttitee", "Jäätee"},
		ways:  []string{"Yötön yö", "Kesäranta", "tumma paahto", "vaalea paahto", "luomu", "Äijän aamu"},
		sizes: []string{"250 g", "500 g", "1 kg", "20 pss"}, low: 290, high: 2490,
	},
	{
		group: "Kaffe og te", prefix: "kaffe", units: []string{"kg", "stk"},
		items: []string{"Filterkaffe", "Espressobønner", "Formalet kaffe", "Grøn te", "Urtete", "Kakao"},
		ways:  []string{"Morgenrøde", "Skærgård", "mørkristet", "lysristet", "økologisk", "Bedstemors blå"},
		sizes: []string{"200 g", "400 g", "1 kg", "5 kg"}, low: 2500, high: 24900,
	},
	{
		group: "Työkalut", prefix: "TK.", units: []string{"kpl"},
		items: []string{"Vasara", "Jakoavain", "Ruuvimeisseli", "Käsisaha", "Mittanauha", "Porakärki", "Työntömitta"},
		ways:  []string{"teräs", "eristetty", "säädettävä", "lyhyt", "pitkä", "kromattu"},
		sizes: []string{"8 mm", "10 mm", "250 mm", "½\"", "koko XL"}, low: 350, high: 12900,
	},
	{
		group: "Værktøj", prefix: "VRK", units: []string{"stk"},
		items: []string{"Hammer", "Svensknøgle", "Skruetrækker", "Håndsav", "Målebånd", "Boresæt", "Skydelære"},
		ways:  []string{"stål", "isoleret", "justerbar", "kort", "lang", "forkromet"},
		sizes: []string{"8 mm", "10 mm", "250 mm", "1/2 tomme", "str. XL"}, low: 2900, high: 99900,
	},
	{
		group: "Maalit ja lakat", prefix: "ML", units: []string{"l", "prk"},
		items: []string{"Sisämaali", "Ulkomaali", "Pohjamaali", "Puuöljy", "Kalustelakka", "Homeenestomaali"},
		ways:  []string{"valkoinen", "punamulta", "meren sininen", "kuusenvihreä", "täyshimmeä", "kiiltävä"},
		sizes: []string{"0,9 l", "2,7 l", "9 l", "18 l"}, low: 1290, high: 18900,
	},
	{
		group: "Maling og lak", prefix: "ML-DK/", units: []string{"l", "stk"},
		items: []string{"Vægmaling", "Træbeskyttelse", "Grundmaling", "Møbellak", "Radiatormaling", "Rustbeskytter"},
		ways:  []string{"hvid", "svenskrød", "havblå", "grågrøn", "helmat", "højglans"},
		sizes: []string{"0,75 l", "2,5 l", "5 l", "10 l"}, low: 9900, high: 129900,
	},
	{
		group: "Toimistotarvikkeet", prefix: "", units: []string{"kpl", "pkt"},
		items: []string{"Kopiopaperi", "Kuulakärkikynä", "Lyijykynä", "Kirjekuori", "Mappi", "Nitojan niitti", "Muistilehtiö"},
		ways:  []string{"A4", "A5", "sininen", "musta", "kierrätetty", "ikkunallinen"},
		sizes: []string{"1 kpl", "10 kpl", "100 kpl", "500 arkkia"}, low: 2, high: 1290, cheap: true,
	},
	{
		group: "Kontorartikler", prefix: "K", units: []string{"stk", "pk"},
		items: []string{"Kopipapir", "Kuglepen", "Blyant", "Kuvert", "Ringbind", "Hæfteklammer", "Notesblok"},
		ways:  []string{"A4", "A5", "blå", "sort", "genbrug", "med rude"},
		sizes: []string{"1 stk", "10 stk", "100 stk", "500 ark"}, low: 15, high: 9900, cheap: true,
	},
	{
		group: "Elintarvikkeet", prefix: "EL", units: []string{"kg", "pkt", "l"},
		items: []string{"Ruisleipä", "Kaurahiutale", "Hillo", "Rypsiöljy", "Näkkileipä", "Hunaja"},
		ways:  []string{"mansikka", "mustikka", "täysjyvä", "gluteeniton", "kylmäpuristettu", "pöytälaatu"},
		sizes: []string{"330 g", "500 g", "1 l", "5 kg"}, low: 145, high: 3900,
	},
	{
		group: "Fødevarer", prefix: "fv-", units: []string{"kg", "stk", "l"},
		items: []string{"Rugbrød", "Havregryn", "Syltetøj", "Rapsolie", "Knækbrød", "Honning"},
		ways:  []string{"jordbær", "blåbær", "fuldkorn", "glutenfri", "koldpresset", "sønderjysk"},
		sizes: []string{"330 g", "500 g", "1 l", "5 kg"}, low: 1200, high: 29900,
	},
	{
		group: "Tekstiilit", prefix: "TX", units: []string{"m", "kpl"},
		items: []string{"Pellavakangas", "Pyyhe", "Pöytäliina", "Työtakki", "Villasukat", "Säärystimet"},
		ways:  []string{"raidallinen", "pellava", "tummansininen", "huomiokeltainen", "käsin kudottu", "vedenpitävä"},
		sizes: []string{"50 × 70", "150 cm", "koko M", "koko XXL"}, low: 490, high: 15900,
	},
	{
		group: "Tekstil", prefix: "tx", units: []string{"m", "stk"},
		items: []string{"Hørlærred", "Håndklæde", "Dug", "Arbejdsjakke", "Uldsokker", "Forklæde"},
		ways:  []string{"stribet", "hør", "mørkeblå", "advarselsgul", "håndvævet", "vandtæt"},
		sizes: []string{"50 × 70", "150 cm", "str. M", "str. XXL"}, low: 3900, high: 119900,
	},
}

// remarks become descriptions; %s is the name of the product.
var remarks = []string{
	"%s. Säilytetään kuivassa ja valolta suojattuna.",
	"%s – toimitusaika 2–3 arkipäivää.\nTilaa vähintään 6 kpl.",
	"%s. Opbevares tørt & køligt (max. 20 °C).",
	"Sæsonens bedste: %s. Tåler ikke opvaskemaskine!",
	"%s, \"vår bästa kvalitet\" – pris < 100 € & fragt > 0.",
	"Myydyin tuotteemme. Lisätietoja: <tuki@esimerkki.example>",
	"%s. Fås også i andre størrelser; spørg på lageret.",
}
