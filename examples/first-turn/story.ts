/**
 * A conversation without a model: the prompt is a script, so that the same steps happen every time and no key is needed. Agents,
 * tools, workflows and the store are the real ones.
 */
const analystScript = JSON.stringify([
  { tool: "days_of_cover", args: { product: "Sparkling Water 12pk" } },
  { text: "Sparkling Water 12pk lasts 2.5 days online and 20 days in stores." },
]);

export const story = JSON.stringify([
  { text: "Let me ask the stock analyst. " },
  { tool: "call_agent", args: { agent: "stock_analyst", prompt: analystScript } },
  { text: "Online stock of Sparkling Water 12pk runs out first: 2.5 days of cover against 20 in stores." },
]);
