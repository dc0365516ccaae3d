import { expect, test } from "vitest";
import { stem } from "../../../../src/catalog/search/stem.ts";

test.each([
  ["caresses", "caress"],
  ["ponies", "poni"],
  ["cats", "cat"],
  ["agreed", "agre"],
  ["plastered", "plaster"],
  ["motoring", "motor"],
  ["hopping", "hop"],
  ["filing", "file"],
  ["happy", "happi"],
  ["relational", "relat"],
  ["vietnamization", "vietnam"],
  ["electricity", "electr"],
  ["adjustment", "adjust"],
  ["adoption", "adopt"],
  ["controll", "control"],
  ["rate", "rate"],
  ["sky", "sky"],
  ["id", "id"],
  ["straße", "straße"],
  ["q3", "q3"],
])("%s has the stem %s", (word, expected) => {
  expect(stem(word)).toBe(expected);
});
