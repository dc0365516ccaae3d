import { expect, test } from "vitest";
import { scanSql } from "../../../src/sqlite/scan-sql.ts";

test.each([
  ["select 1", 0],
  ["select ?, ?", 2],
  ["select ?2", 2],
  ["select ?1, ?1, ?", 2],
  ["select :a, :a, @b, $c", 3],
  ["select :ä, :ä1", 2],
  ["select ord$id, ä$b, _$c from t where x$y = $z", 1],
  ["select a/b, a-b, a/ *, 1e5, x'00' from t -- ?", 0],
  ["select '?', \"?\", `?`, [?], 'it''s ?' -- ?\n, /* ? */ ?", 1],
  ["select 1 /* ? never closed", 0],
  ["insert into t values (?, 'a:b', ?)", 2],
])("%s needs %i values", (sql, parameters) => {
  expect(scanSql(sql)).toMatchObject({ parameters, hasMore: false });
});

test.each([
  ["select 1; select 2", true],
  ["select 1;;", false],
  ["select ';'; -- ; select 2\n /* ; select 3 */ ; ", false],
  ["select 1;\n-- more\nselect ?", true],
  ["create trigger t after insert on a begin delete from b; delete from c; end", false],
])("%s has more than one statement: %s", (sql, hasMore) => {
  expect(scanSql(sql).hasMore).toBe(hasMore);
});

test("values are given by the numbers and names of what they are for", () => {
  expect(scanSql("select ?2, ?, :a, @b, :a").names).toEqual(["2", "3", "a", "b"]);
});
