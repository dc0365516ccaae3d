import { expect, test } from "vitest";
import type { TableDescription } from "../../../../src/data/profile/description.ts";
import { planProfile, type ProfileOptions } from "../../../../src/data/profile/plan-profile.ts";
import { described } from "./table-description.ts";

const OPTIONS: ProfileOptions = {
  sampleRows: 10_000,
  isExact: false,
  isSchemaOnly: false,
  maxRows: null,
  tables: [],
  hasValues: true,
};
const big = { value: 5_000_000, method: "reltuples", asOf: "2025-01-01T00:00:00Z", isStale: false } as const;

function plan(
  table: TableDescription,
  options: Partial<ProfileOptions> = {},
): ReturnType<typeof planProfile>["tables"][number] {
  const description = {
    engine: "postgres",
    serverVersion: "15",
    bytes: 0,
    schemas: [],
    cellNs: 250,
    warnings: [],
  } as const;
  const [first] = planProfile({ ...description, tables: [table] }, { ...OPTIONS, ...options }).tables;
  if (first === undefined) throw new Error("nothing was planned");
  return first;
}

const columns = { id: "int", name: "text" };

test.each<[string, TableDescription, Partial<ProfileOptions>, object]>([
  ["a small table", described("t", columns), {}, { strategy: "exact", rowsToRead: 1_000, cellsToRead: 2_000 }],
  ["a large one", described("t", columns, { rows: big }), {}, { strategy: "sample", rowsToRead: 10_000 }],
  [
    "a large one, exactly",
    described("t", columns, { rows: big }),
    { isExact: true },
    { strategy: "exact", read: { isAggregated: true } },
  ],
  [
    "beyond --max-rows",
    described("t", columns, { rows: big }),
    { isExact: true, maxRows: 500 },
    { strategy: "sample", read: { rows: 500 } },
  ],
  [
    "no sample wanted",
    described("t", columns, { rows: big }),
    { sampleRows: 0 },
    { strategy: "engine_stats", read: null },
  ],
  [
    "the schema only",
    described("t", columns),
    { isSchemaOnly: true },
    { strategy: "schema_only", read: null, queries: 0 },
  ],
  [
    "without privilege",
    described("t", columns, { isReadable: false, warnings: ["no"] }),
    {},
    { strategy: "skip", reason: "no" },
  ],
  ["foreign", described("t", columns, { relationType: "foreign" }), {}, { strategy: "schema_only" }],
  ["a view", described("t", columns, { relationType: "view" }), {}, { strategy: "sample", read: { rows: 10_000 } }],
])("%s", (...[, table, options, wanted]) => {
  expect(plan(table, options)).toMatchObject(wanted);
});

test("the range of time grows with what is read and with a slower machine", () => {
  const small = plan(described("t", columns));
  const large = plan(described("t", columns, { rows: { ...big, value: 90_000 } }));

  expect(large.ms[0]).toBeGreaterThan(small.ms[0]);
  expect(large.ms[1] / large.ms[0]).toBeCloseTo(4, 0);
});

test("tables may be named with their schema, and an unknown one is told", () => {
  const description = {
    engine: "sqlite",
    serverVersion: "3",
    bytes: 0,
    schemas: [],
    cellNs: 250,
    warnings: [],
  } as const;
  const tables = [described("a", columns), described("b", columns)];

  const result = planProfile({ ...description, tables }, { ...OPTIONS, tables: ["main.b", "c"] });

  expect(result.tables.map(({ table }) => table.name)).toEqual(["b"]);
  expect(result.unknown).toEqual(["c"]);
});
