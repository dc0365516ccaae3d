import * as z from "zod";

/** Something a workflow asked the server for, as far as replay must find it again. */
export interface Command {
  readonly kind: "activity" | "child" | "signal" | "timer" | "continue-as-new" | "complete" | "fail";
  readonly name?: string;
  readonly workflowId?: string | undefined;
  readonly args: readonly unknown[];
}

const Payloads = z.looseObject({ payloads: z.array(z.looseObject({ data: z.string().optional() })).optional() });
const Named = z.looseObject({ name: z.string() });
const Failure = z.looseObject({
  message: z.string(),
  applicationFailureInfo: z.looseObject({ type: z.string() }).optional(),
});

const HistoryEvent = z.looseObject({
  eventId: z.string(),
  eventTime: z.string(),
  eventType: z.string(),
  workflowExecutionStartedEventAttributes: z.looseObject({ workflowId: z.string() }).optional(),
  activityTaskScheduledEventAttributes: z.looseObject({ activityType: Named, input: Payloads }).optional(),
  startChildWorkflowExecutionInitiatedEventAttributes: z
    .looseObject({ workflowType: Named, workflowId: z.string(), input: Payloads })
    .optional(),
  signalExternalWorkflowExecutionInitiatedEventAttributes: z
    .looseObject({
      signalName: z.string(),
      workflowExecution: z.looseObject({ workflowId: z.string() }),
      input: Payloads,
    })
    .optional(),
  timerStartedEventAttributes: z.looseObject({ startToFireTimeout: z.string() }).optional(),
  workflowExecutionContinuedAsNewEventAttributes: z.looseObject({ workflowType: Named, input: Payloads }).optional(),
  workflowExecutionCompletedEventAttributes: z.looseObject({ result: Payloads }).optional(),
  workflowExecutionFailedEventAttributes: z.looseObject({ failure: Failure }).optional(),
});
export type HistoryEvent = z.infer<typeof HistoryEvent>;

/** A history as `temporal workflow show -o json` writes it; only what is looked at here has a type. */
export const RecordedHistory = z.looseObject({ events: z.array(HistoryEvent).min(1) });
export type RecordedHistory = z.infer<typeof RecordedHistory>;

/** The commands that the workflow code of the time issued, as its history keeps them. */
export function recordedCommands({ events }: RecordedHistory): readonly Command[] {
  return events.flatMap((event) => commandOf(event) ?? []);
}

/** The id under which the workflow ran. */
export function workflowIdOf({ events }: RecordedHistory): string {
  return events[0]?.workflowExecutionStartedEventAttributes?.workflowId ?? "";
}

/** Arguments as they are after a trip through JSON, which is the form that histories keep. */
export function jsonOf(command: Command): unknown {
  return JSON.parse(JSON.stringify(command));
}

function commandOf(event: HistoryEvent): Command | undefined {
  const activity = event.activityTaskScheduledEventAttributes;
  if (activity !== undefined)
    return { kind: "activity", name: activity.activityType.name, args: decoded(activity.input) };
  const child = event.startChildWorkflowExecutionInitiatedEventAttributes;
  if (child !== undefined) {
    return { kind: "child", name: child.workflowType.name, workflowId: child.workflowId, args: decoded(child.input) };
  }
  const signal = event.signalExternalWorkflowExecutionInitiatedEventAttributes;
  if (signal !== undefined) {
    const { workflowId } = signal.workflowExecution;
    return { kind: "signal", name: signal.signalName, workflowId, args: decoded(signal.input) };
  }
  const timer = event.timerStartedEventAttributes;
  if (timer !== undefined) return { kind: "timer", args: [Number.parseFloat(timer.startToFireTimeout) * 1_000] };
  return endOf(event);
}

function endOf(event: HistoryEvent): Command | undefined {
  const next = event.workflowExecutionContinuedAsNewEventAttributes;
  if (next !== undefined) return { kind: "continue-as-new", name: next.workflowType.name, args: decoded(next.input) };
  const completed = event.workflowExecutionCompletedEventAttributes;
  if (completed !== undefined) return { kind: "complete", args: decoded(completed.result) };
  const failure = event.workflowExecutionFailedEventAttributes?.failure;
  if (failure === undefined) return undefined;
  return { kind: "fail", args: [failure.applicationFailureInfo?.type, failure.message] };
}

function decoded({ payloads = [] }: z.infer<typeof Payloads>): readonly unknown[] {
  return payloads.map(({ data = "" }) =>
    data === "" ? null : JSON.parse(Buffer.from(data, "base64").toString("utf8")),
  );
}
