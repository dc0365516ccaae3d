import * as z from "zod";
import { withoutUndefined } from "../../lib/without-undefined.ts";
import type { JsonObject } from "../../protocol/json.ts";
import type { ModelManifest } from "../../protocol/manifest.ts";
import { fields, jsonField, textField, wholeField } from "../spec-fields.ts";

/** A model by id, or with what the provider should know. Transport and keys belong to the runtime's `providers`. */
export type ModelSpec =
  | string
  | {
      readonly id: string;
      /** `anthropic` unless said. */
      readonly provider?: string;
      /** Tokens of one reply; 8192 unless said. */
      readonly maxTokens?: number;
      readonly temperature?: number;
      /** Passed to the provider as it is. */
      readonly thinking?: JsonObject;
    };

const DEFAULT_PROVIDER = "anthropic";
const DEFAULT_MAX_TOKENS = 8192;
const TEMPERATURE = "a number from 0 to 1";

const fullModel = fields({
  id: textField,
  provider: textField.optional(),
  maxTokens: wholeField(1, Number.MAX_SAFE_INTEGER).optional(),
  temperature: z.number({ error: TEMPERATURE }).min(0, TEMPERATURE).max(1, TEMPERATURE).optional(),
  thinking: jsonField.optional(),
});

/** What an agent's `model` may be, completed with the defaults. */
export const modelField: z.ZodType<ModelManifest> = z
  .union([textField.transform((id) => ({ id })), fullModel], { error: "a model id or an object with an id" })
  .transform(completeModel);

function completeModel(model: z.infer<typeof fullModel>): ModelManifest {
  return withoutUndefined({
    ...model,
    provider: model.provider ?? DEFAULT_PROVIDER,
    maxTokens: model.maxTokens ?? DEFAULT_MAX_TOKENS,
  });
}
