import { type GateEnd, gateEnd } from "../../engine/gate-end.ts";
import { type GateProgress, gateProgress } from "../../engine/gate-progress.ts";
import type { ApprovalRule } from "../../protocol/approval.ts";
import type { Gate } from "../../protocol/gate.ts";
import { peopleAsking, requesterKind } from "../../protocol/requester.ts";
import type { DecisionRecord } from "../../protocol/plan.ts";
import { countOf } from "../output/count-of.ts";
import { printableLine } from "../output/printable.ts";

/** Who may answer a gate, how many must, who did and until when: the rows of a table. Names are made printable. */
export function gateRows(gate: Gate, decisions: readonly DecisionRecord[]): readonly (readonly string[])[] {
  const { deadline, reason } = gate;
  const progress = gateProgress(gate, decisions);
  const outcome = gateEnd(gate, decisions);
  const { wanted, mayRequesterDecide, refusedCount } = progress;
  return [
    ["asked by", askedBy(gate, mayRequesterDecide)],
    ...(reason === undefined ? [] : [["because", printableLine(reason)]]),
    ["approvers", approversOf(gate)],
    ["needed", wanted === 1 ? "1 person" : `${wanted} different people`],
    ["approved", progressText(progress)],
    ["until", deadline ?? "no deadline"],
    ...(outcome === null ? [] : [["decided", endText(outcome)]]),
    ...(refusedCount === 0 ? [] : [["refused", refusedText(gate, refusedCount)]]),
  ];
}

/** Who asked for what waits, in words, and who for what it was before: a rule that keeps them out keeps all of them out. */
function askedBy(gate: Gate, mayDecide: boolean): string {
  const { rule, alsoAskedBy = [] } = gate;
  const last = lastAskedBy(gate, mayDecide);
  if (alsoAskedBy.length === 0) return last;
  const before = peopleAsking(gate).filter((name) => alsoAskedBy.includes(name));
  const isKeptOut = rule.kind === "always" && rule.notRequester === true && before.length > 0;
  return `${last}; earlier revisions by ${names(alsoAskedBy)}${isKeptOut ? `: ${names(before)} may not answer` : ""}`;
}

/** An agent is none that a rule could keep from answering. */
function lastAskedBy(gate: Gate, mayDecide: boolean): string {
  const { rule } = gate;
  const kind = requesterKind(gate);
  if (kind === "person") return `${requesterText(gate)}, who may ${mayDecide ? "" : "not "}answer`;
  const who = `${requesterText(gate)} (${kind === "agent" ? "an agent" : "a program"})`;
  const guardsNobody = rule.kind === "always" && rule.notRequester === true && peopleAsking(gate).length === 0;
  return guardsNobody ? `${who}; no person is known as requester` : who;
}

/** Who asked, through which agent, and who asked for an earlier revision. */
export function requestersText({ alsoAskedBy = [], ...last }: Requesters): string {
  const before = alsoAskedBy.length === 0 ? "" : `; earlier revisions by ${names(alsoAskedBy)}`;
  return `${requesterText(last)}${before}`;
}

/** Who asked, as far as it is known. */
export interface Requesters {
  readonly requestedBy: string;
  readonly agent?: string | null | undefined;
  readonly alsoAskedBy?: readonly string[] | undefined;
}

/** Who asked, and through which agent. */
export function requesterText({ requestedBy, agent }: Pick<Requesters, "requestedBy" | "agent">): string {
  const through =
    agent === undefined || agent === null || agent === requestedBy ? "" : ` through ${printableLine(agent)}`;
  return `${printableLine(requestedBy)}${through}`;
}

/** How many approved of how many, and who is still to come where the rule names people. */
export function progressText({ wanted, approved, stillToCome }: GateProgress): string {
  const by = approved.length === 0 ? "" : ` (${names(approved)})`;
  const count = `${Math.min(approved.length, wanted)} of ${wanted}${by}`;
  const missing = wanted - approved.length;
  if (stillToCome === null || missing <= 0) return count;
  if (stillToCome.length < missing)
    return `${count}; too few who may approve are left: ${names(stillToCome) || "nobody"}`;
  const choice = stillToCome.length > missing ? `${missing} of ` : "";
  return `${count}; still to come: ${choice}${names(stillToCome)}`;
}

/** Says of refused answers that they are there, and where to read why. */
function refusedText({ subject }: Pick<Gate, "subject">, count: number): string {
  const where = subject.kind === "plan" ? ` (bridle plans show ${printableLine(subject.planId)} --audit)` : "";
  return `${countOf(count, "answer was", "answers were")} refused${where}`;
}

/** What a rule asks of people, in one line. */
export function ruleText(rule: ApprovalRule): string {
  if (rule.kind !== "always")
    return rule.kind === "never" ? "asks nobody" : `asks where ${printableLine(rule.value)} does not pass`;
  const { approvers, min = 1, notRequester = false } = rule;
  return [
    min === 1 ? "1 person" : `${min} different people`,
    ...(approvers === undefined ? [] : [`of ${names(approvers)}`]),
    ...(notRequester ? ["but whoever asked"] : []),
  ].join(" ");
}

/** What was decided, by whom and when. */
export function endText({ decision, by, at }: GateEnd): string {
  return `${decision} by ${names(by)}, ${at}`;
}

function approversOf({ rule }: Gate): string {
  if (rule.kind !== "always" || rule.approvers === undefined) return "anybody";
  return names(rule.approvers);
}

function names(people: readonly string[]): string {
  return people.map(printableLine).join(", ");
}
