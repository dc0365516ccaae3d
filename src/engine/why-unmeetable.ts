import { differentPeople, isSamePerson } from "../lib/same-person.ts";
import type { Gate } from "../protocol/gate.ts";
import { quorum, whyForbidden } from "./may-decide.ts";

/** Why a gate would wait for ever, whoever answered it: fewer people may approve than must. Null when it can be met. */
export function whyUnmeetable(gate: Pick<Gate, "rule" | "requestedBy" | "alsoAskedBy">): string | null {
  const { rule, requestedBy, alsoAskedBy = [] } = gate;
  if (rule.kind !== "always" || rule.approvers === undefined) return null;
  const people = differentPeople(rule.approvers);
  const able = people.filter((person) => whyForbidden(gate, person) === null);
  const wanted = quorum(rule);
  if (able.length >= wanted) return null;
  const asking = [requestedBy, ...alsoAskedBy].filter((name) => people.some((person) => isSamePerson(person, name)));
  const isKeptOut = rule.notRequester === true && asking.length > 0;
  const wants = `${wanted} of ${names(people)} must approve${isKeptOut ? ", but not whoever asked" : ""}`;
  const who = able.length === 0 ? "nobody may" : `only ${names(able)} may`;
  return `${wants}; ${isKeptOut ? `${names(asking)} asked, so ` : ""}${who}`;
}

/** The step that helps whoever is told so. */
export const UNMEETABLE_HINT =
  "Asking again in this name changes nothing: somebody who is not an approver must ask (`requestedBy`, `--requested-by`, `--by`), or the rule must name more approvers.";

function names(people: readonly string[]): string {
  return people.map((person) => JSON.stringify(person)).join(", ");
}
