import { type HistoryEvent, RecordedHistory } from "./commands.ts";

/** A history in which the first argument of the first activity of this type is another. */
export function withChangedArgument(
  history: RecordedHistory,
  activity: string,
  change: (argument: unknown) => unknown,
): RecordedHistory {
  const target = history.events.find(
    (event) => event.activityTaskScheduledEventAttributes?.activityType.name === activity,
  );
  return {
    ...history,
    events: history.events.map((event) => (event === target ? withArgument(event, change) : event)),
  };
}

/** A history in which the first activity of this type has another. */
export function withRenamedActivity(history: RecordedHistory, from: string, to: string): RecordedHistory {
  const text = JSON.stringify(history).replace(`"activityType":{"name":"${from}"}`, `"activityType":{"name":"${to}"}`);
  return RecordedHistory.parse(JSON.parse(text));
}

/** A history in which the first activity of this type never was: neither scheduled, started nor completed. */
export function withoutActivity(history: RecordedHistory, activity: string): RecordedHistory {
  const target = history.events.find(
    (event) => event.activityTaskScheduledEventAttributes?.activityType.name === activity,
  );
  const kept = history.events.filter((event) => event !== target && !refersTo(event, target?.eventId));
  const numbers = new Map(kept.map((event, index) => [event.eventId, String(index + 1)]));
  const renumbered = JSON.stringify({ ...history, events: kept }, (key, value: unknown) =>
    /[eE]ventId$/.test(key) && typeof value === "string" ? (numbers.get(value) ?? value) : value,
  );
  return RecordedHistory.parse(JSON.parse(renumbered));
}

/** A history in which the first timer was longer, and everything after its start that much later, deadlines in payloads as well. */
export function withLongerTimer(history: RecordedHistory, moreMs: number): RecordedHistory {
  const started = history.events.find((event) => event.timerStartedEventAttributes !== undefined);
  const from = Date.parse(started?.eventTime ?? "");
  const later = (text: string): string =>
    text.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z/g, (time) =>
      Date.parse(time) > from ? new Date(Date.parse(time) + moreMs).toISOString() : time,
    );
  const stretched = JSON.stringify(history, (key, value: unknown) => {
    if (typeof value !== "string") return value;
    if (key === "startToFireTimeout") return `${Number.parseFloat(value) + moreMs / 1_000}s`;
    return key === "data" ? Buffer.from(later(Buffer.from(value, "base64").toString())).toString("base64") : value;
  });
  return RecordedHistory.parse(JSON.parse(later(stretched)));
}

function withArgument(event: HistoryEvent, change: (argument: unknown) => unknown): HistoryEvent {
  const scheduled = event.activityTaskScheduledEventAttributes;
  const [first, ...rest] = scheduled?.input.payloads ?? [];
  if (scheduled === undefined || first === undefined) return event;
  const argument: unknown = JSON.parse(Buffer.from(first.data ?? "", "base64").toString("utf8"));
  const data = Buffer.from(JSON.stringify(change(argument))).toString("base64");
  const input = { ...scheduled.input, payloads: [{ ...first, data }, ...rest] };
  return { ...event, activityTaskScheduledEventAttributes: { ...scheduled, input } };
}

/** Started and completed events name the scheduled one in their attributes. */
function refersTo(event: HistoryEvent, eventId: string | undefined): boolean {
  return (
    event.eventType.startsWith("EVENT_TYPE_ACTIVITY_TASK_") &&
    JSON.stringify(event).includes(`"scheduledEventId":"${eventId}"`)
  );
}
