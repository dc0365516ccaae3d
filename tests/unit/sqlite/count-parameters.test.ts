import { expect, test } from "vitest";
import { countParameters } from "../../../src/sqlite/count-parameters.ts";

test.each([
  ["select 1", 0],
  ["select ?, ?", 2],
  ["select ?2", 2],
  ["select ?1, ?1, ?", 2],
  ["select :a, :a, @b, $c", 3],
  ["select '?', \"?\", `?`, [?], 'it''s ?' -- ?\n, /* ? */ ?", 1],
  ["select 1 /* ? never closed", 0],
  ["insert into t values (?, 'a:b', ?)", 2],
])("%s needs %i values", (sql, count) => {
  expect(countParameters(sql)).toBe(count);
});
