export { agentTurn } from "./agent-turn.ts";
export { plan } from "./plan.ts";
