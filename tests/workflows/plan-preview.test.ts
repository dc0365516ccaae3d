/** What people are shown of what a plan would do, before they decide. */
import { expect, test } from "vitest";
import { defineDispatcher } from "../../src/specs/dispatchers/dispatcher.ts";
import { ask } from "../helpers/crash-script.ts";
import { openRuntime } from "../helpers/open-runtime.ts";
import { execute, planSpec, priceBody, pricePlan, productSet, store } from "../helpers/plan-app.ts";
import { readEvents } from "../helpers/read-events.ts";
import { untilGated } from "../helpers/until-gated.ts";

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
  await untilGated({ plans }, "p1");

  const card = await plans.card("p1");

  expect(card.actions.map(({ preview }) => preview)).toEqual([
    '["x","y"]',
    '{"from":5,"product":"a","to":6}',
    null,
    null,
  ]);
  expect(card.warnings).toEqual([
    expect.stringContaining("What action 2 would do could not be shown: Error: no such product"),
    expect.stringContaining("What action 3 would do could not be shown: it took too long"),
  ]);
  expect(applied).toEqual([]);
}, 40_000);

test("a preview that hangs keeps the others from being asked once the time is over, and none keeps the gate from opening", async () => {
  const asked: string[] = [];
  const dispatcher = defineDispatcher(pricePlan, {
    price: {
      run: () => ({ entitiesAffected: 1 }),
      preview: ({ product }) => {
        asked.push(product);
        // A library may throw what is no error and cannot even be made a text of.
        const odd: unknown = Object.create(null);
        return new Promise((_, reject) => product === "odd" && reject(odd));
      },
    },
    hold: () => null,
  });
  await using open = await openRuntime(planSpec(), { actionDispatcher: dispatcher });
  const { plans } = open.runtime;
  await plans.store({ plan: pricePlan, planId: "p1", body: priceBody("odd", "slow", "c", "d") });

  await untilGated({ plans }, "p1");

  expect(asked).toEqual(["odd", "slow"]);
  expect((await plans.card("p1")).warnings).toHaveLength(4);
}, 40_000);

test("what a person made of a plan at its gate has previews of its own, and whoever follows the run hears of its gate", async () => {
  const dispatcher = defineDispatcher(pricePlan, {
    price: { run: () => null, preview: ({ product }) => `sets ${product}` },
    hold: () => null,
  });
  await using open = await openRuntime(planSpec({ plans: { kind: "always", min: 2 } }), {
    actionDispatcher: dispatcher,
  });
  const { plans, respondToApproval } = open.runtime;
  const run = open.runtime.query(
    JSON.stringify([
      ask("planner", store("p1", "a"), { text: "Stored." }),
      ask("executor", execute("p1")),
      { text: "Over." },
    ]),
  );
  const reading = readEvents(run);
  await expect
    .poll(async () => (await plans.get("p1").catch(() => null))?.gate ?? null, { timeout: 20_000 })
    .not.toBeNull();

  await respondToApproval("p1", { decision: "edit", by: "Bo", edits: priceBody("b") });

  const { gate } = await plans.get("p1");
  expect((await plans.card("p1")).actions.map(({ preview }) => preview)).toEqual(['"sets b"']);
  await respondToApproval("p1", { decision: "reject", by: "Cy" });
  const required = (await reading).flatMap((event) => (event.type === "approval-required" ? [event.gate] : []));
  expect(required).toContain(gate?.id);
}, 40_000);
