package demo

// Vendor is the brand whose shop this is.
const Vendor = "Seventh Kettle"

// A Product is one article of the catalogue. Prices are in minor units of the
// shop's currency, tax included.
type Product struct {
	ID       int64
	Variant  int64
	SKU      string
	Title    string
	Option   string // the variant's title, "" if there is only one
	Category string
	Price    int64
	Grams    int
	Kind     Kind
	// Lasts is after how many days one piece is used up; 0: it is not.
	Lasts  int
	weight float64 // how often it is chosen within its category
}

// A Kind says what sort of good a product is.
type Kind string

const (
	Consumable Kind = "consumable"
	Durable    Kind = "durable"
	Digital    Kind = "digital"
	GiftCard   Kind = "gift_card"
)

// Products returns the catalogue. The caller owns it.
func Products() []Product {
	all := []Product{
		{SKU: "COF-ESP-250", Title: "Harbour Espresso", Option: "250 g", Category: "coffee", Price: 990, Grams: 280, Kind: Consumable, Lasts: 18, weight: 10},
		{SKU: "COF-ESP-1000", Title: "Harbour Espresso", Option: "1 kg", Category: "coffee", Price: 3290, Grams: 1060, Kind: Consumable, Lasts: 60, weight: 9},
		{SKU: "COF-NIG-250", Title: "Night Ferry Dark Roast", Option: "250 g", Category: "coffee", Price: 1050, Grams: 280, Kind: Consumable, Lasts: 18, weight: 7},
		{SKU: "COF-ETH-250", Title: "Yirga Morning Filter", Option: "250 g", Category: "coffee", Price: 1290, Grams: 280, Kind: Consumable, Lasts: 16, weight: 8},
		{SKU: "COF-KEN-250", Title: "Nyeri Blackcurrant Filter", Option: "250 g", Category: "coffee", Price: 1450, Grams: 280, Kind: Consumable, Lasts: 16, weight: 5},
		{SKU: "COF-COL-1000", Title: "Huila House Filter", Option: "1 kg", Category: "coffee", Price: 3590, Grams: 1060, Kind: Consumable, Lasts: 60, weight: 5},
		{SKU: "COF-DEC-250", Title: "Quiet Evening Decaf", Option: "250 g", Category: "coffee", Price: 1190, Grams: 280, Kind: Consumable, Lasts: 25, weight: 4},
		{SKU: "COF-GES-150", Title: "Geisha Micro Lot", Option: "150 g", Category: "coffee", Price: 2990, Grams: 180, Kind: Consumable, Lasts: 20, weight: 1},
		{SKU: "COF-COL-500", Title: "Cold Brew Blend", Option: "500 g", Category: "coffee", Price: 1890, Grams: 540, Kind: Consumable, Lasts: 30, weight: 3},
		{SKU: "TEA-SEN-100", Title: "Sencha First Flush", Option: "100 g", Category: "tea", Price: 1490, Grams: 130, Kind: Consumable, Lasts: 40, weight: 7},
		{SKU: "TEA-MAT-30", Title: "Ceremonial Matcha", Option: "30 g tin", Category: "tea", Price: 2690, Grams: 90, Kind: Consumable, Lasts: 30, weight: 6},
		{SKU: "TEA-ASS-250", Title: "Assam Breakfast", Option: "250 g", Category: "tea", Price: 1190, Grams: 280, Kind: Consumable, Lasts: 50, weight: 8},
		{SKU: "TEA-EAR-250", Title: "Earl Grey Bergamot", Option: "250 g", Category: "tea", Price: 1290, Grams: 280, Kind: Consumable, Lasts: 50, weight: 8},
		{SKU: "TEA-DAR-100", Title: "Darjeeling Second Flush", Option: "100 g", Category: "tea", Price: 1690, Grams: 130, Kind: Consumable, Lasts: 40, weight: 5},
		{SKU: "TEA-OOL-100", Title: "High Mountain Oolong", Option: "100 g", Category: "tea", Price: 1990, Grams: 130, Kind: Consumable, Lasts: 45, weight: 3},
		{SKU: "HRB-ROO-250", Title: "Rooibos Orange", Option: "250 g", Category: "herbal", Price: 990, Grams: 280, Kind: Consumable, Lasts: 45, weight: 7},
		{SKU: "HRB-CAM-100", Title: "Alpine Chamomile", Option: "100 g", Category: "herbal", Price: 790, Grams: 130, Kind: Consumable, Lasts: 40, weight: 6},
		{SKU: "HRB-MIN-100", Title: "Garden Mint", Option: "100 g", Category: "herbal", Price: 690, Grams: 130, Kind: Consumable, Lasts: 40, weight: 6},
		{SKU: "HRB-GIN-150", Title: "Ginger & Lemongrass", Option: "150 g", Category: "herbal", Price: 890, Grams: 180, Kind: Consumable, Lasts: 40, weight: 5},
		{SKU: "HRB-WIN-200", Title: "Winter Spice", Option: "200 g", Category: "herbal", Price: 1090, Grams: 230, Kind: Consumable, Lasts: 40, weight: 3},
		{SKU: "BRW-DRI-02", Title: "Ceramic Dripper", Option: "02 / white", Category: "brewing", Price: 2490, Grams: 620, Kind: Durable, weight: 8},
		{SKU: "BRW-PRE-08", Title: "French Press", Option: "1 l", Category: "brewing", Price: 3490, Grams: 900, Kind: Durable, weight: 6},
		{SKU: "BRW-MOK-06", Title: "Moka Pot", Option: "6 cups", Category: "brewing", Price: 3990, Grams: 800, Kind: Durable, weight: 6},
		{SKU: "BRW-AIR-01", Title: "Travel Press", Category: "brewing", Price: 3290, Grams: 420, Kind: Durable, weight: 5},
		{SKU: "BRW-KET-09", Title: "Gooseneck Kettle", Option: "0.9 l", Category: "brewing", Price: 7990, Grams: 1400, Kind: Durable, weight: 4},
		{SKU: "BRW-TPT-06", Title: "Cast Iron Teapot", Option: "0.6 l", Category: "brewing", Price: 5990, Grams: 1500, Kind: Durable, weight: 4},
		{SKU: "BRW-COL-10", Title: "Cold Brew Jug", Option: "1 l", Category: "brewing", Price: 2990, Grams: 700, Kind: Durable, weight: 3},
		{SKU: "MCH-GRH-01", Title: "Hand Grinder Pilot", Category: "machines", Price: 8990, Grams: 700, Kind: Durable, weight: 6},
		{SKU: "MCH-GRE-02", Title: "Electric Grinder Tide", Category: "machines", Price: 24900, Grams: 3200, Kind: Durable, weight: 3},
		{SKU: "MCH-ESP-01", Title: "Espresso Machine Lighthouse", Category: "machines", Price: 64900, Grams: 9800, Kind: Durable, weight: 1},
		{SKU: "MCH-KEE-17", Title: "Electric Kettle with Thermostat", Option: "1.7 l", Category: "machines", Price: 9990, Grams: 1300, Kind: Durable, weight: 4},
		{SKU: "ACC-FIL-100", Title: "Paper Filters", Option: "100 pieces", Category: "accessories", Price: 690, Grams: 150, Kind: Consumable, Lasts: 60, weight: 9},
		{SKU: "ACC-CUP-04", Title: "Stoneware Cups", Option: "set of 4", Category: "accessories", Price: 4490, Grams: 1300, Kind: Durable, weight: 4},
		{SKU: "ACC-SCA-01", Title: "Brewing Scale", Category: "accessories", Price: 4990, Grams: 500, Kind: Durable, weight: 4},
		{SKU: "ACC-WHI-01", Title: "Bamboo Matcha Whisk", Category: "accessories", Price: 1690, Grams: 60, Kind: Durable, weight: 3},
		{SKU: "ACC-CAN-01", Title: "Airtight Canister", Category: "accessories", Price: 2290, Grams: 450, Kind: Durable, weight: 4},
		{SKU: "CAR-DES-500", Title: "Descaler", Option: "500 ml", Category: "care", Price: 1290, Grams: 560, Kind: Consumable, Lasts: 120, weight: 5},
		{SKU: "CAR-TAB-30", Title: "Cleaning Tablets", Option: "30 pieces", Category: "care", Price: 990, Grams: 120, Kind: Consumable, Lasts: 90, weight: 5},
		{SKU: "DIG-BAR-01", Title: "Home Barista Course", Category: "courses", Price: 4900, Kind: Digital, weight: 3},
		{SKU: "DIG-TEA-01", Title: "Tea Tasting Evening, Online", Category: "courses", Price: 2900, Kind: Digital, weight: 2},
		{SKU: "GFT-050", Title: "Gift Card", Option: "50", Category: "gift cards", Price: 5000, Kind: GiftCard, weight: 1},
	}
	for i := range all {
		all[i].ID = 8011234560000 + int64(i)*32768 + 1009
		all[i].Variant = 44011234560000 + int64(i)*32768 + 2003
	}
	return all
}

// name is how the shop writes p on an order line.
func (p Product) name() string {
	if p.Option == "" {
		return p.Title
	}
	return p.Title + " - " + p.Option
}
