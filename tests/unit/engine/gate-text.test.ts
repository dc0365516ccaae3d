import { expect, test } from "vitest";
import { gateText } from "../../../src/engine/gate-text.ts";
import { gateOn, MIDNIGHT } from "../../helpers/gate-question.ts";

const plain = gateOn({ kind: "always" });

test("a plan's gate says what waits and how to answer", () => {
  expect(gateText(plain, "shop/plan/p")).toBe(
    [
      "**Waits for a person:** plan `p`, revision 1",
      "",
      "- content `aaaaaaaaaaaa`, gate `gate_1`",
      "- asked for by `planner`",
      "- waits without a deadline",
      "",
      "Answer with the signal `approve`, `reject` or `revise` (sends it back to its planner). Input, all of it optional unless the rule asks who: `by`, `note` (`revise` needs one), `gate`.",
      "```sh",
      "temporal workflow signal --name approve \\",
      "  --workflow-id shop/plan/p \\",
      `  --input '{"by":"you","gate":"gate_1"}'`,
      "```",
    ].join("\n"),
  );
});

test("where answers must be signed, it says how to get one", () => {
  const tool = { kind: "tool", turn: "r", callId: "c1", tool: "drop" } as const;

  expect(gateText(gateOn({ kind: "always" }, { mode: "signed" }), "shop/plan/p")).toContain(
    [
      "Answers must be signed: `bridle approvals sign` prints the input of the signal `approve`, `reject` or `revise` (sends it back to its planner).",
      "```sh",
      "temporal workflow signal --name approve \\",
      "  --workflow-id shop/plan/p \\",
      '  --input "$(bridle approvals sign p --approve --by you)"',
      "```",
    ].join("\n"),
  );
  expect(gateText(gateOn({ kind: "always" }, { mode: "signed", subject: tool }), "w")).toContain(
    "sign gate_1 --approve",
  );
});

test("a rule says who may answer and until when", () => {
  const rule = { kind: "always", approvers: ["ann", "eve"], min: 2, notRequester: true } as const;

  const text = gateText(gateOn(rule, { deadline: MIDNIGHT }), "w");

  expect(text).toContain(
    "- approvers: `ann`, `eve`\n- 2 different people must approve\n- whoever asked may not decide\n",
  );
  expect(text).toContain(`- answers count before \`${MIDNIGHT}\``);
});

test("a tool's gate names the call", () => {
  const text = gateText(
    gateOn({ kind: "always" }, { subject: { kind: "tool", turn: "r/a/1", callId: "c1", tool: "drop" } }),
    "w",
  );

  expect(text).toContain("call `c1` of tool `drop` in turn `r/a/1`");
  expect(text).toContain("`revise` (rejects it with a note)");
});

const hostile: readonly (readonly [string, string])[] = [
  ["[click](https://evil.test)", "`[click](https://evil.test)`"],
  ["https://evil.test", "`https://evil.test`"],
  ["<img src=x onerror=alert(1)>", "`<img src=x onerror=alert(1)>`"],
  ["a`b", "``a`b``"],
  ["`**approved**`", "`` `**approved**` ``"],
  ["``` x", "```` ``` x ````"],
  ["a\n\n# Approved", "`a<U+A><U+A># Approved`"],
  ["a\u202Eb\u200Bc\u001B[2J", "`a<U+202E>b<U+200B>c<U+1B>[2J`"],
  ["", "(empty)"],
];

test.each(hostile)("a requester named %j stays inside a code span", (requestedBy, shown) => {
  const lines = gateText({ ...plain, requestedBy }, "w").split("\n");

  expect(lines[3]).toBe(`- asked for by ${shown}`);
  expect(lines).toHaveLength(12);
});

test("a workflow id is one word of the shell, whatever is in it", () => {
  const text = gateText(plain, "w; rm -rf $HOME 'x'\n```");

  expect(text).toContain(`--workflow-id 'w; rm -rf $HOME '\\''x'\\''<U+A>\`\`\`' \\\n`);
  expect(text.split("\n").filter((line) => line.startsWith("```"))).toEqual(["```sh", "```"]);
});

test("the text stays short, whatever the gate holds", () => {
  const approvers = Array.from({ length: 500 }, (_, index) => `${index}`.padStart(5_000, "x"));

  const text = gateText(gateOn({ kind: "always", approvers }, { requestedBy: "y".repeat(100_000) }), "w");

  expect(text).toContain(" and 480 more");
  expect(text.length).toBeLessThan(8_000);
});

test("a person who asked is told with the agent, and a rule about whoever asked says when no person is known", () => {
  const rule = { kind: "always", notRequester: true } as const;
  const person = gateText(gateOn(rule, { requestedBy: "cy", agent: "planner" }), "w");
  const agent = gateText(gateOn(rule, { requestedBy: "planner", agent: "planner" }), "w");

  expect(person).toContain("- asked for by `cy`, through agent `planner`\n");
  expect(person).toContain("- whoever asked may not decide\n");
  expect(agent).toContain("- asked for by agent `planner`\n");
  expect(agent).toContain("- whoever asked may not decide; no person is known as requester\n");
});
