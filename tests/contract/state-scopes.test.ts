import { describe, expect, test } from "vitest";
import { Scope } from "../../src/protocol/ids.ts";
import { newRun } from "../helpers/state-records.ts";
import { openStore, stateStores } from "./state-store.ts";

describe.each(stateStores)("$name", ({ newUrl }) => {
  test("an operator sees which tenants and workspaces have runs, each once, in order", async () => {
    const store = await openStore(newUrl());
    expect(await store.scopes()).toEqual([]);

    for (const [tenant, workspace, runId] of [
      ["globex", "main", "run_1"],
      ["acme", "west", "run_1"],
      ["acme", "east", "run_1"],
      ["acme", "east", "run_2"],
    ] as const) {
      await store.in(Scope.parse({ tenant, workspace })).runs.create(newRun(runId));
    }

    expect(await store.scopes()).toEqual([
      { tenant: "acme", workspace: "east" },
      { tenant: "acme", workspace: "west" },
      { tenant: "globex", workspace: "main" },
    ]);
  });
});
