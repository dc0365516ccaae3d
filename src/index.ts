export type {
  AgentApproval,
  ApprovalPolicies,
  DynamicApproval,
  ToolApproval,
  ToolApprovalOverride,
} from "./specs/approval.ts";
export type {
  AgentDefinition,
  AgentSpec,
  CoordinatorSpec,
  ExecutorSpec,
  PlannerSpec,
  PlanRef,
  SpecialistSpec,
} from "./specs/agents/agent.ts";
export { type AppDefinition, type AppSpec, defineApp, type RuntimeBinding, type WorkspaceSpec } from "./specs/app.ts";
export { type CoordinatorDefinition, defineCoordinator } from "./specs/agents/coordinator.ts";
export { defineExecutor, type ExecutorDefinition } from "./specs/agents/executor.ts";
export type { InputIssue } from "./specs/schemas/input-issue.ts";
export type { InputSchema, ParseResult, SchemaSource, SchemaValue } from "./specs/schemas/input-schema.ts";
export type { ModelSpec } from "./specs/agents/model.ts";
export type {
  ActionHandler,
  ActionHandlers,
  ActionHooks,
  ProbeOutcome,
  UndoHandler,
} from "./specs/dispatchers/action-handlers.ts";
export type {
  ActionContext,
  ActionSlot,
  AppliedAction,
  DispatchContext,
  HydratedAction,
  ResolvedRefs,
  UndoContext,
} from "./specs/dispatchers/dispatch-context.ts";
export type { DispatchOutcome } from "./specs/dispatchers/dispatch-result.ts";
export {
  type ActionDispatcher,
  defineDispatcher,
  type Dispatcher,
  type Undoing,
} from "./specs/dispatchers/dispatcher.ts";
export type {
  DispatcherOptions,
  DispatcherSettings,
  DispatchGuarantee,
  DispatchMode,
} from "./specs/dispatchers/dispatcher-options.ts";
export type { HydratedActionOf, PlanActionOf, PlanKind, PlanPayload } from "./specs/plans/plan-action.ts";
export type { SchemaShorthand } from "./specs/plans/plan-shorthand.ts";
export {
  definePlan,
  type DisplayAliases,
  type PlanBodyOf,
  type PlanDefinition,
  type PlanSchemaSource,
  type PlanSpec,
} from "./specs/plans/plan.ts";
export {
  defineReference,
  type ReferenceDefinition,
  type ReferenceSpec,
  type ReferenceValue,
} from "./specs/references/reference.ts";
export { taggedUnion, type TaggedVariant } from "./specs/schemas/tagged-union.ts";
export { definePlanner, type PlannerDefinition } from "./specs/agents/planner.ts";
export { layeredPrompt, type PromptLayers, type PromptSpec } from "./specs/agents/prompt.ts";
export type { AnthropicTransport, Providers } from "./specs/providers.ts";
export { ActionInDoubtError } from "./specs/dispatchers/action-in-doubt-error.ts";
export { ActionRefusedError } from "./specs/dispatchers/action-refused-error.ts";
export { RetryableToolError } from "./specs/tools/retryable-tool-error.ts";
export type { CheckedAgents, SpecTypeError } from "./specs/agents/route-check.ts";
export { agentTools } from "./specs/agents/agent-tools.ts";
export { defineRuntime, type RuntimeDefinition, type RuntimeSpec, type ToolkitUse } from "./specs/runtime-spec.ts";
export { isSpec, type SpecKind } from "./specs/spec-kind.ts";
export { defineSpecialist } from "./specs/agents/specialist.ts";
export { defineTenant, type TenantSpec } from "./specs/tenant.ts";
export { type ApprovalPredicate, defineTool, type ToolDefinition, type ToolSpec } from "./specs/tools/tool.ts";
export type { BridleServices, PredicateContext, Services, ToolContext } from "./specs/tools/tool-context.ts";
export type { AlwaysApproval, ApprovalDefaults, ApprovalRule, ApprovalSetting } from "./protocol/approval.ts";
export {
  BridleError,
  type ErrorCode,
  type ErrorDetails,
  type ErrorInfo,
  InputError,
  InternalError,
  ModelError,
  SpecError,
  StateError,
} from "./protocol/errors.ts";
export type { Answer, AnswerSignature, AnswerTarget } from "./protocol/gate.ts";
export type { Json, JsonObject } from "./protocol/json.ts";
export type {
  AgentManifest,
  AgentRole,
  Manifest,
  ModelManifest,
  PlanManifest,
  PromptManifest,
  ReferenceManifest,
  ToolEffects,
  ToolManifest,
} from "./protocol/manifest.ts";
export type { EventBody, EventHead, FinishReason, RunEvent } from "./protocol/event.ts";
export type { AssistantMessage, Message, ToolMessage, UserMessage } from "./protocol/message.ts";
export type { PlanAction, PlanBody, PlanId, PlanStatus, ReferenceHandle } from "./protocol/plan.ts";
export type { Page, RunRecord, RunStatus, ThreadRecord } from "./protocol/run.ts";
export type { TurnInput, TurnResult } from "./protocol/turn.ts";
export type { Usage } from "./protocol/usage.ts";
export type { RunListing, Runtime } from "./runtime/bind-runtime.ts";
export { createRuntime } from "./runtime/create-runtime.ts";
export type { ReferenceDetail } from "./runtime/read-reference.ts";
export type { CreatedReference } from "./specs/tools/tool-context.ts";
export type { CancelRequest, PlanCancelled } from "./runtime/plans/cancel-plan.ts";
export type { UndoRequest, Undone } from "./runtime/plans/compensate-plan.ts";
export type { ExecuteOptions } from "./runtime/plans/execute-plan.ts";
export type { CardAction, CardField, CardReference, PlanCard } from "./runtime/plans/plan-card.ts";
export type { PlanGate } from "./runtime/plans/plan-gates.ts";
export type { ApprovalDetail, RuntimeApprovals, WaitingApproval } from "./runtime/approvals/approval-inbox.ts";
export type { PlanListing, RuntimePlans } from "./runtime/plans/runtime-plans.ts";
export type { ApprovalResponse, ApprovalResult } from "./runtime/approvals/respond-to-approval.ts";
export type { HostPlan } from "./runtime/plans/store-host-plan.ts";
export type {
  ApprovalOptions,
  QueryOptions,
  RuntimeKnobs,
  RuntimeOptions,
  TemporalOptions,
} from "./runtime/options.ts";
export type { TemporalPlace } from "./runtime/temporal/temporal-place.ts";
export type { RunStream } from "./runtime/runs/run-stream.ts";
export type { AgentTranscript, ThreadTranscript } from "./runtime/runs/transcript.ts";
export type {
  ApprovalProof,
  HostedApp,
  InterpreterName,
  SignatureVerdict,
  TestingOptions,
  ApprovalPredicates,
} from "./specs/hosted-app.ts";
