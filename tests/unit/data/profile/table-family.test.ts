import { expect, test } from "vitest";
import { foldFamilies, readableTable } from "../../../../src/data/profile/table-family.ts";
import { described } from "./table-description.ts";

const days = ["20250109", "20250110", "20250108"].map((day) => described(`events_${day}`, { id: "int", kind: "text" }));

test("tables of one shape that differ in a date are one, for which the youngest is read", () => {
  const [family, ...others] = foldFamilies(days, []);

  expect(others).toEqual([]);
  expect(family).toMatchObject({
    name: "events_*",
    relationType: "table_family",
    members: ["events_20250108", "events_20250109", "events_20250110"],
    rows: { value: 3_000 },
    bytes: 120_000,
  });
  expect(family === undefined ? null : readableTable(family).name).toBe("events_20250110");
});

test("two are no family, other columns are none, and a named table stays", () => {
  const other = described("events_20250111", { id: "int", sort: "text" });

  expect(foldFamilies(days.slice(1), []).map(({ name }) => name)).toEqual(["events_20250110", "events_20250108"]);
  expect(foldFamilies([...days, other], []).map(({ name }) => name)).toEqual(["events_*", "events_20250111"]);
  expect(foldFamilies(days, ["events_20250109"])).toHaveLength(3);
});
