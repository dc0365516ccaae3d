import type { Environment } from "../../environment.ts";

/** Values of the environment that must never be printed, told by the names of their variables. */
export function secretsOf(env: Environment): readonly string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && value.length >= SHORTEST_SECRET && SECRET_NAME.test(name) ? [value] : [],
  );
}

/** Shorter values are words such as `true`, and taking them out of every text would only garble it. */
const SHORTEST_SECRET = 8;
const SECRET_NAME = /(?:^|_)(?:api_?key|key|token|secret|password|passwd|credentials?)$/i;
