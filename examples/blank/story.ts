/** A conversation as a script, so that it needs no model: the plan, the gate and the notebook are real. */
export function storyScript(planId: string): string {
  const planning = [
    {
      tool: "storePlan",
      args: {
        specName: "NotePlan",
        planId,
        body: { why: "To try it.", actions: [{ kind: "add_note", text: "A person approved this line." }] },
      },
    },
    { text: `Stored ${planId}.` },
  ];
  const executing = [{ tool: "executePlan", args: { planId } }, { text: "It stands as reported." }];
  return JSON.stringify([
    { tool: "call_agent", args: { agent: "planner", prompt: JSON.stringify(planning) } },
    { tool: "call_agent", args: { agent: "executor", prompt: JSON.stringify(executing) } },
    { text: "Done." },
  ]);
}
