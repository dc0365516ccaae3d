import { describe, expect, test } from "vitest";
import type { CatalogStore } from "../../src/catalog/port.ts";
import type { CatalogScope } from "../../src/protocol/catalog.ts";
import { seededRandom } from "../helpers/seeded-random.ts";
import { durableCatalogs, edge, entry, openCatalogAt, readWhole } from "./catalog-store.ts";

const SCOPES: readonly [CatalogScope, ...CatalogScope[]] = [
  { tenantId: "acme", workspaceId: "default" },
  { tenantId: "acme", workspaceId: "analytics" },
  { tenantId: "globex", workspaceId: "default" },
  { tenantId: "acme'/default", workspaceId: "%" },
];
const IDS = ["table:a", "table:b", "table:c", "column:a.x", "column:a.y", "document:d", "chunk:d#1"] as const;
const STEPS = 120;

interface Inhabited {
  readonly name: string;
  readonly store: CatalogStore;
}

describe.each(durableCatalogs)("scopes of a catalog in $name", (adapter) => {
  test.each([1, 2, 3])(
    "whatever one scope does, no method of another shows or loses anything (seed %i)",
    async (seed) => {
      const url = adapter.newUrl();
      const random = seededRandom(seed);
      const all = await Promise.all(
        SCOPES.map(async (scope, index) => ({ name: `scope-${index}`, store: await openCatalogAt(url, scope) })),
      );
      for (let step = 0; step < STEPS; step++) {
        const actor = all[random.below(all.length)] ?? expect.fail();
        const others = all.filter((other) => other !== actor);
        const watched = others[random.below(others.length)] ?? expect.fail();
        const before = await everything(watched.store);

        await act(actor, random);

        expect(await everything(watched.store)).toEqual(before);
        expect(JSON.stringify(await everything(actor.store))).not.toMatch(namesOf(others));
      }
      expect(
        (await Promise.all(all.map(({ store }) => readWhole(store)))).some(({ entries }) => entries.length > 0),
      ).toBe(true);
    },
  );
});

async function act({ name, store }: Inhabited, random: ReturnType<typeof seededRandom>): Promise<void> {
  const id = random.pick(IDS);
  const other = random.pick(IDS);
  const related = random.below(2) === 0 ? [other] : [];
  const content = `${name} ${random.below(3)}`;
  const steps = [
    () => store.upsert({ entries: [entry(id, { content, related })] }),
    () => store.upsert({ entries: [], edges: [edge(id, other, { evidence: { by: content } })] }),
    () => store.upsert({ entries: [], replaceEdges: { from: [id, other], origins: ["inferred", "authored"] } }),
    () => store.remove([id]),
  ] as const;
  await random.pick(steps)();
}

/** What every method that reads gives. */
async function everything(store: CatalogStore): Promise<unknown> {
  return {
    revision: await store.revision(),
    changed: await store.changedSince("unwritten", 1000),
    whole: await readWhole(store, 2),
    entries: await store.entries(IDS),
    edges: await store.edges(IDS),
    tables: await store.list({ itemTypes: ["table"], idPrefix: "table:" }),
  };
}

function namesOf(scopes: readonly Inhabited[]): RegExp {
  return new RegExp(scopes.map(({ name }) => name).join("|"));
}
