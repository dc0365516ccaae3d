import { expect, test } from "vitest";
import { BlockPostings } from "../../../../src/catalog/search/block-postings.ts";
import { seededRandom } from "../../../helpers/seeded-random.ts";

test.each([1, 2, 3])("whatever is set and removed, the block holds each place once and in order (seed %i)", (seed) => {
  const random = seededRandom(seed);
  const block = new BlockPostings(undefined);
  const model = new Map<number, number>();
  for (let step = 0; step < 2_000; step++) {
    const place = random.below(60);
    const posting = random.below(2 ** 29);
    if (random.below(3) === 0) {
      block.remove(place);
      model.delete(place);
    } else {
      block.set(place, posting);
      model.set(place, posting);
    }
  }

  const expected = [...model]
    .sort(([a], [b]) => a - b)
    .flatMap(([place, posting]) => [place, posting >>> 16, posting & 65_535]);
  expect(Array.from(block.numbers())).toEqual(expected);
});

test("a stored block is changed as it stands", () => {
  const block = new BlockPostings(Uint16Array.from([3, 1, 1, 7, 2, 2]));

  block.set(7, (9 << 16) | 8);
  block.remove(3);
  block.remove(4);

  expect(Array.from(block.numbers())).toEqual([7, 9, 8]);
});
