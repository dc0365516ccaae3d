import * as z from "zod";
import { deepFreeze } from "../../lib/deep-freeze.ts";
import { sha256 } from "../../lib/sha256.ts";
import { stableJson } from "../../lib/stable-json.ts";
import { describeValue } from "../describe-value.ts";
import { parseSpec } from "../parse-spec.ts";
import { fields, list, textField } from "../spec-fields.ts";
import { refuseIssues, wrongField } from "../spec-issue.ts";
import { isSpec } from "../spec-kind.ts";

/** The layers of a prompt, each one text or several lines of text. At least one is needed. */
export interface PromptLayers {
  readonly identity?: string | readonly string[];
  readonly communication?: string | readonly string[];
  readonly operationalRules?: string | readonly string[];
  readonly tools?: string | readonly string[];
  readonly domainKnowledge?: string | readonly string[];
  readonly outputFormat?: string | readonly string[];
}

/** A system prompt in layers of fixed order; `cacheKey` changes exactly when the content does. */
export interface PromptSpec {
  readonly kind: "prompt";
  readonly cacheKey: string;
  readonly layers: readonly { readonly name: string; readonly text: string }[];
}

const LAYER_NAMES = [
  "identity",
  "communication",
  "operationalRules",
  "tools",
  "domainKnowledge",
  "outputFormat",
] as const;
const PHRASE = "a non-blank string or a list of them";
const layerField = z.union([textField, list(textField, PHRASE).min(1, PHRASE)], { error: PHRASE }).optional();
const LAYERS_PHRASE = `an object with at least one of ${LAYER_NAMES.join(", ")}`;

const PromptDefinition = fields({
  identity: layerField,
  communication: layerField,
  operationalRules: layerField,
  tools: layerField,
  domainKnowledge: layerField,
  outputFormat: layerField,
});

/** Declares a system prompt in layers, so that the stable parts come first and providers can cache them. */
export function layeredPrompt(layers: PromptLayers): PromptSpec {
  const parsed = parseSpec("layeredPrompt", PromptDefinition, layers);
  const present = LAYER_NAMES.flatMap((name) => {
    const layer = parsed[name];
    return layer === undefined ? [] : [{ name, text: typeof layer === "string" ? layer : layer.join("\n") }];
  });
  refuseIssues("layeredPrompt()", present.length > 0 ? [] : [wrongField("", LAYERS_PHRASE, describeValue(layers))]);
  return promptSpec(present);
}

/** What an agent's `prompt` may be: a plain text becomes one layer called `prompt`. */
export const promptField: z.ZodType<PromptSpec> = z.union(
  [
    textField.transform((text) => promptSpec([{ name: "prompt", text }])),
    z.custom<PromptSpec>((value) => isSpec(value, "prompt")),
  ],
  { error: "a non-blank string or a layeredPrompt value" },
);

function promptSpec(layers: PromptSpec["layers"]): PromptSpec {
  return deepFreeze({ kind: "prompt", cacheKey: sha256(stableJson(layers)), layers });
}
