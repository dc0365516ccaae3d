import { expect, test } from "vitest";
import { planSpec, productSet } from "../../helpers/plan-app.ts";
import { serveRuntimes } from "../../helpers/serve-runtimes.ts";

test("what a reference stands for is shown, under the same guards as the rest, with credentials taken out", async () => {
  const { here, call, otherWorkspace } = await serveRuntimes(planSpec());
  const { kind, id } = await here.runtime.createReference(productSet, ["p-1", "sk-abcdefghijkl"]);
  const products = { kind: "ProductSet", id };
  const body = { rationale: "r", actions: [{ kind: "hold", products }] };
  await here.runtime.plans.store({ plan: "PricePlan", planId: "p1", body });

  const shown = await call(`/api/references/${kind}/${id}`);
  const elsewhere = await call(`/api/references/${kind}/${id}?workspace=${otherWorkspace}`);
  const otherKind = await call(`/api/references/Other/${id}`);
  const odd = await call("/api/references/%2e%2e/ref_%00");

  expect(shown).toMatchObject({
    status: 200,
    json: { schemaVersion: 1, kind, id, heldBy: ["p1"], value: ["p-1", "[redacted]"], start: null, problem: null },
  });
  for (const refused of [elsewhere, otherKind])
    expect(refused).toMatchObject({ status: 404, json: { error: { code: "REFERENCE_MISSING" } } });
  expect(odd.status).toBe(404);
});
