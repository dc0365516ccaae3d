/** Steps of the scripts that crash tests give as prompts. */
export const add = { tool: "add", args: { a: 2, b: 3 } };

/** A call of a routed agent with a script of its own. */
export function ask(agent: string, ...steps: readonly unknown[]): unknown {
  return { tool: "call_agent", args: { agent, prompt: JSON.stringify(steps) } };
}

/** A step that no model can take: its turn fails. */
export const broken = { tool: "add", args: { a: { $result: "never called" }, b: 1 } };
