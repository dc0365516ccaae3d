import { expect, test } from "vitest";
import { routeCall } from "../../../src/engine/route-call.ts";
import { DEFAULT_TOOL_TIMEOUT_MS } from "../../../src/protocol/limits/tool.ts";
import { AGENT_DEPTH } from "../../../src/protocol/limits/turn.ts";
import type { AgentSlice } from "../../../src/protocol/manifest.ts";

const slice: AgentSlice = {
  maxTurns: 3,
  routes: ["analyst"],
  heartbeatMs: 5000,
  tools: {
    gated: { approval: { kind: "always" } },
    judged: { approval: { kind: "dynamic", value: "p" } },
    slow: { timeoutMs: 9, effects: "once" },
  },
};

test("a plain tool runs with the plain limits", () => {
  const routed = routeCall(slice, { id: "c", name: "plain" }, 0);
  expect(routed).toEqual({
    kind: "tool",
    callId: "c",
    name: "plain",
    effects: "none",
    timeoutMs: DEFAULT_TOOL_TIMEOUT_MS,
  });
});

test("a tool's own limits and effects are kept", () => {
  expect(routeCall(slice, { id: "c", name: "slow" }, 0)).toMatchObject({ kind: "tool", effects: "once", timeoutMs: 9 });
});

test.each(["gated", "judged"])("a call of %s, whose rule is not never, is behind its gate", (name) => {
  expect(routeCall(slice, { id: "c", name }, 0)).toEqual({
    kind: "gate",
    callId: "c",
    tool: name,
    rule: slice.tools[name]?.approval,
    call: { kind: "tool", callId: "c", name, effects: "none", timeoutMs: DEFAULT_TOOL_TIMEOUT_MS },
  });
});

test("a routed agent whose rule is not never is behind its gate, unless it could not run anyway", () => {
  const gated: AgentSlice = { ...slice, tools: { call_agent: { approval: { kind: "always" } } } };
  const call = { id: "c", name: "call_agent", agent: "analyst" };
  expect(routeCall(gated, call, 0)).toMatchObject({ kind: "gate", call: { kind: "agent", agent: "analyst" } });
  expect(routeCall(gated, { ...call, agent: "stranger" }, 0)).toMatchObject({ kind: "refused" });
});

test.each(["storePlan", "getPlan"])("the plan tool %s has no gate here: what a plan does waits at its own", (name) => {
  const gated: AgentSlice = { ...slice, tools: { [name]: { approval: { kind: "always" } } } };
  expect(routeCall(gated, { id: "c", name, builtIn: true }, 0)).toMatchObject({ kind: "tool", name });
  expect(routeCall(gated, { id: "c", name, builtIn: true, plan: "p" }, 0)).toMatchObject({ kind: "plan", plan: "p" });
});

test("an agent call goes to the agent when there is a route", () => {
  expect(routeCall(slice, { id: "c", name: "call_agent", agent: "analyst" }, 0)).toEqual({
    kind: "agent",
    callId: "c",
    agent: "analyst",
  });
  const unknown = routeCall(slice, { id: "c", name: "call_agent", agent: "stranger" }, 0);
  expect(unknown).toMatchObject({ kind: "refused", error: { code: "AGENT_UNKNOWN" } });
});

test("agents call agents only so deep", () => {
  const call = { id: "c", name: "call_agent", agent: "analyst" };
  expect(routeCall(slice, call, AGENT_DEPTH - 1).kind).toBe("agent");
  expect(routeCall(slice, call, AGENT_DEPTH)).toMatchObject({ kind: "refused", error: { code: "AGENT_DEPTH" } });
});
