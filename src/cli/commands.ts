import type { CommandSpec } from "./command.ts";
import { APPROVALS_APPROVE, APPROVALS_REJECT, APPROVALS_REVISE } from "./commands/approvals-answer.ts";
import { APPROVALS_KEY } from "./commands/approvals-key.ts";
import { APPROVALS_LIST } from "./commands/approvals-list.ts";
import { APPROVALS_SHOW } from "./commands/approvals-show.ts";
import { APPROVALS_SIGN } from "./commands/approvals-sign.ts";
import { APPROVALS_VERIFY } from "./commands/approvals-verify.ts";
import { capabilitiesOf } from "./commands/capabilities.ts";
import { CRASHPOINTS } from "./commands/crashpoints.ts";
import { CRASHTEST } from "./commands/crashtest.ts";
import { DATA_CATALOG_EXPORT } from "./commands/data-catalog-export.ts";
import { DATA_CATALOG_GRAPH } from "./commands/data-catalog-graph.ts";
import { DATA_CATALOG_INDEX_REBUILD } from "./commands/data-catalog-index-rebuild.ts";
import { DATA_CATALOG_SEARCH } from "./commands/data-catalog-search.ts";
import { DATA_KNOWLEDGE_INGEST } from "./commands/data-knowledge-ingest.ts";
import { DATA_PROFILE_DATABASE } from "./commands/data-profile-database.ts";
import { DATA_PROFILE_ESTIMATE } from "./commands/data-profile-estimate.ts";
import { DEV } from "./commands/dev.ts";
import { DOCTOR } from "./commands/doctor.ts";
import { INIT } from "./commands/init.ts";
import { PLANS_CANCEL } from "./commands/plans-cancel.ts";
import { PLANS_COMPENSATE } from "./commands/plans-compensate.ts";
import { PLANS_LIST } from "./commands/plans-list.ts";
import { PLANS_SETTLE } from "./commands/plans-settle.ts";
import { PLANS_SHOW } from "./commands/plans-show.ts";
import { REFERENCES_SHOW } from "./commands/references-show.ts";
import { REPLAY } from "./commands/replay.ts";
import { RUN } from "./commands/run.ts";
import { RUNS_CANCEL } from "./commands/runs-cancel.ts";
import { RUNS_EVENTS } from "./commands/runs-events.ts";
import { RUNS_LIST } from "./commands/runs-list.ts";
import { RUNS_SHOW } from "./commands/runs-show.ts";
import { SERVE } from "./commands/serve.ts";
import { THREADS_EXPORT } from "./commands/threads-export.ts";
import { THREADS_LIST } from "./commands/threads-list.ts";
import { THREADS_SHOW } from "./commands/threads-show.ts";
import { WORKER } from "./commands/worker.ts";

const DESCRIBED: readonly CommandSpec[] = [
  INIT,
  DEV,
  SERVE,
  WORKER,
  RUN,
  RUNS_LIST,
  RUNS_SHOW,
  RUNS_EVENTS,
  RUNS_CANCEL,
  PLANS_LIST,
  PLANS_SHOW,
  PLANS_CANCEL,
  PLANS_SETTLE,
  PLANS_COMPENSATE,
  REFERENCES_SHOW,
  APPROVALS_LIST,
  APPROVALS_SHOW,
  APPROVALS_APPROVE,
  APPROVALS_REJECT,
  APPROVALS_REVISE,
  APPROVALS_SIGN,
  APPROVALS_VERIFY,
  APPROVALS_KEY,
  THREADS_LIST,
  THREADS_SHOW,
  THREADS_EXPORT,
  REPLAY,
  CRASHTEST,
  CRASHPOINTS,
  DATA_PROFILE_ESTIMATE,
  DATA_PROFILE_DATABASE,
  DATA_KNOWLEDGE_INGEST,
  DATA_CATALOG_INDEX_REBUILD,
  DATA_CATALOG_SEARCH,
  DATA_CATALOG_EXPORT,
  DATA_CATALOG_GRAPH,
  DOCTOR,
];

/** Every command, in the order of help. */
export const COMMANDS: readonly CommandSpec[] = [...DESCRIBED, capabilitiesOf(DESCRIBED)];
