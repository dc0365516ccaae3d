import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commandLineProblems } from "../scripts/docs/check-commands.ts";
import { knownVariables } from "../scripts/docs/check-names.ts";
import { bridleArguments, composeText, exampleVariables, readCompose } from "./helpers/compose.ts";
import { ROOT } from "./helpers/source-files.ts";

const SECRETS = { TEMPORAL_DB_PASSWORD: "p1", STATE_DB_PASSWORD: "p2", BRIDLE_API_TOKEN: "t" };
const compose = readCompose({ ...exampleVariables(), ...SECRETS });
const services = Object.entries(compose.services);

test("every bridle command and flag exists, health checks included", () => {
  const lines = services.flatMap(([name, service]) => {
    const [, ...check] = service.healthcheck?.test ?? [];
    const ofCheck = check.slice(0, 2).join(" ") === "node dist/cli/bin.js" ? [check.slice(2)] : [];
    return [bridleArguments(service) ?? [], ...ofCheck]
      .filter((words) => words.length > 0)
      .map((words) => ({ name, words }));
  });

  expect(lines.map(({ name, words }) => `${name}: ${words[0]}`)).toEqual([
    "approval-key: approvals",
    "worker: worker",
    "worker: runs",
    "api: serve",
  ]);
  expect(lines.flatMap(({ words }) => commandLineProblems(words))).toEqual([]);
});

test("the app's services set variables that the package reads, and nothing else", () => {
  const known = knownVariables();
  const names = services
    .filter(([, { build }]) => build !== undefined)
    .flatMap(([, { environment }]) => Object.keys(environment));

  expect(names.filter((name) => !known.has(name))).toEqual([]);
  expect(names).toContain("BRIDLE_STORE");
});

test("secrets come from the environment file: it names every variable, gives no secret, and none may be left out", () => {
  const used = [...composeText().matchAll(/(?<!\$)\$\{(\w+)/g)].map(([, name = ""]) => name);

  expect(Object.keys(exampleVariables()).sort()).toEqual([...new Set(used)].sort());
  expect(Object.keys(SECRETS).map((name) => exampleVariables()[name])).toEqual(["", "", ""]);
  for (const name of Object.keys(SECRETS)) {
    expect(() => readCompose({ ...exampleVariables(), ...SECRETS, [name]: "" })).toThrow(name);
  }
  expect(readFileSync(join(ROOT, ".gitignore"), "utf8").split("\n")).toContain("compose.env");
});

test("only loopback ports are published, each under its own number, because the API checks the Host header", () => {
  const published = services.flatMap(([, { ports }]) => ports);

  expect(published.toSorted()).toEqual(["127.0.0.1:4111:4111", "127.0.0.1:8080:8080"]);
  expect(compose.services["api"]?.command).toContain("4111");
});

test("the worker never sees the private key, and neither database is reachable from where ports are published", () => {
  const mounts = (name: string): readonly string[] => compose.services[name]?.volumes ?? [];

  expect(mounts("worker")).not.toContain(expect.stringMatching(/^approval-key:/));
  expect(mounts("worker").filter((mount) => mount.startsWith("approval-key:"))).toEqual([]);
  expect(mounts("api")).toContain("approval-key:/keys:ro");
  for (const name of ["temporal-db", "state-db"]) {
    const [network = ""] = compose.services[name]?.networks ?? [];
    expect(compose.networks[network]).toEqual({ internal: true });
  }
});

test("what others wait for has a health check or ends; networks, volumes and files exist; images have a version", () => {
  const problems = services.flatMap(([name, service]) => [
    ...Object.entries(service.depends_on).flatMap(([other, { condition }]) => {
      const target = compose.services[other];
      const holds =
        condition === "service_healthy"
          ? target?.healthcheck !== undefined
          : target !== undefined && target.restart === "no";
      return holds ? [] : [`${name} waits for ${other}`];
    }),
    ...service.networks.filter((network) => !(network in compose.networks)).map((network) => `${name}: ${network}`),
    ...service.volumes
      .map((mount) => mount.split(":")[0] ?? "")
      .filter((volume) => !(volume in compose.volumes))
      .map((volume) => `${name}: ${volume}`),
    ...(service.build === undefined && !/:\d[\w.-]*$/.test(service.image) ? [`${name}: ${service.image}`] : []),
  ]);

  expect(problems).toEqual([]);
  expect(existsSync(join(ROOT, "Dockerfile"))).toBe(true);
});

test("the image ends as a user without rights, on the Node of the package, with our command", () => {
  const lines = readFileSync(join(ROOT, "Dockerfile"), "utf8").split("\n");

  expect(lines.filter((line) => line.startsWith("FROM")).every((line) => line.startsWith("FROM node:24-"))).toBe(true);
  expect(lines.findLast((line) => line.startsWith("USER"))).toBe("USER node");
  expect(lines).toContain('ENTRYPOINT ["node", "dist/cli/bin.js"]');
});
