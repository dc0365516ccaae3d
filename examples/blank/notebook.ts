import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { defineDispatcher, type Dispatcher } from "bridle";
import { notePlan } from "./plan.ts";

/** The system that plans change: a file with one note per line, each under the key of the action that wrote it. */
export class Notebook {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** A key that is there already was written by an attempt before this one. */
  add(key: string, text: string): void {
    if (this.lines().some((line) => line.startsWith(`${key}\t`))) return;
    appendFileSync(this.#path, `${key}\t${text.replaceAll("\n", " ")}\n`);
  }

  lines(): readonly string[] {
    return existsSync(this.#path)
      ? readFileSync(this.#path, "utf8")
          .split("\n")
          .filter((line) => line !== "")
      : [];
  }
}

/** Applies approved notes. `keyed`: the notebook recognises a repeated action by its key, so a crash never writes one twice. */
export function noteDispatcher(notebook: Notebook): Dispatcher {
  return defineDispatcher(
    notePlan,
    {
      add_note: ({ text }, { idempotencyKey }) => {
        notebook.add(idempotencyKey, text);
        return { entitiesAffected: 1, summary: "one note" };
      },
    },
    { guarantee: "keyed" },
  );
}
