/**
 * Bundled into the workflow sandbox for replay tests: tells the test which commands the workflow code issues, with their arguments.
 * Temporal's own replay compares only kinds and names.
 */
import { ApplicationFailure, proxySinks, type Sinks, type WorkflowInterceptors } from "@temporalio/workflow";
import type { Command } from "./commands.ts";

/** Where the commands go. */
export interface CommandSinks extends Sinks {
  readonly commands: { issued(command: Command): void };
}

const { commands } = proxySinks<CommandSinks>();

/** Found by Temporal under this name. */
export function interceptors(): WorkflowInterceptors {
  return {
    inbound: [
      {
        async execute(input, next) {
          try {
            const result = await next(input);
            commands.issued({ kind: "complete", args: [result] });
            return result;
          } catch (error) {
            if (error instanceof ApplicationFailure)
              commands.issued({ kind: "fail", args: [error.type, error.message] });
            throw error;
          }
        },
      },
    ],
    outbound: [
      {
        scheduleActivity(input, next) {
          commands.issued({ kind: "activity", name: input.activityType, args: input.args });
          return next(input);
        },
        startChildWorkflowExecution(input, next) {
          const { workflowId, args } = input.options;
          commands.issued({ kind: "child", name: input.workflowType, workflowId, args });
          return next(input);
        },
        signalWorkflow(input, next) {
          const { signalName, args, target } = input;
          const { workflowId } = target.type === "external" ? target.workflowExecution : { workflowId: "" };
          commands.issued({ kind: "signal", name: signalName, workflowId: workflowId ?? "", args });
          return next(input);
        },
        startTimer(input, next) {
          commands.issued({ kind: "timer", args: [input.durationMs] });
          return next(input);
        },
        continueAsNew(input, next) {
          commands.issued({ kind: "continue-as-new", name: input.options.workflowType, args: input.args });
          return next(input);
        },
      },
    ],
  };
}
