/** The conversation as a script: what the model would say is written down; agents, plan, gate and dispatch are real. */
export function storyScript(planId: string): string {
  const analysing = [
    { tool: "execute_query", args: { sql: "select product_id, name, list_price from products order by product_id" } },
    { text: "Sparkling Water 12pk is p-001 and costs 5.99." },
  ];
  const planning = [
    {
      tool: "storePlan",
      args: {
        specName: "CatalogActionPlan",
        planId,
        body: {
          rationale: "Sparkling Water 12pk sells below its category's margin.",
          actions: [
            { kind: "price_change", productId: "p-001", newPrice: 6.49, reason: "Brings the margin to target." },
          ],
        },
      },
    },
    { text: `Stored ${planId}.` },
  ];
  const executing = [{ tool: "executePlan", args: { planId } }, { text: "It stands as reported." }];
  const ask = (agent: string, steps: readonly object[]): object => ({
    tool: "call_agent",
    args: { agent, prompt: JSON.stringify(steps) },
  });
  return JSON.stringify([
    ask("data_analyst", analysing),
    ask("planner", planning),
    ask("executor", executing),
    { text: "Done." },
  ]);
}
