import { preview } from "../../lib/cap-text.ts";
import type { RunEvent } from "../../protocol/event.ts";
import { PREVIEW_CHARS } from "../../protocol/limits/text.ts";
import type { RunRecord } from "../../protocol/run.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import type { Output } from "../output/output.ts";
import { printableLine } from "../output/printable.ts";

/** Tells the events of a run as they come: the answer on standard output, what is done for it beside it. */
export function tellEvent(output: Output, runId: string): (event: RunEvent) => void {
  let shown: { readonly step: number; readonly attempt: number } | undefined;
  return (event) => {
    output.item(event);
    if (output.mode !== "text") return;
    const isAnswer = event.turn === runId;
    if (event.type === "text" && isAnswer) {
      if (shown?.step !== event.step) output.endLine();
      shown = event;
      output.words(event.text);
      return;
    }
    if (event.type === "step-retry" && isAnswer && shown?.step === event.step) {
      output.line(output.style.stdout("yellow", `[the text above was dropped: ${event.reason.code}; trying again]`));
      shown = undefined;
    }
    // The end of the run tells its error in full.
    const line = event.type === "error" && isAnswer ? undefined : traceLine(event);
    if (line !== undefined) output.hint(output.style.stderr("dim", line));
  };
}

/** One line about an event, for people; nothing when it says nothing by itself. */
export function traceLine(event: RunEvent): string | undefined {
  const who = printableLine(event.agent);
  switch (event.type) {
    case "step-start":
      return `${who}: step ${event.step}${attemptOf(event)} (${printableLine(event.model)})`;
    case "step-retry":
      return `${who}: step ${event.step} again, because ${event.reason.code}: ${short(event.reason.message)}`;
    case "tool-invocation":
      return event.state === "call"
        ? `${who}: -> ${printableLine(event.toolName)} ${short(JSON.stringify(event.args))}`
        : `${who}: <- ${printableLine(event.toolName)} ${event.isError ? "failed: " : ""}${short(JSON.stringify(event.result))}`;
    case "tool-progress":
      return `${who}: .. ${printableLine(event.toolName)}${attemptOf(event)}: ${short(JSON.stringify(event.progress))}`;
    case "tool-retry":
      return `${who}: -> ${printableLine(event.toolName)} again`;
    case "tool-agent":
      return event.state === "call"
        ? `${who}: -> agent ${printableLine(event.agentName)}: ${short(event.prompt)}`
        : `${who}: <- agent ${printableLine(event.agentName)}${event.isError ? " failed" : ""}: ${short(event.result)}`;
    case "plan-status":
      return `${who}: plan ${printableLine(event.planId)}, revision ${event.revision}: ${stateText(event)}`;
    case "approval-required":
      return `${who}: waits for a person: ${short(event.title)} (bridle approvals approve ${printableLine(event.planId ?? event.gate)} --by NAME)`;
    case "approval-decision":
      return `${short(event.by)}: decided: ${event.decision}${event.note === null ? "" : `: ${short(event.note)}`}`;
    case "error":
      return `${who}: error ${event.code}: ${short(event.message)}`;
    case "finish":
      return `${who}: finished (${event.reason})`;
    case "text":
    case "reasoning":
    case "usage":
    case "data-tool-agent":
      return undefined;
  }
}

/** The end of a run that was followed to it. */
export function followedRun(output: Output, run: RunRecord): ExitCode {
  const { runId, threadId, status, text, finish, usage, error } = run;
  const isGood = status === "completed";
  output.result({ runId, threadId, status, text, finish, usage, ...(error === null ? {} : { error }) }, "");
  output.endLine();
  if (isGood) output.hint(output.style.stderr("dim", `run ${runId}, thread ${threadId}`));
  else output.failed(error ?? { code: "CANCELLED", message: `Run ${runId} was cancelled.` });
  return isGood ? EXIT.ok : EXIT.failed;
}

/** A first attempt goes without saying; a later one takes the place of what was told before. */
function attemptOf({ attempt }: { readonly attempt: number }): string {
  return attempt > 1 ? `, attempt ${attempt}` : "";
}

/** The state first, then the words of the app or of the moment for it. */
function stateText({ status, display }: Pick<PlanStatusEvent, "status" | "display">): string {
  return display === undefined || display === status ? status : `${status} (${printableLine(display)})`;
}

type PlanStatusEvent = Extract<RunEvent, { type: "plan-status" }>;

function short(text: string): string {
  return printableLine(preview(text, PREVIEW_CHARS));
}
