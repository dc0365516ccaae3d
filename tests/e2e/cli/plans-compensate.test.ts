/** What `bridle plans compensate` refuses, and how it says so: the code, the reason, and an exit code that scripts rely on. */
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { ActionRefusedError } from "../../../src/specs/dispatchers/action-refused-error.ts";
import { defineDispatcher } from "../../../src/specs/dispatchers/dispatcher.ts";
import { bridle, type CliResult, cliProject, parseJson } from "../../helpers/cli.ts";
import { openRuntime } from "../../helpers/open-runtime.ts";
import { planSpec, priceBody, pricePlan, productSet } from "../../helpers/plan-app.ts";

test(
  "what cannot be taken back is refused with its code and reason, and nothing is called",
  { timeout: 90_000 },
  async () => {
    const place = cliProject({ TEMPORAL_ADDRESS: inject("temporalAddress") });
    const undone: string[] = [];
    const dispatcher = defineDispatcher(pricePlan, {
      price: {
        run: ({ product }) => {
          if (product === "broken") throw new ActionRefusedError("no such product");
          return { entitiesAffected: 1 };
        },
        compensate: ({ product }) => {
          undone.push(product);
          return { entitiesAffected: 1 };
        },
      },
      hold: () => ({ entitiesAffected: 1 }),
    });
    await using open = await openRuntime(planSpec({ plans: "never" }), {
      actionDispatcher: dispatcher,
      session: { home: join(place.folder, ".bridle") },
    });
    const { plans } = open.runtime;
    const stored = async (planId: string, ...products: readonly string[]): Promise<void> => {
      await plans.store({ plan: pricePlan, planId, body: priceBody(...products), requestedBy: "Ann" });
    };
    const ended = async (planId: string, ...products: readonly string[]): Promise<void> => {
      await stored(planId, ...products);
      await plans.execute(planId, { waitMs: 20_000 });
    };
    await stored("waiting", "a");
    await ended("whole", "a");
    await ended("none-applied", "broken");
    await ended("half", "a", "broken");
    const { id } = await open.runtime.createReference(productSet, ["a"]);
    // Its first action has no way back.
    const actions = [{ kind: "hold", products: { kind: "ProductSet", id } }, ...priceBody("broken").actions];
    await plans.store({ plan: pricePlan, planId: "hookless", body: { rationale: "r", actions } });
    await plans.execute("hookless", { waitMs: 20_000 });
    const compensate = (planId: string, ...more: readonly string[]): Promise<CliResult> =>
      bridle(place, ["plans", "compensate", planId, "--task-queue", open.session.taskQueue, "--by", "Bo", ...more]);

    const unknown = await compensate("nobody");
    const refusals: { readonly told: CliResult; readonly planId: string; readonly why: string }[] = [];
    for (const [planId, why, ...more] of REFUSED)
      refusals.push({ planId, why, told: await compensate(planId, ...more) });
    const asJson = await compensate("whole", "--json");
    const hookless = await compensate("hookless");
    const calledBefore = [...undone];
    await compensate("half");
    const undo = await compensate("half.undo");

    expect(unknown.code).toBe(1);
    expect(unknown.stderr).toContain('error[PLAN_UNKNOWN] There is no plan "nobody"');
    for (const { planId, why, told } of refusals) {
      expect({ planId, code: told.code, stdout: told.stdout }).toEqual({ planId, code: 1, stdout: "" });
      expect(told.stderr).toContain(`error[NOTHING_TO_UNDO] Nothing of plan "${planId}" was taken back: ${why}.`);
      expect(told.stderr).toContain("bridle plans show --audit");
    }
    expect(asJson.code).toBe(1);
    expect(parseJson(asJson.stderr)).toMatchObject({ error: { code: "NOTHING_TO_UNDO", hint: expect.any(String) } });
    expect(hookless).toMatchObject({ code: 1, stderr: expect.stringContaining("error[COMPENSATE_MISSING]") });
    expect(calledBefore).toEqual([]);
    expect(undo.stderr).toContain('Nothing of plan "half.undo" was taken back: it is an undo itself.');
    expect(undone).toEqual(["a"]);
  },
);

/** A plan, why nothing of it can be taken back, and what the command is given besides. */
const REFUSED = [
  ["waiting", "it is draft, and only what failed part-way can be taken back"],
  ["whole", "it is executed, and only what failed part-way can be taken back"],
  ["none-applied", "no action of it was applied and not taken back"],
  ["half", "action 1 is not one that was applied and not taken back (0)", "--actions", "1"],
] as const;

test(
  "who asks and may not decide is told whom the undo waits for, and no approval of theirs is on record",
  { timeout: 90_000 },
  async () => {
    const place = cliProject({ TEMPORAL_ADDRESS: inject("temporalAddress") });
    const dispatcher = defineDispatcher(pricePlan, {
      price: {
        run: ({ product }) => {
          if (product === "broken") throw new ActionRefusedError("no such product");
          return { entitiesAffected: 1 };
        },
        compensate: () => ({ entitiesAffected: 1 }),
      },
      hold: () => ({ entitiesAffected: 1 }),
    });
    const rule = { kind: "always", approvers: ["ann", "bob", "eve"], notRequester: true } as const;
    await using open = await openRuntime(planSpec({ plans: rule }), {
      actionDispatcher: dispatcher,
      session: { home: join(place.folder, ".bridle") },
    });
    const { plans, respondToApproval } = open.runtime;
    await plans.store({ plan: pricePlan, planId: "q1", body: priceBody("a", "broken"), requestedBy: "cy" });
    await plans.execute("q1", { waitMs: 0 });
    await respondToApproval("q1", { decision: "approve", by: "bob" });
    await plans.execute("q1", { waitMs: 20_000 });
    const compensate = (...more: readonly string[]): Promise<CliResult> =>
      bridle(place, ["plans", "compensate", "q1", "--task-queue", open.session.taskQueue, ...more]);

    const ann = await compensate("--by", "ann");
    const again = await compensate("--by", "ann", "--json");
    const before = await plans.decisions("q1.undo");
    const bob = await compensate("--by", "bob");

    expect(ann).toMatchObject({ code: 0, stdout: "q1.undo takes back q1: draft\n" });
    expect(ann.stderr).toContain("q1.undo waits for bob or eve: `bridle approvals approve q1.undo`.");
    expect(ann.stderr).not.toContain("error[");
    expect(again.code).toBe(0);
    expect(parseJson(again.stdout)).toMatchObject({
      undo: { planId: "q1.undo", status: "draft" },
      answer: null,
      waitsFor: { missing: 1, people: ["bob", "eve"] },
    });
    expect(before).toEqual([]);
    expect(bob).toMatchObject({ code: 0, stdout: "q1.undo takes back q1: executed\n" });
    expect(await plans.get("q1.undo")).toMatchObject({ origin: { requestedBy: "ann" } });
  },
);
