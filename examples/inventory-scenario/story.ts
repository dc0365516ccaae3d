/**
 * The story as a script: what the model would say is written down, so that no key is needed and the same happens every time.
 * Searches, queries, product sets, the plan, the gate and its effects are real.
 */

/** What a person would ask instead, with a live model. */
export const LIVE_PROMPT =
  "Which products are at stock-out risk in our online channels? Draft a replenishment plan for them that also holds back a few units of each, then have it executed.";

/** A step of the script. */
type Step = { readonly text: string } | { readonly tool: string; readonly args: object };

const coverByChannel = `select c.channel_name, round(min(i.on_hand_units / i.daily_demand), 1) as lowest_days_of_cover,
  sum(i.on_hand_units < i.daily_demand * i.lead_time_days) as products_at_risk
from dim_inventory i join dim_sales_channels c on c.channel_id = i.channel_id
where i.daily_demand > 0 group by c.channel_name order by products_at_risk desc`;

const exploring: readonly Step[] = [
  { tool: "search_catalog", args: { query: "days of cover by sales channel" } },
  { tool: "execute_query", args: { sql: coverByChannel } },
  { text: "Marketplace and Web shop have the most products that run out before a delivery can arrive." },
];

const SETS = [
  {
    sql: `select distinct i.product_id from dim_inventory i join dim_sales_channels c on c.channel_id = i.channel_id
where c.channel_type = ? and i.on_hand_units < i.daily_demand * i.lead_time_days order by i.product_id`,
    params: ["online"],
    reason: "Online stock ends before a delivery can arrive.",
    selectionSummary: "Products at stock-out risk in an online channel",
  },
  {
    sql: "select product_id from dim_products where lifecycle = ? order by product_id",
    params: ["phase_out"],
    reason: "They will not be ordered again.",
    selectionSummary: "Products being phased out",
  },
  {
    sql: `select distinct product_id from dim_inventory where on_hand_units < daily_demand * ? order by product_id`,
    params: [30],
    reason: "Less than a month of stock somewhere.",
    selectionSummary: "Products with less than 30 days of cover in any channel",
  },
] as const;

const [ONLINE_RISK, PHASE_OUT, LOW_COVER] = [0, 1, 2] as const;

function action(set: number, fields: object): object {
  const id = { $result: "resolveProductSet", call: set, path: "id" };
  return { ...fields, products: { kind: "InventoryProductSet", id } };
}

const reorder = (set: number, quantity: number, reason: string): object =>
  action(set, { kind: "reorder_products", quantity, reason });
const hold = (set: number, holdbackUnits: number, reason: string): object =>
  action(set, { kind: "hold_inventory", holdbackUnits, reason });

/** Ten actions over three sets. */
const ACTIONS = [
  reorder(ONLINE_RISK, 48, "Covers the lead time of the slowest supplier."),
  reorder(ONLINE_RISK, 24, "Second wave, two weeks later."),
  reorder(ONLINE_RISK, 24, "Third wave, four weeks later."),
  hold(ONLINE_RISK, 4, "Keeps a few units for orders already promised."),
  reorder(PHASE_OUT, 6, "A last order before the supplier stops."),
  hold(PHASE_OUT, 2, "Keeps spare units for returns."),
  reorder(LOW_COVER, 12, "Brings every channel back to a month of cover."),
  reorder(LOW_COVER, 12, "Second wave."),
  reorder(LOW_COVER, 6, "Third wave, smaller: demand falls after the season."),
  hold(LOW_COVER, 1, "Keeps one unit per product for the photo studio."),
];

/** The whole conversation: explore, plan, and have the plan applied, which waits for a person. */
export function storyScript(planId: string): string {
  const planning: readonly Step[] = [
    ...SETS.map((args) => ({ tool: "resolveProductSet", args })),
    { tool: "storePlan", args: { specName: "InventoryScenarioPlan", planId, body: planBody() } },
    { text: `Stored ${planId}: ten actions over three product sets. It waits for a person.` },
  ];
  const executing: readonly Step[] = [
    { tool: "executePlan", args: { planId } },
    { text: "The plan stands as executePlan reported it." },
  ];
  const ask = (agent: string, steps: readonly Step[]): Step => ({
    tool: "call_agent",
    args: { agent, prompt: JSON.stringify(steps) },
  });
  return JSON.stringify([
    { text: "First I look at the stock." },
    ask("explorer", exploring),
    { text: "Now the planner drafts what to do." },
    ask("planner", planning),
    { text: "The executor applies it once a person approved it." },
    ask("executor", executing),
    { text: "Done." },
  ] satisfies readonly Step[]);
}

function planBody(): object {
  return {
    objective: "No online stock-out in the next month, and phased-out products leave in order.",
    assumptions: ["Demand stays as in the last 26 weeks.", "Suppliers deliver within their lead time."],
    actions: ACTIONS,
  };
}
