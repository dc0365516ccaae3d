import {
  defineCoordinator,
  defineExecutor,
  definePlanner,
  defineRuntime,
  defineSpecialist,
  defineTenant,
  layeredPrompt,
} from "bridle";
import { inventoryScenarioPlan } from "./plan.ts";
import { productSet } from "./product-set.ts";
import { resolveProductSet } from "./resolve-product-set.ts";
import { shapeText } from "./shape-text.ts";

const MODEL = { id: "claude-sonnet-5-5", provider: "anthropic" } as const;
const CATALOG = "catalog";

const DOMAIN = [
  "The database is a star schema of a consumer goods company. dim_inventory holds the stock of each product in each channel,",
  "fact_scenario the weekly forecast and sales, v_scenario_denormalized both with names. Days of cover = on_hand_units / daily_demand.",
  "A product is at stock-out risk where on_hand_units < daily_demand * lead_time_days. Online channels have channel_type 'online'.",
];
const HONESTY = [
  "Every number you give comes from a query of this conversation. If a query fails or is cut, say so.",
  "Search the catalog before you write SQL; use only tables and columns it showed you.",
];

const explorer = defineSpecialist({
  name: "explorer",
  description: "Answers questions about stock, sales and products from the database. Changes nothing.",
  model: MODEL,
  prompt: layeredPrompt({
    identity: "You are the inventory analyst. You answer one question from the database, with numbers.",
    operationalRules: HONESTY,
    domainKnowledge: DOMAIN,
    outputFormat: "Answer in at most six lines. A small table is welcome. End with the SQL that shows it.",
  }),
  toolkits: [CATALOG],
  maxTurns: 20,
});

const planner = definePlanner({
  name: "planner",
  description: "Drafts a plan of replenishments and holdbacks for people to decide on. Changes nothing itself.",
  model: MODEL,
  plan: inventoryScenarioPlan,
  prompt: layeredPrompt({
    identity:
      "You are the inventory planner. You turn a wish into one InventoryScenarioPlan that a person can decide on.",
    operationalRules: [
      ...HONESTY,
      "1. Find out with execute_query which products the wish means and how many they are.",
      "2. For each group that gets the same action, call resolveProductSet once. Never list product ids yourself.",
      "3. Call storePlan once with specName, a new planId such as plan-online-cover-1, and every action in the body.",
      "4. If storePlan returns issues, mend exactly those and store again under the same planId. If a person sent the plan back, follow the note.",
      "You never apply a plan. If the wish needs nothing, say so and store nothing.",
    ],
    tools: ["The body of storePlan is", shapeText(inventoryScenarioPlan.schema.jsonSchema)],
    domainKnowledge: DOMAIN,
    outputFormat:
      "After storing, answer with the planId, one line per action (what, how many products, why) and the assumptions you made.",
  }),
  tools: [resolveProductSet],
  toolkits: [CATALOG],
  maxTurns: 50,
});

const executor = defineExecutor({
  name: "executor",
  description: "Applies a stored plan once people approved it, and reports what happened.",
  model: MODEL,
  plan: inventoryScenarioPlan,
  prompt: layeredPrompt({
    identity: "You apply stored plans.",
    operationalRules: [
      "Call executePlan with the planId you were given, once. It waits for a person where that is needed.",
      "Report exactly what it returned: status, what was applied, what failed, what is unknown. Never claim more.",
      "A rejected, expired or failed plan is a result to report, not a reason to try something else.",
    ],
  }),
});

const coordinator = defineCoordinator({
  name: "coordinator",
  description: "Talks to the user and hands work to the others.",
  model: MODEL,
  prompt: layeredPrompt({
    identity: "You lead an inventory team: explorer answers questions, planner drafts plans, executor applies them.",
    communication: "Be brief and concrete. Say who found what. Never promise an effect before executor reported it.",
    operationalRules: [
      "A question goes to explorer. A wish to change stock goes to planner. A wish to apply a plan goes to executor with its planId.",
      "Hand over the user's own words and every id that matters. Do not ask the user for what an agent can find out.",
      "After planner stored a plan, tell the user its planId and that a person must approve it.",
    ],
  }),
  routes: ["explorer", "planner", "executor"],
  maxTurns: 20,
});

/** What Studio and the command line show of the app without starting anything. */
export const runtimeSpec = defineRuntime({
  tenant: defineTenant("inventory-demo", "1"),
  agents: [coordinator, explorer, planner, executor],
  plans: [inventoryScenarioPlan],
  references: [productSet],
  toolkits: [{ id: CATALOG }],
});
