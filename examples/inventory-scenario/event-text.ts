import type { RunEvent } from "bridle";

/** What happened, for someone who reads along; nothing for what would only be noise. */
export function eventText(event: RunEvent): string | undefined {
  const said = wordsOf(event);
  const who = event.type === "approval-decision" ? event.by : event.agent;
  return said === undefined ? undefined : `${who.padEnd(12)} ${said}`;
}

function wordsOf(event: RunEvent): string | undefined {
  switch (event.type) {
    case "text":
      return event.text.trim() === "" ? undefined : event.text.trim();
    case "tool-agent":
      return event.state === "call" ? `→ ${event.agentName}` : undefined;
    case "tool-invocation":
      return event.state === "call" ? `calls ${event.toolName}` : `  ${event.toolName}: ${short(event.result)}`;
    case "approval-required":
      return "waits for a person";
    case "approval-decision":
      return `decided: ${event.decision}`;
    case "plan-status":
      return `plan ${event.planId} is ${stateText(event)}`;
    case "step-retry":
      return `tries again: ${event.reason.message}`;
    case "error":
      return `error ${event.code}: ${event.message}${event.hint === undefined ? "" : `\n${" ".repeat(13)}fix: ${event.hint}`}`;
    case "finish":
      return `finished: ${event.reason}`;
    default:
      return undefined;
  }
}

/** The state, and the plan's own word for it. */
function stateText({ status, display = status }: Extract<RunEvent, { type: "plan-status" }>): string {
  return display === status ? status : `${status} (${display})`;
}

const LINE = 110;

function short(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > LINE ? `${text.slice(0, LINE)} …` : text;
}
