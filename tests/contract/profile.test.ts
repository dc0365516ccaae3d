import { describe, expect, test } from "vitest";
import { CHINOOK } from "../helpers/chinook.ts";
import { NORTHWIND } from "../helpers/northwind.ts";
import { sampleReferences, sampleStatements } from "../helpers/sample-schema.ts";
import { contentOf, metadataOf, newCatalog, profile, profileTargets } from "./profile-lab.ts";

describe.each(profileTargets)("$name", ({ open }) => {
  test("Chinook is known with its tables, columns, keys and numbers", async () => {
    const target = await open();
    await target.execute(...sampleStatements(CHINOOK, { hasForeignKeys: true }));
    const catalog = await newCatalog();

    const summary = await profile(target, catalog);
    const { entries, edges } = await contentOf(catalog);

    expect(summary).toMatchObject({
      tables: { written: 11, failed: 0, missing: 0 },
      references: { declared: 11, inferred: 0 },
    });
    const count = (itemType: string): number => entries.filter((entry) => entry.itemType === itemType).length;
    expect([count("database"), count("schema"), count("table"), count("column")]).toEqual([1, 1, 11, 64]);
    const declared = edges.filter(({ origin }) => origin === "declared");
    const named = declared.map(
      ({ from, to, columns }) => `${last(from)}.${columns[0]?.[0]} -> ${last(to)}.${columns[0]?.[1]}`,
    );
    expect(new Set(named)).toEqual(sampleReferences(CHINOOK));
    expect(await metadataOf(catalog, `table:shop.${target.schema}.Track`)).toMatchObject({
      rowCount: 60,
      columnCount: 9,
      primaryKey: ["TrackId"],
      grain: ["TrackId"],
      strategy: "exact",
      stats: { rowCount: { value: 60, method: "exact" } },
    });
    expect(await metadataOf(catalog, `column:shop.${target.schema}.Track.Composer`)).toMatchObject({
      nullable: true,
      keyRole: "none",
      stats: { nullFraction: { value: 0.25, method: "exact" }, distinct: { value: 9, method: "exact" } },
    });
    expect(await metadataOf(catalog, `column:shop.${target.schema}.Track.UnitPrice`)).toMatchObject({
      sampleValues: [0.99, 1.99],
      stats: { min: { value: 0.99 }, max: { value: 1.99 }, mean: { value: 1.09 }, topValues: { method: "exact" } },
    });
    const invoice = await metadataOf(catalog, `table:shop.${target.schema}.Invoice`);
    expect(invoice["freshness"]).toMatchObject({ column: "InvoiceDate", newest: { value: "2025-12-15 00:00:00" } });
  });

  test("values that look like personal data never reach the catalog", async () => {
    const target = await open();
    await target.execute(...sampleStatements(CHINOOK, { hasForeignKeys: true }));
    const catalog = await newCatalog();

    await profile(target, catalog);
    const text = JSON.stringify(await contentOf(catalog));

    expect(text).not.toMatch(/@example\.com|428-1|Main Street|First\d|Family\d|196\d-02-18/);
    for (const [column, kind] of Object.entries({ Email: "email", Phone: "phone", FirstName: "person-name" })) {
      const metadata = await metadataOf(catalog, `column:shop.${target.schema}.Customer.${column}`);
      expect(metadata).toMatchObject({ pii: kind, valuesWithheld: true, sampleValues: [] });
    }
  });

  test("without samples no value of any row is kept, and with the schema only none is read", async () => {
    const target = await open();
    await target.execute(...sampleStatements(CHINOOK, { hasForeignKeys: true }));
    const [blind, unread] = [await newCatalog(), await newCatalog()];

    await profile(target, blind, { options: { hasValues: false } });
    const summary = await profile(target, unread, { options: { isSchemaOnly: true } });

    const [kept, known] = [JSON.stringify(await contentOf(blind)), JSON.stringify(await contentOf(unread))];
    expect(kept).not.toMatch(/AC\/DC|0\.99|2025-|topValues|"max"/);
    expect(kept).toContain('"distinct"');
    expect(known).not.toMatch(/"nullFraction":\{"value":[^}]*"(?:exact|sample)"|AC\/DC/);
    expect(summary.references).toEqual({ declared: 11, inferred: 0, tested: 0 });
  });

  test("nothing is written again when nothing changed, and what vanished is marked and kept", async () => {
    const target = await open();
    await target.execute(...sampleStatements(CHINOOK, { hasForeignKeys: false }));
    const catalog = await newCatalog();
    await profile(target, catalog);
    const revision = await catalog.revision();

    const again = await profile(target, catalog);
    const unchanged = await catalog.revision();
    await target.execute('DROP TABLE "PlaylistTrack"', `UPDATE "Genre" SET "Name" = 'Pop' WHERE "GenreId" = 1`);
    const later = await profile(target, catalog);

    expect(again).toMatchObject({ entriesWritten: 0, tables: { written: 0, unchanged: 11 } });
    expect(unchanged).toBe(revision);
    expect(later).toMatchObject({ tables: { written: 1, unchanged: 9, missing: 1 } });
    expect(await metadataOf(catalog, `table:shop.${target.schema}.PlaylistTrack`)).toMatchObject({ status: "missing" });
    expect(await metadataOf(catalog, `table:shop.${target.schema}.Genre`)).toMatchObject({ status: "active" });
    await target.execute('CREATE TABLE "PlaylistTrack" ("PlaylistId" INTEGER, "TrackId" INTEGER)');
    expect(await profile(target, catalog)).toMatchObject({ tables: { missing: 0 } });
    expect(await metadataOf(catalog, `table:shop.${target.schema}.PlaylistTrack`)).toMatchObject({ status: "active" });
  });

  test("of undeclared references at least four of five are found, and few that are none", async () => {
    const found = { right: 0, wrong: 0, missed: 0 };
    for (const sample of [CHINOOK, NORTHWIND]) {
      const target = await open();
      await target.execute(...sampleStatements(sample, { hasForeignKeys: false }));
      const catalog = await newCatalog();
      await profile(target, catalog);
      const { edges } = await contentOf(catalog);
      const inferred = edges.filter(({ type }) => type === "inferred_reference");
      const wanted = sampleReferences(sample);
      const named = inferred.map(
        ({ from, to, columns }) => `${last(from)}.${columns[0]?.[0]} -> ${last(to)}.${columns[0]?.[1]}`,
      );
      found.right += named.filter((name) => wanted.has(name)).length;
      found.wrong += named.filter((name) => !wanted.has(name)).length;
      found.missed += [...wanted].filter((name) => !named.includes(name)).length;
      expect(inferred.every(({ origin, confidence }) => origin === "inferred" && confidence < 1)).toBe(true);
      expect(inferred.every(({ evidence }) => evidence["targetUnique"] === true)).toBe(true);
    }

    const precision = found.right / (found.right + found.wrong);
    const recall = found.right / (found.right + found.missed);
    expect(precision).toBeGreaterThanOrEqual(0.9);
    expect((2 * precision * recall) / (precision + recall)).toBeGreaterThanOrEqual(0.8);
  });

  test("a reference that the data does not bear out is not one", async () => {
    const target = await open();
    await target.execute(
      "CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT)",
      "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER)",
      "INSERT INTO customers VALUES (1, 'a'), (2, 'b')",
      "INSERT INTO orders VALUES (1, 1), (2, 2), (3, 77), (4, 78)",
    );
    const catalog = await newCatalog();

    const summary = await profile(target, catalog);

    expect(summary.references).toEqual({ declared: 0, inferred: 0, tested: 1 });
  });

  test("a view says which tables and columns it comes from", async () => {
    const target = await open();
    await target.execute(...sampleStatements(CHINOOK, { hasForeignKeys: true }));
    await target.execute(
      `CREATE VIEW sales AS SELECT i."InvoiceId", c."Country", l."Quantity" * l."UnitPrice" AS amount FROM "Invoice" i
       JOIN "Customer" c ON c."CustomerId" = i."CustomerId" JOIN "InvoiceLine" l ON l."InvoiceId" = i."InvoiceId"`,
    );
    const catalog = await newCatalog();

    await profile(target, catalog);
    const { edges } = await contentOf(catalog);
    const derived = edges.filter(({ type }) => type === "derived_from");

    expect(new Set(derived.map(({ to }) => last(to)))).toEqual(new Set(["Invoice", "Customer", "InvoiceLine"]));
    expect(derived.find(({ to }) => last(to) === "Customer")?.columns).toEqual([["Country", "Country"]]);
    expect(await metadataOf(catalog, `table:shop.${target.schema}.sales`)).toMatchObject({
      relationType: "view",
      preferredQuerySurface: true,
      rowCount: 120,
    });
  });
});

function last(id: string): string {
  return id.split(".").at(-1) ?? id;
}
