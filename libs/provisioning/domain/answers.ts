import type { Driving } from '#kernel';
import { callbackVerdict, stepOf, type CallbackVerdict } from '#runtime';
import type { OperationEvent } from '../published/index.js';
import { hasEnded, requestAt, type Operation } from './operation.state.js';

/** Callbacks recorded after the end; those beyond are only counted. */
const NOTED_AFTER_END = 20;

/**
 * Records an answer that decided nothing: every callback, and results of attempts that had been given up. What is recorded here
 * changes no request; an operator may accept it.
 */
export function note(command: Driving & { type: 'Outcome' }, state: Operation): readonly OperationEvent[] {
  const { key, attempt, outcome, time, via } = command;
  if (via !== 'callback' && outcome.kind !== 'done') return [];
  const verdict = verdictOf(state, key, outcome);
  if (verdict === 'unknown' || (via !== 'callback' && verdict !== 'late' && verdict !== 'conflict')) return [];
  if (!mayNote(state)) return [];
  const answerId = command.callbackId ?? `${key}#${attempt}`;
  return [{ type: 'AnswerReceived', data: { key, answerId, verdict, outcome, time } }];
}

export const mayNote = (state: Operation): boolean => !hasEnded(state) || state.notedAfterEnd < NOTED_AFTER_END;

/** What a callback is that decides nothing, by the request of its step. */
export const verdictOf = (
  state: Operation,
  key: string,
  outcome: (Driving & { type: 'Outcome' })['outcome'],
): CallbackVerdict => callbackVerdict(requestAt(state, stepOf(key)), key, outcome, hasEnded(state));
