import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import * as z from "zod";
import { ROOT } from "./source-files.ts";

const Words = z.array(z.string());
const Service = z.looseObject({
  image: z.string(),
  build: z.string().optional(),
  entrypoint: Words.optional(),
  command: Words.optional(),
  environment: z.record(z.string(), z.union([z.string(), z.number().transform(String)])).default({}),
  ports: Words.default([]),
  volumes: Words.default([]),
  networks: Words.default([]),
  network_mode: z.string().optional(),
  restart: z.string(),
  healthcheck: z.looseObject({ test: Words }).optional(),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.string() })).default({}),
});
/** A service of docker-compose.yml, its shared parts merged in. */
export type ComposeService = z.infer<typeof Service>;

const Compose = z.looseObject({
  services: z.record(z.string(), Service),
  networks: z.record(z.string(), z.unknown()),
  volumes: z.record(z.string(), z.unknown()),
});
/** The whole of docker-compose.yml. */
export type Compose = z.infer<typeof Compose>;

/** The file as it is written, before variables are filled in. */
export function composeText(): string {
  return readFileSync(join(ROOT, "docker-compose.yml"), "utf8");
}

/** docker-compose.yml with the variables filled in as Docker does: one that is missing and must not be is an error. */
export function readCompose(variables: Readonly<Record<string, string>>): Compose {
  const fill = (text: string): string =>
    text.replace(VARIABLE, (...[, name = "", kind, word = ""]: readonly string[]) => {
      const value = variables[name] ?? "";
      if (value === "" && kind === "?") throw new Error(`${name}: ${word}`);
      return value === "" && kind === "-" ? word : value;
    });
  const filled = (_key: unknown, value: unknown): unknown => (typeof value === "string" ? fill(value) : value);
  return Compose.parse(parse(composeText(), filled, { merge: true }));
}

const VARIABLE = /(?<!\$)\$\{(\w+)(?::([-?])([^}]*))?\}/g;

/** The variables of compose.env.example with the values it gives. */
export function exampleVariables(): Readonly<Record<string, string>> {
  const lines = readFileSync(join(ROOT, "compose.env.example"), "utf8").split("\n");
  return Object.fromEntries(lines.flatMap((line) => (/^(\w+)=(.*)$/.exec(line) ? [line.split("=", 2)] : [])));
}

/** What a service of the app's image runs, without what stands for `bridle`; nothing when it runs another program. */
export function bridleArguments({ build, entrypoint, command }: ComposeService): readonly string[] | null {
  return build === undefined || entrypoint !== undefined ? null : (command ?? []);
}
