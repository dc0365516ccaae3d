import { CHANNELS, type Product, type Row } from "./dimensions.ts";
import { type Random, seededRandom } from "./random.ts";

/** How much of each product lies in each channel. About one product in six is about to run out somewhere online. */
export function* inventoryRows(seed: number, products: readonly Product[]): Generator<Row> {
  const random = seededRandom(seed, "inventory");
  for (const product of products) {
    for (const [channel, , type, share] of CHANNELS) {
      const demand = Math.round(product.dailyDemand * share * 10) / 10;
      const leadTime = random.whole(5, 21);
      const cover = daysOfCover(random, type);
      const onHand = Math.round(demand * cover);
      const place = `geo-${random.whole(1, 6)}`;
      yield [product.id, channel, place, onHand, random.whole(0, 3), Math.ceil(demand * leadTime), leadTime, demand];
    }
  }
}

function daysOfCover(random: Random, type: string): number {
  const isShort = random.next() < (type === "online" ? 0.16 : 0.05);
  return isShort ? random.next() * 4 : 8 + random.next() * 60;
}

/** `count` rows of sales and forecast, spread evenly over products, channels and weeks. */
export function* factRows(seed: number, products: readonly Product[], count: number): Generator<Row> {
  const random = seededRandom(seed, "facts");
  const weeks = 26;
  for (let i = 0; i < count; i += 1) {
    const product = products[i % products.length];
    if (product === undefined) return;
    const round = Math.floor(i / products.length);
    const channel = CHANNELS[round % CHANNELS.length] ?? CHANNELS[0];
    const week = (Math.floor(round / CHANNELS.length) * 7 + i) % weeks;
    const expected = product.dailyDemand * channel[3] * 7;
    const sold = Math.max(0, Math.round(expected * (0.6 + random.next() * 0.8)));
    const id = `wk-${String(week + 1).padStart(2, "0")}`;
    const revenue = Math.round(sold * product.price * 100) / 100;
    yield [product.id, channel[0], id, Math.round(expected), sold, random.whole(0, 400), revenue];
  }
}
