import type { ModelDelta } from "../../models/port.ts";
import type { EventDraft } from "../../protocol/event.ts";

/** Where the deltas of one attempt go. */
export interface DeltaSink {
  /** Turns the n-th piece into an event. */
  draft(delta: ModelDelta, index: number): EventDraft;
  append(drafts: readonly EventDraft[]): Promise<void>;
  /** Called once when appending failed; the model call should stop. */
  onFailure(error: unknown): void;
}

/**
 * Writes text as it arrives: at once when nothing is being written, otherwise together with whatever came meanwhile. So one
 * slow write delays readers by one write, and a fast model costs few.
 */
export class DeltaWriter {
  readonly #sink: DeltaSink;
  #waiting: ModelDelta[] = [];
  #writing: Promise<void> | undefined;
  #index = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(sink: DeltaSink) {
    this.#sink = sink;
  }

  add(delta: ModelDelta): void {
    if (this.#failure !== undefined || delta.text === "") return;
    this.#waiting.push(delta);
    this.#writing ??= this.#drain();
  }

  /** Resolves when everything added so far is in the log; rejects when something could not be written. */
  async flush(): Promise<void> {
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Resolves when nothing is being written any more. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  async #drain(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const pieces = merged(this.#waiting.splice(0));
        await this.#sink.append(pieces.map((piece) => this.#sink.draft(piece, this.#index++)));
      }
    } catch (error) {
      this.#failure = { error };
      this.#sink.onFailure(error);
    } finally {
      this.#writing = undefined;
    }
  }
}

/** Neighbours of the same kind become one piece. */
function merged(deltas: readonly ModelDelta[]): readonly ModelDelta[] {
  const pieces: ModelDelta[] = [];
  for (const delta of deltas) {
    const last = pieces.at(-1);
    if (last?.type === delta.type) pieces[pieces.length - 1] = { type: last.type, text: last.text + delta.text };
    else pieces.push(delta);
  }
  return pieces;
}
