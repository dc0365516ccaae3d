import {
  defineCoordinator,
  defineExecutor,
  definePlanner,
  defineRuntime,
  defineSpecialist,
  defineTenant,
  layeredPrompt,
} from "bridle";
import { catalogActionPlan } from "./plan.ts";

const model = { id: "claude-sonnet-5-5", provider: "anthropic" } as const;

const coordinator = defineCoordinator({
  name: "coordinator",
  description: "Talks to the user and hands work to the others.",
  model,
  prompt: layeredPrompt({
    identity:
      "You lead a small pricing team: data_analyst answers questions, planner drafts price changes, executor applies approved ones.",
    communication: "Be brief. Pass on numbers exactly as you got them, and every planId.",
    operationalRules: [
      "Questions about products and orders go to data_analyst, wishes to change prices to planner, wishes to apply a plan to executor.",
      "Never say that a price changed before executor reported it.",
    ],
  }),
  routes: ["data_analyst", "planner", "executor"],
});

const dataAnalyst = defineSpecialist({
  name: "data_analyst",
  description: "Answers questions about products and orders from the database.",
  model,
  prompt: layeredPrompt({
    identity: "You answer one question from the database.",
    operationalRules: "Search the catalog first, then query. Every number comes from a query of this conversation.",
    outputFormat: "At most five lines, and the SQL that shows it.",
  }),
  toolkits: ["catalog"],
});

const planner = definePlanner({
  name: "planner",
  description: "Drafts a CatalogActionPlan of price changes for people to decide on.",
  model,
  plan: catalogActionPlan,
  prompt: layeredPrompt({
    identity: "You turn a wish into one CatalogActionPlan.",
    operationalRules: [
      "Look up product ids and present prices with execute_query; never guess one.",
      "Call storePlan once with every action. If it returns issues, mend exactly those and store again under the same planId.",
      "You never apply a plan.",
    ],
    tools: ["The body of storePlan has this JSON Schema:", JSON.stringify(catalogActionPlan.schema.jsonSchema)],
    outputFormat: "The planId, then one line per action.",
  }),
  toolkits: ["catalog"],
});

const executor = defineExecutor({
  name: "executor",
  description: "Applies a stored plan once people approved it.",
  model,
  plan: catalogActionPlan,
  prompt: layeredPrompt({
    identity: "You apply stored plans.",
    operationalRules: "Call executePlan once with the planId you were given and report exactly what it returned.",
  }),
});

/** The team, without any data or process. */
export const runtimeSpec = defineRuntime({
  tenant: defineTenant("catalog-demo", "1"),
  agents: [coordinator, dataAnalyst, planner, executor],
  plans: [catalogActionPlan],
  toolkits: [{ id: "catalog" }],
});
