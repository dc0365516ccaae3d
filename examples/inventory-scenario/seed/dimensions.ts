import { seededRandom } from "./random.ts";

/** A row of a dimension, in the order of its columns. */
export type Row = readonly (string | number)[];

/** Every dimension's rows for one seed. */
export interface Dimensions {
  readonly companies: readonly Row[];
  readonly brands: readonly Row[];
  readonly segments: readonly Row[];
  readonly subsegments: readonly Row[];
  readonly coordinates: readonly Row[];
  readonly channels: readonly Row[];
  readonly periods: readonly Row[];
  readonly products: readonly Product[];
}

/** A product with what its stock and sales are made of. */
export interface Product {
  readonly id: string;
  readonly name: string;
  readonly row: Row;
  readonly price: number;
  readonly dailyDemand: number;
}

/** The channels, in the order of dim_sales_channels: id, name, type, share of demand. */
export const CHANNELS = [
  ["ch-web", "Web shop", "online", 0.28],
  ["ch-market", "Marketplace", "online", 0.17],
  ["ch-stores", "Own stores", "store", 0.35],
  ["ch-wholesale", "Wholesale", "wholesale", 0.2],
] as const;

const COMPANIES = ["Northwater", "Hartfield Foods", "Linden & Co", "Casa Verde"] as const;
const COUNTRIES = ["DE", "FR", "IT", "NL"] as const;
const BRANDS = [
  "Alba",
  "Brook",
  "Cedro",
  "Dune",
  "Elan",
  "Fjord",
  "Grove",
  "Hilla",
  "Isla",
  "Juno",
  "Kite",
  "Luma",
] as const;
const SEGMENTS = {
  Beverages: ["Water", "Juice", "Coffee"],
  Pantry: ["Pasta", "Sauces", "Snacks"],
  Household: ["Laundry", "Kitchen", "Paper"],
  Care: ["Hair", "Skin", "Oral"],
} as const;
const WORDS = {
  Water: ["Sparkling Water", "Still Water", "Tonic"],
  Juice: ["Orange Juice", "Apple Juice", "Nectar"],
  Coffee: ["Espresso Beans", "Filter Coffee", "Cold Brew"],
  Pasta: ["Fusilli", "Penne", "Lasagne"],
  Sauces: ["Tomato Sauce", "Pesto", "Curry Paste"],
  Snacks: ["Oat Bar", "Crackers", "Nut Mix"],
  Laundry: ["Detergent", "Softener", "Stain Remover"],
  Kitchen: ["Dish Soap", "Sponges", "Bin Bags"],
  Paper: ["Kitchen Roll", "Tissues", "Napkins"],
  Hair: ["Shampoo", "Conditioner", "Hair Oil"],
  Skin: ["Hand Cream", "Body Lotion", "Sun Milk"],
  Oral: ["Toothpaste", "Mouthwash", "Floss"],
} as const;
const CITIES = [
  ["Hamburg", "North", 53.55, 9.99],
  ["Berlin", "East", 52.52, 13.4],
  ["Munich", "South", 48.14, 11.58],
  ["Cologne", "West", 50.94, 6.96],
  ["Leipzig", "East", 51.34, 12.37],
  ["Lyon", "South", 45.76, 4.84],
] as const;
const FIRST_WEEK = Date.UTC(2026, 0, 5);
const WEEKS = 26;

/** Makes the dimensions. `p-00001` is always the same product, whatever the seed. */
export function makeDimensions(seed: number, productCount: number): Dimensions {
  const companies = COMPANIES.map((name, i): Row => [`co-${i + 1}`, name, COUNTRIES[i] ?? "DE"]);
  const brands = BRANDS.map((name, i): Row => [`br-${i + 1}`, `co-${(i % COMPANIES.length) + 1}`, name]);
  const segments = Object.keys(SEGMENTS).map((name, i): Row => [`sg-${i + 1}`, name]);
  const subsegments = Object.values(SEGMENTS).flatMap((names, i) =>
    names.map((name): Row => [`ss-${name.toLowerCase()}`, `sg-${i + 1}`, name]),
  );
  const coordinates = CITIES.map((city, i): Row => [`geo-${i + 1}`, ...city]);
  const channels = CHANNELS.map(([id, name, type]): Row => [id, name, type]);
  return {
    companies,
    brands,
    segments,
    subsegments,
    coordinates,
    channels,
    periods: periods(),
    products: products(seed, productCount),
  };
}

function periods(): readonly Row[] {
  return Array.from({ length: WEEKS }, (_, i) => {
    const start = new Date(FIRST_WEEK + i * 7 * 86_400_000);
    const quarter = `${start.getUTCFullYear()}-Q${Math.floor(start.getUTCMonth() / 3) + 1}`;
    return [`wk-${String(i + 1).padStart(2, "0")}`, start.toISOString().slice(0, 10), i + 1, quarter];
  });
}

function products(seed: number, count: number): readonly Product[] {
  const random = seededRandom(seed, "products");
  return Array.from({ length: count }, (_, i) => {
    const [subsegment, words] = random.pick(SUBSEGMENTS);
    const brand = random.whole(1, BRANDS.length);
    const pack = random.pick([1, 2, 6, 12]);
    const cost = random.whole(60, 900) / 100;
    const price = Math.round(cost * (1.25 + random.next() * 0.6) * 100) / 100;
    const lifecycle = random.pick(["core", "core", "core", "launch", "phase_out"]);
    const id = `p-${String(i + 1).padStart(5, "0")}`;
    const name = `${BRANDS[brand - 1] ?? "Alba"} ${random.pick(words)} ${pack}pk no. ${i + 1}`;
    const row = [id, name, `br-${brand}`, `ss-${subsegment.toLowerCase()}`, pack, cost, price, lifecycle];
    return { id, name, row, price, dailyDemand: 1 + Math.floor(random.next() ** 3 * 60) };
  });
}

const SUBSEGMENTS = Object.entries(WORDS) as unknown as [
  [string, readonly [string, ...string[]]],
  ...[string, readonly [string, ...string[]]][],
];
