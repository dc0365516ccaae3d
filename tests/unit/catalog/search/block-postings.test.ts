import { expect, test } from "vitest";
import { BlockPostings } from "../../../../src/catalog/search/block-postings.ts";
import { packed } from "../../../../src/catalog/search/postings.ts";
import { seededRandom } from "../../../helpers/seeded-random.ts";

test.each([1, 2, 3])("whatever is set and removed, the block holds each place once and in order (seed %i)", (seed) => {
  const random = seededRandom(seed);
  const block = new BlockPostings(undefined);
  const model = new Map<number, readonly [number, number]>();
  for (let step = 0; step < 2_000; step++) {
    const place = random.below(60);
    const posting = { mask: 1 + random.below(31), value: random.below(40) / 4, share: random.below(20) };
    if (random.below(3) === 0) {
      block.remove(place);
      model.delete(place);
    } else {
      block.set(place, posting);
      model.set(place, packed(posting));
    }
  }

  const expected = [...model].sort(([a], [b]) => a - b).flatMap(([place, numbers]) => [place, ...numbers]);
  expect(Array.from(block.numbers())).toEqual(expected);
});

test("setting what is there already changes nothing", () => {
  const posting = { mask: 2, value: 1.5, share: 8 };
  const block = new BlockPostings(Uint16Array.from([7, ...packed(posting)]));

  block.set(7, posting);
  block.remove(3);

  expect(block.isChanged).toBe(false);
});
