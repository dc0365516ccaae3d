import { expect, test } from "vitest";
import { sqlTokens, type SqlDialect } from "../../../../src/data/target/sql-tokens.ts";

test.each<[SqlDialect, string, string]>([
  ["sqlite", "select 1 -- a\n, 2", "select 1 , 2"],
  ["sqlite", "select 'it''s; --' /* ; */ as [a;b]", "select it''s; -- as a;b"],
  ["sqlite", 'select "a""b", `c;d`, x\'00\'', 'select a""b , c;d , 00'],
  ["sqlite", "select 1 /* unfinished ; delete", "select 1"],
  ["sqlite", "/* /* */ select */", "select * /"],
  ["sqlite", "\uFEFFselect größe", "select größe"],
  ["postgres", "/* /* */ hidden */ select 1", "select 1"],
  ["postgres", "select $a$;$b$;$a$, $1", "select $a$ , $ 1"],
  ["postgres", "select E'\\';' , 'a\\'", "select \\'; , a\\"],
  ["postgres", 'select U&"d;\\0061" -- x\r, 1', "select d;\\0061 , 1"],
  ["postgres", "select 1e5, 0x1f, .5", "select 1e5 , 0x1f , .5"],
])("%s: %s", (dialect, sql, expected) => {
  const tokens = sqlTokens(sql, dialect);

  expect(tokens.map(({ text }) => text).join(" ")).toBe(expected);
});

test("a long comment, string or name costs no more than its length", () => {
  const sql = `select '${"a".repeat(90_000)}' /*${"*".repeat(9_000)}*/`;

  const started = performance.now();
  const tokens = sqlTokens(sql, "sqlite");

  expect(tokens).toHaveLength(2);
  expect(performance.now() - started).toBeLessThan(1_000);
});

test("counting stops at the limit", () => {
  const tokens = sqlTokens("1+".repeat(50_000), "postgres", 100);

  expect(tokens.length).toBeLessThan(300);
});
