import type { Scope } from "./ids.ts";

/** Workflow id of a thread: Temporal runs one workflow of an id at a time, and so one turn of a thread. */
export function threadWorkflowId({ tenant, workspace }: ScopeNames, threadId: string): string {
  return `${tenant}/${workspace}/thread/${threadId}`;
}

/** Workflow id of a plan: one workflow takes it from its first revision to its end. */
export function planWorkflowId({ tenant, workspace }: ScopeNames, planId: string): string {
  return `${tenant}/${workspace}/plan/${planId}`;
}

/** Workflow id of a routed agent's turn: a child run of the turn that asked. The root's turn has the id of its thread. */
export function turnWorkflowId({ tenant, workspace }: ScopeNames, turn: string): string {
  return `${tenant}/${workspace}/run/${turn}`;
}

/** A scope, or whatever carries its two names. */
type ScopeNames = { readonly [Name in keyof Scope]: string };
