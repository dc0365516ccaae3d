/** Keeps the items with the highest scores of many, as a heap whose root is the lowest that is kept. */
export class TopList {
  readonly #size: number;
  readonly #items: number[] = [];
  readonly #scores: number[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  offer(item: number, score: number): void {
    if (this.#items.length < this.#size) {
      this.#items.push(item);
      this.#scores.push(score);
      this.#rise(this.#items.length - 1);
    } else if (score > (this.#scores[0] ?? 0)) {
      this.#items[0] = item;
      this.#scores[0] = score;
      this.#sink(0);
    }
  }

  /** What is kept, highest first. */
  items(): readonly { readonly item: number; readonly score: number }[] {
    return this.#items
      .map((item, index) => ({ item, score: this.#scores[index] ?? 0 }))
      .sort((a, b) => b.score - a.score || a.item - b.item);
  }

  #rise(from: number): void {
    for (let at = from; at > 0;) {
      const parent = (at - 1) >> 1;
      if ((this.#scores[parent] ?? 0) <= (this.#scores[at] ?? 0)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #sink(from: number): void {
    for (let at = from; ;) {
      const left = 2 * at + 1;
      const right = left + 1;
      let lowest = at;
      if (left < this.#items.length && (this.#scores[left] ?? 0) < (this.#scores[lowest] ?? 0)) lowest = left;
      if (right < this.#items.length && (this.#scores[right] ?? 0) < (this.#scores[lowest] ?? 0)) lowest = right;
      if (lowest === at) return;
      this.#swap(at, lowest);
      at = lowest;
    }
  }

  #swap(a: number, b: number): void {
    [this.#items[a], this.#items[b]] = [this.#items[b] ?? 0, this.#items[a] ?? 0];
    [this.#scores[a], this.#scores[b]] = [this.#scores[b] ?? 0, this.#scores[a] ?? 0];
  }
}
