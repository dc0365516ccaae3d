import { join } from "node:path";
import { expect, inject, test, vi } from "vitest";
import { approvalProof } from "../../../src/runtime/approvals/approval-proof.ts";
import { parseTrustedKeys } from "../../../src/runtime/approvals/trusted-key.ts";
import { APP, bridle, type CliProject, type CliResult, cliProject, parseJson } from "../../helpers/cli.ts";
import { type OpenRuntime, openRuntime } from "../../helpers/open-runtime.ts";
import { planSpec, priceBody, recordingDispatcher } from "../../helpers/plan-app.ts";
import { untilGated } from "../../helpers/until-gated.ts";

/** Two approvers, each with a key file of their own, and a worker that trusts both keys for their owners only. */
interface Approvers {
  readonly place: CliProject;
  readonly open: OpenRuntime;
  /** What the operator gives to workers. */
  readonly publicKeys: string;
}

const RULE = { kind: "always", min: 2, approvers: ["boss", "cfo"], notRequester: true } as const;

const KEY_OF_BOSS = ["--approval-key-file", join("keys", "boss", "key")];

function keyFile(name: string): string {
  return join("keys", name, "key");
}

async function publicKeyOf(place: CliProject, name: string): Promise<string> {
  return (await bridle(place, ["approvals", "key", "--approval-key-file", keyFile(name)])).stdout.trim();
}

async function twoApprovers(): Promise<Approvers> {
  const bare = cliProject({ TEMPORAL_ADDRESS: inject("temporalAddress") });
  const publicKeys = `boss=${await publicKeyOf(bare, "boss")},cfo=${await publicKeyOf(bare, "cfo")}`;
  const place = { ...bare, env: { ...bare.env, BRIDLE_APPROVAL_PUBLIC_KEYS: publicKeys } };
  const keys = parseTrustedKeys(publicKeys.split(","));
  const open = await openRuntime(planSpec({ plans: RULE }), {
    actionDispatcher: recordingDispatcher().dispatcher,
    approvals: approvalProof("signed", () => keys),
    session: { home: join(place.folder, ".bridle") },
  });
  await open.runtime.plans.store({ plan: "PricePlan", planId: "p1", body: priceBody("a"), requestedBy: "ann" });
  await untilGated(open.runtime, "p1");
  return { place, open, publicKeys };
}

function approve(place: CliProject, by: string, keyOf: string): Promise<CliResult> {
  return bridle(place, ["approvals", "approve", "p1", "--by", by, "--approval-key-file", keyFile(keyOf), "--json"]);
}

test("one key is not two people: each approver's name counts with their own key only", async () => {
  const { place, open } = await twoApprovers();
  await using _ = open;

  const first = await approve(place, "boss", "boss");
  const posing = await approve(place, "cfo", "boss");
  const stranger = await bridle(place, ["approvals", "approve", "p1", "--by", "cfo", "--json"]);
  const waiting = parseJson((await bridle(place, ["plans", "show", "p1", "--json"])).stdout);
  const second = await approve(place, "cfo", "cfo");
  const audit = await bridle(place, ["plans", "show", "p1", "--audit"]);
  const { fingerprint } = parseJson((await bridle(place, ["approvals", "key", "--json", ...KEY_OF_BOSS])).stdout);

  expect(parseJson(first.stdout)).toMatchObject({ result: { kind: "counted", waitsForMore: true } });
  expect(posing.code).toBe(1);
  expect(parseJson(posing.stdout)).toMatchObject({
    result: { code: "bad_signature", message: expect.stringMatching(/"cfo" gives it.* is bound to "boss"\.$/) },
  });
  expect(stranger.code).toBe(1);
  expect(waiting).toMatchObject({ status: "draft" });
  expect(parseJson(second.stdout)).toMatchObject({ result: { kind: "counted", status: "approved" } });
  const bossKey = String(fingerprint).slice(0, 12);
  expect(audit.stdout).toMatch(new RegExp(`approve +boss .* cli/signature ${bossKey} \\(boss\\) +counted`));
  expect(audit.stdout).toMatch(new RegExp(`approve +cfo .* cli/none ${bossKey} +refused: bad_signature`));
}, 60_000);

test("an answer to a revision before is on record with the content that was signed, and with whose key", async () => {
  const { place, open } = await twoApprovers();
  await using _ = open;
  const [older, newer] = [await hashOf(place), await nextRevision(open)];

  const late = await bridle(place, [
    ...["approvals", "approve", "p1", "--by", "cfo", "--plan-hash", older],
    ...["--approval-key-file", keyFile("cfo"), "--json"],
  ]);
  const shown = ["plans", "show", "p1", "--audit"];
  const text = await bridle(place, shown);
  const { decisions } = parseJson((await bridle(place, [...shown, "--json"])).stdout);

  expect(parseJson(late.stdout)).toMatchObject({ result: { code: "plan_hash_mismatch" } });
  expect(text.stdout).toMatch(
    new RegExp(`revision 2 +${newer} \\(answered ${older}\\) +cli/signature [0-9a-f]{12} \\(cfo\\)`),
  );
  expect(decisions).toMatchObject([
    { by: "cfo", contentHash: newer, answeredHash: older, keyName: "cfo", signed: { by: "cfo", contentHash: older } },
  ]);
}, 60_000);

test("what was decided is verified against the keys alone, without an app or a server", async () => {
  const { place, open, publicKeys } = await twoApprovers();
  await using _ = open;
  await approve(place, "boss", "boss");
  await approve(place, "cfo", "cfo");
  await open.runtime.plans.execute("p1");
  const nowhere = { ...place, env: { BRIDLE_APPROVAL_PUBLIC_KEYS: publicKeys, TEMPORAL_ADDRESS: "127.0.0.1:1" } };
  const [bossKey = ""] = publicKeys.split(",");
  const verify = ["approvals", "verify", "p1"];

  const text = await bridle(nowhere, verify);
  const json = await bridle(nowhere, [...verify, "--json"]);
  const half = await bridle(nowhere, [...verify, "--approval-public-keys", bossKey]);
  const foreign = await bridle({ ...place, env: {} }, [...verify, "--json"]);
  const unknown = await bridle(nowhere, ["approvals", "verify", "p2"]);

  expect(text.code).toBe(0);
  expect(text.stdout).toMatch(
    /approve +boss +[0-9a-f]{64} +verified [0-9a-f]{32} \(boss\)\n.*cfo.*verified .*\(cfo\)\n$/,
  );
  expect(parseJson(json.stdout)).toMatchObject({
    schemaVersion: 1,
    id: "p1",
    kind: "plan",
    approvals: "signed",
    isVerified: true,
    decisions: [
      { by: "boss", verdict: "verified", keyName: "boss" },
      { by: "cfo", verdict: "verified", keyName: "cfo" },
    ],
    problems: [],
  });
  expect(half).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error\[APPROVAL_UNVERIFIED\]/) });
  expect(half.stdout).toMatch(
    /verified .*\(boss\)\n.*cfo.*NOT VERIFIED: .* trusts .*\nPROBLEM: It is executed, and its rule wants 2 /,
  );
  expect(foreign.code).toBe(1);
  expect(parseJson(foreign.stdout)).toMatchObject({ isVerified: false, trustedKeys: [] });
  expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining("GATE_UNKNOWN") });
}, 60_000);

async function hashOf(place: CliProject): Promise<string> {
  return String(parseJson((await bridle(place, ["plans", "show", "p1", "--json"])).stdout)["planHash"]);
}

async function nextRevision({ runtime }: OpenRuntime): Promise<string> {
  const body = priceBody("b");
  const { planHash } = await runtime.plans.store({ plan: "PricePlan", planId: "p1", body, requestedBy: "ann" });
  await vi.waitUntil(async () => (await runtime.plans.get("p1")).gate?.contentHash === planHash, { timeout: 10_000 });
  return planHash;
}

test("the names are shown by doctor and with the key, and a key with two names is refused at the start", async () => {
  const bare = cliProject();
  const boss = await publicKeyOf(bare, "boss");
  const bound = { ...bare, env: { ...bare.env, BRIDLE_APPROVAL_PUBLIC_KEYS: `boss=${boss}` } };
  const twice = { ...bare, env: { ...bare.env, BRIDLE_APPROVAL_PUBLIC_KEYS: `boss=${boss},cfo=${boss}` } };
  const key = ["approvals", "key", "--approval-key-file", keyFile("boss"), "--json"];

  const named = parseJson((await bridle(bound, key)).stdout);
  const unnamed = parseJson((await bridle(bare, key)).stdout);
  const doctor = await bridle(bound, ["doctor"]);
  const worker = await bridle(twice, ["worker", "--app", APP]);

  expect(named).toMatchObject({ publicKey: boss, name: "boss" });
  expect(unnamed).toMatchObject({ publicKey: boss, name: null });
  expect(doctor.stdout).toContain(`workers trust boss=${String(named["fingerprint"])}`);
  expect(worker).toMatchObject({ code: 2, stderr: expect.stringContaining('is listed with "boss" and "cfo"') });
}, 60_000);
