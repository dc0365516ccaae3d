import type { Usage } from "../../../protocol/usage.ts";

/** What calls of a model have used, and what those under way may still use. */
export class TokenBudget {
  readonly #limit: number;
  #reserved = 0;
  #calls = 0;
  #inputTokens = 0;
  #outputTokens = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get used(): { readonly calls: number; readonly inputTokens: number; readonly outputTokens: number } {
    return { calls: this.#calls, inputTokens: this.#inputTokens, outputTokens: this.#outputTokens };
  }

  /** Makes a call when it stays within the limit even if it uses the most it can; undefined when it was not made. */
  async spend<Reply extends { readonly usage: Usage }>(
    most: number,
    call: () => Promise<Reply>,
  ): Promise<Reply | undefined> {
    if (this.#inputTokens + this.#outputTokens + this.#reserved + most > this.#limit) return undefined;
    this.#reserved += most;
    try {
      const reply = await call();
      const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = reply.usage;
      this.#calls++;
      this.#inputTokens += inputTokens + cacheReadTokens + cacheWriteTokens;
      this.#outputTokens += outputTokens;
      return reply;
    } finally {
      this.#reserved -= most;
    }
  }
}
