/** A process that commits steps to a state store for ever; each line it prints is a step that is committed. */
import { openStateStore } from "../../src/state/open-state-store.ts";
import { ACME, conversation, newRun, stepAttempt, textDraft } from "./state-records.ts";

const [url = "", name = ""] = process.argv.slice(2);
const scoped = (await openStateStore({ url })).in(ACME);
await scoped.runs.create(newRun());
for (let n = 1; ; n++) {
  const attempt = stepAttempt(1, { step: `${name}:${n}` });
  const drafts = [textDraft(`${name}/${n}/a`), textDraft(`${name}/${n}/b`)];
  await scoped.steps.begin(attempt);
  await scoped.steps.commit(attempt, { result: n, nodes: conversation(3, `${name}/${n}`), events: drafts });
  console.log(n);
}
