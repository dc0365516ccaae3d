/** Whether a line of a worker's log is a warning of an activity of ours, for people, and not one of the SDK about an activity. */
export function isOwnWarning(entry: {
  readonly level: string;
  readonly meta?: Readonly<Record<string, unknown>> | undefined;
}): boolean {
  return entry.level === "WARN" && entry.meta?.["sdkComponent"] === "activity";
}
