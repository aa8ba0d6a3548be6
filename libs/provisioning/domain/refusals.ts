import { Refusal, type Fault } from '#kernel';
import { legalCommands } from './legal-commands.js';
import type { Operation } from './operation.state.js';

export const noOperation = (): Refusal => new Refusal('operation_not_found', 404, 'there is no such operation');

/** 409 with the state and the commands that would fit. */
export const conflict = (state: Operation, what: string): Refusal =>
  new Refusal('state_conflict', 409, `${what} does not fit state ${state.status}`, {
    state: state.status,
    commands: legalCommands(state),
  });

export const otherManifest = (): Refusal =>
  new Refusal('operation_exists', 409, 'an operation with this id has another manifest');

export const invalid = (detail: string, errors: readonly Fault[]): Refusal =>
  new Refusal('validation_failed', 400, detail, {}, errors);
