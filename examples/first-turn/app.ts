import {
  createRuntime,
  defineApp,
  defineCoordinator,
  defineRuntime,
  defineSpecialist,
  defineTenant,
  defineTool,
} from "bridle";
import * as z from "zod";

const STOCK = [
  { product: "Sparkling Water 12pk", channel: "online", units: 40, unitsPerDay: 16 },
  { product: "Sparkling Water 12pk", channel: "stores", units: 900, unitsPerDay: 45 },
  { product: "Oat Milk 1l", channel: "online", units: 310, unitsPerDay: 12 },
];

const daysOfCover = defineTool({
  name: "days_of_cover",
  description: "Days until a product runs out, per channel, lowest first.",
  input: z.strictObject({ product: z.string().min(1) }),
  handler: ({ product }, { progress }) => {
    const rows = STOCK.filter((row) => row.product === product);
    progress({ rows: rows.length });
    return rows
      .map(({ channel, units, unitsPerDay }) => ({ channel, days: units / unitsPerDay }))
      .sort((a, b) => a.days - b.days);
  },
});

const stockAnalyst = defineSpecialist({
  name: "stock_analyst",
  description: "Knows how long stock lasts.",
  model: "claude-sonnet-5-5",
  prompt: "You answer questions about stock. Use days_of_cover; never guess a number.",
  tools: [daysOfCover],
});

const coordinator = defineCoordinator({
  name: "coordinator",
  model: "claude-sonnet-5-5",
  prompt: "You lead a small team. Hand questions about stock to stock_analyst and pass its answer on.",
  routes: ["stock_analyst"],
});

export const runtimeSpec = defineRuntime({
  tenant: defineTenant("first-turn", "1"),
  agents: [coordinator, stockAnalyst],
});

export const app = defineApp({
  name: "first-turn",
  description: "Two agents and a tool.",
  runtimeSpec,
  runtimeFactory: ({ workspace, ...options }) =>
    createRuntime(runtimeSpec, { app: "first-turn", workspace, ...options }),
});
