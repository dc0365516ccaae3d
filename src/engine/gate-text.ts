import { preview } from "../lib/cap-text.ts";
import { PREVIEW_CHARS } from "../protocol/limits/text.ts";
import type { Gate } from "../protocol/gate.ts";
import { peopleAsking, requesterKind } from "../protocol/requester.ts";

/**
 * What waits and how to answer it, as markdown for the Temporal UI. Every name in it may come from a model or a stranger: each stands in
 * a code span or in quotes of the shell, where it can neither pose as text of ours nor become a link.
 */
export function gateText(gate: Gate, workflowId: string): string {
  const { alsoAskedBy = [] } = gate;
  return [
    `**Waits for a person:** ${subject(gate)}`,
    [
      `- content ${code(gate.contentHash.slice(0, HASH_CHARS))}, gate ${code(gate.id)}`,
      `- asked for by ${askedBy(gate)}`,
      ...(alsoAskedBy.length === 0 ? [] : [`- earlier revisions asked for by ${names(alsoAskedBy)}`]),
      ...(gate.reason === undefined ? [] : [`- asked because ${code(gate.reason)}`]),
      ...ruleLines(gate),
      gate.deadline === null ? "- waits without a deadline" : `- answers count before ${code(gate.deadline)}`,
    ].join("\n"),
    howToAnswer(gate, workflowId),
  ].join("\n\n");
}

function subject({ subject: asked }: Gate): string {
  switch (asked.kind) {
    case "plan":
      return `plan ${code(asked.planId)}, revision ${asked.revision}`;
    case "tool":
      return `call ${code(asked.callId)} of tool ${code(asked.tool)} in turn ${code(asked.turn)}`;
  }
}

function askedBy(gate: Gate): string {
  const { requestedBy, agent } = gate;
  const kind = requesterKind(gate);
  if (kind !== "person") return `${kind} ${code(requestedBy)}`;
  return agent === undefined ? code(requestedBy) : `${code(requestedBy)}, through agent ${code(agent)}`;
}

function ruleLines(gate: Gate): readonly string[] {
  const { rule } = gate;
  if (rule.kind !== "always") return [];
  const { approvers, min = 1, notRequester = false } = rule;
  const isPersonKnown = peopleAsking(gate).length > 0;
  return [
    ...(approvers === undefined ? [] : [`- approvers: ${names(approvers)}`]),
    ...(min === 1 ? [] : [`- ${min} different people must approve`]),
    ...(notRequester
      ? [`- whoever asked may not decide${isPersonKnown ? "" : "; no person is known as requester"}`]
      : []),
  ];
}

function names(people: readonly string[]): string {
  const shown = people.slice(0, SHOWN_NAMES).map(code).join(", ");
  return people.length <= SHOWN_NAMES ? shown : `${shown} and ${people.length - SHOWN_NAMES} more`;
}

/** The gate's id is in the example so that it cannot answer a revision that its sender never saw. */
function howToAnswer(gate: Gate, workflowId: string): string {
  const revise = gate.subject.kind === "plan" ? "sends it back to its planner" : "rejects it with a note";
  const signals = `the signal \`approve\`, \`reject\` or \`revise\` (${revise})`;
  if (gate.mode === "signed") {
    const id = shellWord(gate.subject.kind === "plan" ? gate.subject.planId : gate.id);
    return [
      `Answers must be signed: \`bridle approvals sign\` prints the input of ${signals}.`,
      signalCommand(workflowId, `"$(bridle approvals sign ${id} --approve --by you)"`),
    ].join("\n");
  }
  return [
    `Answer with ${signals}. Input, all of it optional unless the rule asks who: \`by\`, \`note\` (\`revise\` needs one), \`gate\`.`,
    signalCommand(workflowId, shellWord(JSON.stringify({ by: "you", gate: gate.id }))),
  ].join("\n");
}

/** On lines of their own: the panel of the Temporal UI is narrow. */
function signalCommand(workflowId: string, input: string): string {
  const words = [
    "temporal workflow signal --name approve",
    `--workflow-id ${shellWord(workflowId)}`,
    `--input ${input}`,
  ];
  return ["```sh", words.join(" \\\n  "), "```"].join("\n");
}

/** A code span whose fence is longer than any in the text: nothing inside is read as markdown. */
function code(text: string): string {
  const shown = visible(preview(text, PREVIEW_CHARS));
  if (shown === "") return "(empty)";
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const margin = shown.startsWith("`") || shown.endsWith("`") ? " " : "";
  return `${fence}${margin}${shown}${margin}${fence}`;
}

/** One word for a POSIX shell. */
function shellWord(text: string): string {
  const shown = visible(text);
  return /^[\w@%+=:,./-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", "'\\''")}'`;
}

/** Line breaks, direction marks and what cannot be seen, written out. */
function visible(text: string): string {
  return text.replace(INVISIBLE, (character) => `<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}>`);
}

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
const HASH_CHARS = 12;
const SHOWN_NAMES = 20;
