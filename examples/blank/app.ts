import {
  createRuntime,
  defineApp,
  defineCoordinator,
  defineExecutor,
  definePlanner,
  defineRuntime,
  defineTenant,
  type Runtime,
  type RuntimeBinding,
} from "bridle";
import { Notebook, noteDispatcher } from "./notebook.ts";
import { notePlan } from "./plan.ts";

const model = { id: "claude-sonnet-5-5", provider: "anthropic" } as const;

export const runtimeSpec = defineRuntime({
  tenant: defineTenant("my-company", "1"),
  agents: [
    defineCoordinator({
      name: "coordinator",
      model,
      prompt:
        "You lead: wishes to write something down go to planner, wishes to apply a plan to executor with its planId.",
      routes: ["planner", "executor"],
    }),
    definePlanner({
      name: "planner",
      description: "Drafts notes for people to decide on.",
      model,
      plan: notePlan,
      prompt: "Turn the wish into one NotePlan and call storePlan once. You never apply it. Answer with the planId.",
    }),
    defineExecutor({
      name: "executor",
      description: "Applies a stored plan once people approved it.",
      model,
      plan: notePlan,
      prompt: "Call executePlan once with the planId you were given and report exactly what it returned.",
    }),
  ],
  plans: [notePlan],
});

/** Where this app keeps what is not in the repository. */
export interface Places {
  readonly notebook?: string;
  /** Folder of Bridle's own files; `.bridle` unless said. */
  readonly home?: string;
}

/** Binds the agents to this process. Without a key a script in the prompt stands in for the model. */
export function openRuntime({ workspace, interpreter, testing }: RuntimeBinding, places: Places = {}): Runtime {
  return createRuntime(runtimeSpec, {
    app: "notes",
    workspace,
    interpreter: interpreter ?? (process.env["ANTHROPIC_API_KEY"] === undefined ? "scripted" : "anthropic"),
    ...(testing === undefined ? {} : { testing }),
    ...(places.home === undefined ? {} : { home: places.home }),
    actionDispatcher: noteDispatcher(new Notebook(places.notebook ?? "notes.tsv")),
    onProgress: (line) => console.error(line),
  });
}

export const app = defineApp({
  name: "notes",
  description: "Proposes notes and writes them once people approve.",
  runtimeSpec,
  runtimeFactory: (binding) => openRuntime(binding),
});
