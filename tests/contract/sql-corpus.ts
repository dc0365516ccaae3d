import { afterAll, beforeAll, expect, test } from "vitest";
import { openTargetDatabase } from "../../src/data-access.ts";
import type { QueryOutcome, TargetDatabase } from "../../src/data/port.ts";
import type { ShopDatabase } from "../helpers/shop-database.ts";

/** The statements that one dialect is tried with. */
export interface SqlCorpus {
  readonly hostile: readonly string[];
  readonly legitimate: readonly string[];
  readonly runaway: readonly string[];
}

const RUNAWAY_LIMIT_MS = 1_000;
const REFUSALS = ["read_only", "not_allowed", "syntax", "failed"];

/** Runs a corpus against a real database: nothing hostile has an effect, nothing legitimate is refused, nothing runs away. */
export function sqlCorpusTests(
  corpus: SqlCorpus,
  create: () => Promise<ShopDatabase>,
  login: "readerUrl" | "writerUrl",
): void {
  let tried: TriedShop;

  beforeAll(async () => {
    const shop = await create();
    tried = { shop, target: openTargetDatabase(shop[login]) };
  });

  afterAll(async () => {
    await tried.target.close();
    await tried.shop.remove();
  });

  test("the corpus is as large as promised", () => {
    expect(new Set(corpus.hostile).size).toBeGreaterThanOrEqual(150);
    expect(new Set(corpus.legitimate).size).toBeGreaterThanOrEqual(100);
  });

  hostileTests(corpus, () => tried);
  legitimateTests(corpus, () => tried);
  runawayTests(corpus, () => tried);
}

/** The database, and the connection that the statements come through. */
interface TriedShop {
  readonly shop: ShopDatabase;
  readonly target: TargetDatabase;
}

function hostileTests(corpus: SqlCorpus, tried: () => TriedShop): void {
  test("hostile statements are refused and change nothing", { timeout: 180_000 }, async () => {
    const { shop, target } = tried();
    const before = await shop.fingerprint();
    const answered: unknown[] = [];

    for (const statement of corpus.hostile) {
      const outcome = await target.query(statement.replaceAll("FOLDER", shop.folder), [], { timeMs: 5_000 });
      if (!("error" in outcome) || !REFUSALS.includes(outcome.code)) answered.push({ statement, outcome });
    }

    expect(answered).toEqual([]);
    expect(await shop.fingerprint()).toBe(before);
  });

  test("writes, definitions and second statements are told apart from other refusals", async () => {
    const { target } = tried();
    const statements = ["DELETE FROM customers", "DROP TABLE customers", "SELECT 1; SELECT 2", "EXPLAIN SELECT 1"];

    const outcomes = await Promise.all(statements.map((statement) => target.query(statement)));

    for (const outcome of outcomes)
      expect(outcome).toMatchObject({
        code: "read_only",
        error: expect.stringMatching(/read-only .*only SELECT statements are allowed/),
      });
  });
}

function legitimateTests(corpus: SqlCorpus, tried: () => TriedShop): void {
  test("legitimate statements give rows", { timeout: 120_000 }, async () => {
    const { shop, target } = tried();
    const before = await shop.fingerprint();
    const refused: unknown[] = [];

    for (const statement of corpus.legitimate) {
      const outcome = await target.query(statement, [], { timeMs: 10_000 });
      if ("error" in outcome) refused.push({ statement, outcome });
    }

    expect(refused).toEqual([]);
    expect(await shop.fingerprint()).toBe(before);
  });
}

function runawayTests(corpus: SqlCorpus, tried: () => TriedShop): void {
  test(
    "runaway statements end within their limit and a second while others are served",
    { timeout: 180_000 },
    async () => {
      const { target } = tried();
      const late: unknown[] = [];

      for (const statement of corpus.runaway) {
        await target.query("SELECT 1");
        const started = performance.now();
        const runaway = target.query(statement, [], { timeMs: RUNAWAY_LIMIT_MS });
        const served = await target.query("SELECT 1", [], { timeMs: RUNAWAY_LIMIT_MS });
        const outcome = await runaway;
        const took = performance.now() - started;
        if (took > RUNAWAY_LIMIT_MS + 1_000 || !isBounded(outcome) || "error" in served)
          late.push({ statement, took, outcome, served });
      }

      expect(late).toEqual([]);
    },
  );
}

function isBounded(outcome: QueryOutcome): boolean {
  return "error" in outcome ? ["timeout", "memory", "failed"].includes(outcome.code) : outcome.rows.length > 0;
}
