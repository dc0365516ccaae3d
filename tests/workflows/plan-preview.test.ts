/** What people are shown of what a plan would do, before they decide. */
import { expect, test } from "vitest";
import { defineDispatcher } from "../../src/specs/dispatcher.ts";
import { openRuntime } from "../helpers/open-runtime.ts";
import { planSpec, pricePlan, productSet } from "../helpers/plan-app.ts";

test("previews stand on the card before the decision; one that fails is a warning, and nothing was applied", async () => {
  const applied: string[] = [];
  const dispatcher = defineDispatcher(
    pricePlan,
    {
      price: {
        run: ({ product }) => {
          applied.push(product);
          return { entitiesAffected: 1 };
        },
        preview: ({ product, price }) => {
          if (product === "broken") throw new Error("no such product");
          if (product === "slow") return new Promise(() => undefined);
          return { product, from: 5, to: price };
        },
      },
      hold: {
        run: () => null,
        preview: (_payload, { resolvedRefs }) => Object.values(resolvedRefs.ProductSet).flat(),
      },
    },
    { references: [productSet] },
  );
  await using open = await openRuntime(planSpec(), { actionDispatcher: dispatcher });
  const { plans } = open.runtime;
  const { kind, id } = await open.runtime.createReference(productSet, ["x", "y"]);
  const priced = ["a", "broken", "slow"].map((product) => ({ kind: "price", product, price: 6 }));
  const actions = [{ kind: "hold", products: { kind, id } }, ...priced];
  await plans.store({ plan: pricePlan, planId: "p1", body: { rationale: "r", actions } });
  await expect.poll(async () => (await plans.get("p1")).gate, { timeout: 20_000 }).not.toBeNull();

  const card = await plans.card("p1");

  expect(card.actions.map(({ preview }) => preview)).toEqual([
    '["x","y"]',
    '{"from":5,"product":"a","to":6}',
    null,
    null,
  ]);
  expect(card.warnings).toEqual([
    expect.stringContaining("What action 3 would do could not be shown: Error: no such product"),
    expect.stringContaining("What action 4 would do could not be shown: it took too long"),
  ]);
  expect(applied).toEqual([]);
}, 40_000);
