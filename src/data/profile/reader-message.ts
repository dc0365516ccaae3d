import type { TableDescription } from "./description.ts";
import type { ReadOptions, ReferenceTest } from "./reading.ts";

/** The database that a reader reads. */
export type ReaderTarget =
  | { readonly kind: "sqlite"; readonly path: string; readonly label: string }
  | { readonly kind: "postgres"; readonly url: string; readonly label: string };

/** What the reader's process is asked; the target opens with the first call. */
export type ReaderCall = { readonly id: number; readonly target: ReaderTarget } & ReaderQuestion;

/** The question of a call. */
export type ReaderQuestion =
  | { readonly kind: "describe"; readonly schema: string | null }
  | { readonly kind: "read"; readonly table: TableDescription; readonly how: ReadOptions }
  | { readonly kind: "test"; readonly test: ReferenceTest };

/** What it answers: the value, or the engine's own error. */
export type ReaderReply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: { readonly message: string; readonly code: string | null } };
