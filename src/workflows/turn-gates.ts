import type { Gate } from "../protocol/gate.ts";
import { GateInbox } from "./gate-inbox.ts";

/** The gates of a turn's calls while its workflow runs. */
export interface TurnGates {
  readonly inbox: GateInbox;
  /** Those that wait, in the order they opened. */
  readonly waiting: Map<string, Gate>;
  /** Those that a decision closed, and whether it lets the call run. */
  readonly closed: Map<string, boolean>;
  /** Gates whose deadline was dealt with. */
  readonly expired: Set<string>;
  /** Gates that are being opened: an answer that names none waits until it is known what it may mean. */
  opening: number;
  /** Numbers what is recorded, so that an attempt finds what the one before it wrote. */
  sequence: number;
  /** Set when the history is full: calls that wait go on waiting in a fresh one. */
  isCut: boolean;
}

/** No gates yet; registers the handlers by which people answer. */
export function turnGates(): TurnGates {
  return {
    inbox: new GateInbox(),
    waiting: new Map(),
    closed: new Map(),
    expired: new Set(),
    opening: 0,
    sequence: 0,
    isCut: false,
  };
}
