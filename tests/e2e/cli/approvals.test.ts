import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { bridle, cliProject, parseJson } from "../../helpers/cli.ts";
import { pay, payingApp, watchGates } from "../../helpers/gated-app.ts";
import { openRuntime } from "../../helpers/open-runtime.ts";

test("a call that waits is listed, shown with all of its arguments, and answered by its gate without an app", async () => {
  const place = cliProject({ TEMPORAL_ADDRESS: inject("temporalAddress") });
  const { spec, payments } = payingApp();
  await using open = await openRuntime(spec, { session: { home: join(place.folder, ".bridle") } });
  const script = [{ tools: [pay(5), pay(6)] }, { text: "Done." }];
  const run = open.runtime.query(JSON.stringify(script), { runId: "r1", threadId: "t1" });
  const gates = await watchGates(open).untilWaiting(2);
  const [first, second] = gates.map(({ gate }) => gate.id);

  const list = await bridle(place, ["approvals", "list", "--json"]);
  const text = await bridle(place, ["approvals", "show", first ?? ""]);
  const approved = await bridle(place, ["approvals", "approve", first ?? "", "--by", "Bo", "--json"]);
  const bare = await bridle(place, ["approvals", "revise", second ?? "", "--by", "Bo"]);
  const listed = await bridle(place, ["approvals", "list"]);
  const revised = await bridle(place, ["approvals", "revise", second ?? "", "--by", "Bo", "--note", "half", "--json"]);
  const again = await bridle(place, ["approvals", "reject", first ?? ""]);
  const shown = await bridle(place, ["approvals", "show", first ?? "", "--json"]);
  const unknown = await bridle(place, ["approvals", "show", "gate_1"]);

  expect(parseJson(list.stdout)).toMatchObject({
    items: [
      { id: first, kind: "tool", tool: "pay", runId: "r1", threadId: "t1" },
      { id: second, kind: "tool" },
    ],
  });
  expect(text.stdout).toMatch(/status +waits for a person\n/);
  expect(text.stdout).toMatch(/arguments\n {3}\{\n {5}"amount": \d\n {3}\}/);
  expect(parseJson(approved.stdout)).toMatchObject({ result: { kind: "counted", status: "approved" } });
  expect(bare).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error\[note_missing\].*\nfix: .*--note/) });
  expect(listed.stdout).toMatch(/^ID +KIND +TOOL +SINCE +UNTIL +ASKED BY +REFUSED ANSWERS +RUN\n.* 1 +r1\n$/);
  expect(parseJson(revised.stdout)).toMatchObject({ result: { kind: "counted", status: "rejected" } });
  expect(again).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error\[already_decided\]/) });
  expect(parseJson(shown.stdout)).toMatchObject({
    schemaVersion: 1,
    status: "closed",
    decisions: [{ by: "Bo", channel: "cli", refused: null }, { refused: "already_decided" }],
  });
  expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining("GATE_UNKNOWN") });
  expect(await run.result()).toMatchObject({ status: "completed" });
  expect(payments).toHaveLength(1);
}, 60_000);
