import { expect, test } from "vitest";
import { postgresValue } from "../../../../src/data/target/postgres-value.ts";
import type { Json } from "../../../../src/protocol/json.ts";

test.each<[string, string | null, number, Json]>([
  ["null", null, 25, null],
  ["int4", "-5", 23, -5],
  ["a safe int8", "9007199254740991", 20, 9007199254740991],
  ["an unsafe int8", "9007199254740993", 20, "9007199254740993"],
  ["numeric", "12.50", 1700, 12.5],
  ["a numeric that a double cannot hold", "0.12345678901234567890", 1700, "0.12345678901234567890"],
  ["NaN", "NaN", 701, "NaN"],
  ["an infinity", "-Infinity", 701, "-Infinity"],
  ["float8 with all its digits", "0.30000000000000004", 701, 0.30000000000000004],
  ["bool", "f", 16, false],
  ["date", "2026-01-02", 1082, "2026-01-02"],
  ["timestamp", "2026-01-02 03:04:05.5", 1114, "2026-01-02T03:04:05.5"],
  ["timestamptz", "2026-01-02 03:04:05+00", 1184, "2026-01-02T03:04:05Z"],
  ["an endless timestamp", "infinity", 1184, "infinity"],
  ["interval", "P1DT2H", 1186, "P1DT2H"],
  ["jsonb", '{"a": [1, null]}', 3802, { a: [1, null] }],
  ["jsonb with a long number", '{"a": 12345678901234567890}', 3802, '{"a": 12345678901234567890}'],
  ["bytea", "\\x00ff", 17, "\\x00ff"],
  ["text[]", '{a,"b,\\"c",NULL,"NULL",""}', 1009, ["a", 'b,"c', null, "NULL", ""]],
  [
    "int4[][]",
    "{{1,2},{3,NULL}}",
    1007,
    [
      [1, 2],
      [3, null],
    ],
  ],
  ["int8[]", "{9007199254740993}", 1016, ["9007199254740993"]],
  ["an empty array", "{}", 1007, []],
  ["an array with bounds", "[0:1]={1,2}", 1007, "[0:1]={1,2}"],
])("%s", (...[, text, oid, expected]) => {
  expect(postgresValue(text, oid)).toEqual(expected);
});
