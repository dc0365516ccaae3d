import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Client } from "@temporalio/client";
import * as z from "zod";
import { thrownMessage } from "../../lib/thrown-text.ts";
import { InputError } from "../../protocol/errors.ts";
import { type CommandCall, type CommandSpec, valueOf } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { printableLine } from "../output/printable.ts";
import { PLACE_SETTINGS, SETTINGS } from "../settings/settings.ts";

/** `bridle replay`: whether today's workflow code still decides as a recorded history did. */
export const REPLAY: CommandSpec = {
  name: "replay",
  summary: "run a recorded history against today's workflow code",
  settings: [SETTINGS.workflowId, SETTINGS.executionId, SETTINGS.file, ...PLACE_SETTINGS],
  examples: [
    "bridle replay --workflow-id acme/default/thread/t1",
    "temporal workflow show -w acme/default/thread/t1 -o json > history.json && bridle replay --file history.json",
  ],
  run,
};

async function run(call: CommandCall): Promise<ExitCode> {
  const file = valueOf(call, SETTINGS.file);
  const workflowId = valueOf(call, SETTINGS.workflowId);
  if ((file === undefined) === (workflowId === undefined)) {
    throw new InputError("INPUT_INVALID", "Expected one of --workflow-id and --file.", {
      hint: "Name a workflow of the server with --workflow-id, or an exported history with --file.",
    });
  }
  const recorded = file === undefined ? await fromServer(call, workflowId ?? "") : fromFile(call, file);
  const { replayHistory } = await import("../../worker/replay-history.ts");
  const { history, label, events } = recorded;
  await replayHistory({
    history,
    workflowId: label,
    onLog: ({ level, message }) => call.output.detail(`${level} ${message}`),
  });
  call.output.result(
    { workflowId: workflowId ?? null, file: file ?? null, events, replayed: true },
    `${printableLine(label)} replays: ${events} events, same decisions`,
  );
  return EXIT.ok;
}

interface Recorded {
  readonly history: unknown;
  readonly label: string;
  readonly events: number;
}

/** The SDK does not survive a history that begins otherwise. */
const FirstEvent = z.looseObject({
  eventType: z.string(),
  workflowExecutionStartedEventAttributes: z.looseObject({ originalExecutionRunId: z.string().min(1) }),
});
const History = z.looseObject({ events: z.tuple([FirstEvent], z.looseObject({ eventType: z.string() })) });

function fromFile(call: CommandCall, file: string): Recorded {
  const path = resolve(call.folder, file);
  const parsed = History.safeParse(readJson(path));
  if (!parsed.success) {
    throw new InputError(
      "INPUT_INVALID",
      `${path} holds no workflow history: expected an object with the events of one from its start.`,
      {
        hint: "Write it with `temporal workflow show --workflow-id ID -o json`.",
      },
    );
  }
  return { history: parsed.data, label: file, events: parsed.data.events.length };
}

function readJson(path: string): unknown {
  try {
    const text = readFileSync(path, "utf8");
    if (text.trim() === "") throw new Error("it is empty.");
    return JSON.parse(text);
  } catch (error) {
    const said = thrownMessage(error);
    throw new InputError("INPUT_INVALID", `The history ${path} cannot be read: ${said}`, {
      hint: "Write it with `temporal workflow show --workflow-id ID -o json`.",
      cause: error,
    });
  }
}

async function fromServer(call: CommandCall, workflowId: string): Promise<Recorded> {
  const { withClient } = await import("../open/open-client.ts");
  const history = await withClient(call, (client) =>
    fetchHistory(client, workflowId, valueOf(call, SETTINGS.executionId)),
  );
  return { history, label: workflowId, events: history.events?.length ?? 0 };
}

/** gRPC's number for it. */
const NOT_FOUND = 5;

type RecordedHistory = Awaited<ReturnType<ReturnType<Client["workflow"]["getHandle"]>["fetchHistory"]>>;

async function fetchHistory(
  client: Client,
  workflowId: string,
  executionId: string | undefined,
): Promise<RecordedHistory> {
  const { isGrpcServiceError } = await import("@temporalio/client");
  try {
    return await client.workflow.getHandle(workflowId, executionId).fetchHistory();
  } catch (error) {
    if (!isGrpcServiceError(error) || error.code !== NOT_FOUND) throw error;
    throw new InputError("RUN_UNKNOWN", `The server knows no workflow "${workflowId}".`, {
      hint: "`bridle runs show ID --json` tells the workflow id of a run.",
      cause: error,
    });
  }
}
