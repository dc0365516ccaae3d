import type { ModelManifest, PromptManifest } from "../protocol/manifest.ts";
import type { AssistantMessage, Message } from "../protocol/message.ts";
import type { JsonObject } from "../protocol/json.ts";
import type { Usage } from "../protocol/usage.ts";

/** A tool as a model is told about it. */
export interface ModelTool {
  readonly name: string;
  readonly description: string;
  readonly input: JsonObject;
}

/** Everything one model call needs; a provider reads nothing else. */
export interface ModelRequest {
  readonly model: ModelManifest;
  readonly system: PromptManifest;
  readonly tools: readonly ModelTool[];
  readonly messages: readonly Message[];
  /** Identifies this position in the conversation; the same on every attempt. Providers that make up ids derive them from it. */
  readonly seed: string;
}

/** Something that arrived while the model was answering. */
export type ModelDelta = { readonly type: "text" | "reasoning"; readonly text: string };

/** A finished answer. */
export interface ModelReply {
  readonly message: AssistantMessage;
  readonly usage: Usage;
  /** Tool calls whose argument text was not JSON, by call id, with the parser's complaint. */
  readonly malformedArgs: { readonly [callId: string]: string };
}

/** What a call may use besides its request. */
export interface ModelCallContext {
  readonly signal: AbortSignal;
  /** Called in order for every piece of text or reasoning as it arrives. Synchronous and cheap. */
  readonly onDelta: (delta: ModelDelta) => void;
}

/** A model provider. Fails only with ModelError, or with the signal's reason when aborted. Never retries by itself. */
export interface ModelProvider {
  readonly name: string;
  call(request: ModelRequest, context: ModelCallContext): Promise<ModelReply>;
}
