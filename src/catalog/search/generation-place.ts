import type { IndexConnection } from "./index-connection.ts";

/** Where a generation is written, and whether it is known to be empty, so that nothing of it need be read. */
export interface GenerationPlace {
  readonly connection: IndexConnection;
  readonly number: number;
  readonly isNew: boolean;
}
