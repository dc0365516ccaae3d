import type { ExtractionModel } from "../../catalog/knowledge/extraction/extract-with-model.ts";
import type { ExtractionEstimate } from "../../catalog/knowledge/extraction/plan-extraction.ts";
import { ModelError } from "../../protocol/errors.ts";
import { type CommandCall, isOn, valueOf } from "../command.ts";
import { countOf } from "../output/count-of.ts";
import type { Setting, Switch } from "../settings/setting.ts";

/** Which model is asked what documents define. */
export const EXTRACT_WITH: Setting<string> = {
  flags: "--extract-with <model>",
  description: "also ask this model for terms, metrics and rules; needs ANTHROPIC_API_KEY, and --yes or --max-tokens",
  expected: "the name of a model, for example claude-haiku-4-5",
  parse: (text) => (/^\S{1,200}$/.test(text) ? text : undefined),
};

/** How much of it may be used. */
export const MAX_TOKENS: Setting<number> = {
  flags: "--max-tokens <number>",
  description: "ask the model as far as so many tokens go; the next ingestion goes on from there",
  expected: "a whole number from 1",
  parse: (text) => (/^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined),
};

/** Whether to ask without a limit. */
export const YES: Switch = {
  flags: "--yes",
  description: "ask the model about everything that is new, whatever it takes",
};

/** The model of a call, which is asked nothing as long as neither `--yes` nor `--max-tokens` says so; undefined without one. */
export async function knowledgeModel(call: CommandCall): Promise<ExtractionModel | undefined> {
  const model = valueOf(call, EXTRACT_WITH);
  if (model === undefined) return undefined;
  const maxTokens = valueOf(call, MAX_TOKENS) ?? (isOn(call, YES) ? undefined : 0);
  const { [KEY]: apiKey = "", ANTHROPIC_BASE_URL: baseURL = "" } = call.env;
  if (apiKey.trim() === "" && maxTokens !== 0) throw keyMissing(model);
  const { anthropicProvider } = await import("../../models/anthropic.ts");
  return {
    model,
    provider: anthropicProvider({ apiKey, keyName: KEY, ...(baseURL === "" ? {} : { baseURL }) }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    onEstimate: (estimate) => call.output.progress(estimateText(estimate)),
  };
}

const KEY = "ANTHROPIC_API_KEY";

function keyMissing(model: string): ModelError {
  return new ModelError("MODEL_KEY_MISSING", `--extract-with ${model} needs a key, and ${KEY} is not set.`, {
    hint: `Set ${KEY} or add it to .env; without --extract-with the structure of the documents is read, which needs no model.`,
  });
}

/** What asking a model would take, as people read it. */
function estimateText({ model, parts, calls, ...tokens }: ExtractionEstimate): string {
  if (calls === 0) return `${model} was asked about every part before`;
  const { inputTokens, outputTokens, maxOutputTokens } = tokens;
  const answers = `about ${outputTokens.toLocaleString("en-US")} of answers (at most ${maxOutputTokens.toLocaleString("en-US")})`;
  return `${model}: ${countOf(parts, "part")} in ${countOf(calls, "call")}, about ${countOf(inputTokens, "token")} of questions and ${answers}`;
}
