/** A set of ready-made tools that agents bind by id. */
export interface Toolkit {
  readonly id: string;
  /** The names of its tools. */
  readonly tools: readonly string[];
}

/** The toolkits of this version. Adding one here makes its id known to `defineRuntime`. */
export const TOOLKITS: readonly Toolkit[] = [];
