import { expect, onTestFinished, test } from "vitest";
import * as z from "zod";
import type { JsonObject } from "../../src/protocol/json.ts";
import { type FakeReply, type FakeRequest, startFakeMessagesApi } from "../../src/testing/index.ts";
import { freePort } from "../helpers/free-port.ts";
import { inventoryStory } from "../helpers/inventory-story.ts";
import { preparedScenario } from "../helpers/prepared-scenario.ts";

const prepared = preparedScenario();

test("--live without a key says what is missing and starts nothing", async () => {
  const { code, said } = await inventoryStory(prepared()).run("story --live").ended;

  expect(code).toBe(1);
  expect(said).toBe(
    "error: --live asks the model, and ANTHROPIC_API_KEY is not set.\nfix: Set it, or leave --live out: then a script stands in for the model.\n",
  );
});

test(
  "--live: a model API that is not there yet is told and waited for; then the model's own plan is approved and applied",
  { timeout: 120_000 },
  async () => {
    const here = inventoryStory(prepared());
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const story = here.run("story --live --yes", { ANTHROPIC_API_KEY: "sk-test", ANTHROPIC_BASE_URL: url });
    await story.saying(/coordinator +tries again: .*could not open the connection to the model API/u);

    const api = await startFakeMessagesApi({ port });
    onTestFinished(() => api.close());
    api.respond((request, index) => conversation[index]?.(request) ?? { text: "I have nothing more to say." });
    const { code, said } = await story.ended;

    expect({ code, said }).toEqual({ code: 0, said: expect.stringContaining("coordinator  finished: stop") });
    expect(said).not.toContain("deprecated");
    expect(said).toMatch(
      /What the platform says of plan-live-1:\n {2}action 0 +reorder_products +12,504 products\n {2}action 1 +hold_inventory/u,
    );
    const planner = JSON.stringify(api.requests[4]?.body);
    expect(planner).toContain("quantity: integer  — Units to order of every product of the set.");
    expect(planner).toContain("You are the inventory planner.");
  },
);

/** What a good model would answer, request by request; the planner puts the handle that it got into its plan. */
const conversation: readonly ((request: FakeRequest) => FakeReply)[] = [
  () => ask("explorer", "Which products are at stock-out risk in online channels?"),
  () => ({
    toolCalls: [{ name: "execute_query", args: { sql: `select count(*) as products from (${ONLINE_RISK})` } }],
  }),
  () => ({ text: "Some products run out online before a delivery can arrive." }),
  () => ask("planner", "Draft a replenishment plan for them that also holds back a few units of each."),
  () => ({
    toolCalls: [
      {
        name: "resolveProductSet",
        args: { sql: ONLINE_RISK, params: [], reason: "They run out.", selectionSummary: "At stock-out risk online" },
      },
    ],
  }),
  (request) => ({ toolCalls: [{ name: "storePlan", args: planOver(handleIn(request)) }] }),
  () => ({ text: "Stored plan-live-1." }),
  () => ask("executor", "Execute plan-live-1."),
  () => ({ toolCalls: [{ name: "executePlan", args: { planId: "plan-live-1" } }] }),
  () => ({ text: "plan-live-1 is executed." }),
  () => ({ text: "The plan was approved and applied." }),
];

const ONLINE_RISK = `select distinct i.product_id from dim_inventory i join dim_sales_channels c on c.channel_id = i.channel_id
where c.channel_type = 'online' and i.on_hand_units < i.daily_demand * i.lead_time_days order by i.product_id`;

function ask(agent: string, prompt: string): FakeReply {
  return { toolCalls: [{ name: "call_agent", args: { agent, prompt } }] };
}

const Handle = z.looseObject({ kind: z.literal("InventoryProductSet"), id: z.string() });

function handleIn({ bodyText }: FakeRequest): z.infer<typeof Handle> {
  const [id = ""] = /ref_[0-9a-f]+/u.exec(bodyText) ?? [];
  return Handle.parse({ kind: "InventoryProductSet", id });
}

function planOver({ kind, id }: z.infer<typeof Handle>): JsonObject {
  const products = { kind, id };
  const actions = [
    { kind: "reorder_products", products, quantity: 24, reason: "Covers the lead time." },
    { kind: "hold_inventory", products, holdbackUnits: 3, reason: "Promised orders." },
  ];
  const body = { objective: "No stock-out online.", assumptions: ["Demand stays as it is."], actions };
  return { specName: "InventoryScenarioPlan", planId: "plan-live-1", body };
}
