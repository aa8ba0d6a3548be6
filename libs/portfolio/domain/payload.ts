import { Refusal, type Fault } from '#kernel';
import { faultsOf } from '#runtime';
import { at } from './paths.js';
import type { Facts, Provenance, Sources, Stage, StagePlan } from './stage-plan.js';

export type { Facts, Sources };

/** A stage's payload from what is known, corrected by what an operator gave. Pure. */
export function buildPayload(stage: Stage, sources: Sources, correction: Facts = {}): Facts {
  const fields = Object.entries(stage.payload.from)
    .map(([field, from]) => [field, valueOf(from, sources)] as const)
    .filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(fields), ...correction };
}

function valueOf(from: Provenance, { name, facts, start, results }: Partial<Sources>): unknown {
  if ('constant' in from) return from.constant;
  if ('fact' in from) return at(facts, from.fact) ?? from.otherwise;
  if ('stage' in from) return at(results?.[from.stage], from.field);
  if ('start' in from) return at(start, from.start);
  if ('portfolio' in from) return name?.slice(0, from.cut).trimEnd();
  return from.rule(...from.facts.map((path) => at(facts, path)));
}

const factsRead = (from: Provenance): readonly string[] =>
  'fact' in from ? [from.fact] : 'derived' in from ? from.facts : [];

/** What is wrong with the facts, by pointer below `/facts`: against the plan's own schema and against the payloads made of them. */
export function validateFacts(plan: StagePlan, facts: unknown): readonly Fault[] {
  const faults = faultsOf(plan.facts, facts, '/facts');
  if (faults.length > 0) return faults;
  const between = plan.factFaults?.(facts as Facts) ?? [];
  return [...between, ...plan.stages.flatMap((stage) => payloadFaults(stage, facts as Facts))];
}

function payloadFaults(stage: Stage, facts: Facts): readonly Fault[] {
  return Object.entries(stage.payload.from).flatMap(([field, from]) => {
    const read = factsRead(from);
    const schema = stage.payload.schema.properties[field];
    const value = valueOf(from, { facts });
    if (read.length === 0 || schema === undefined || value === undefined) return [];
    const [fault] = faultsOf(schema, value);
    return fault
      ? [{ pointer: `/facts/${read[0]!.replaceAll('.', '/')}`, message: `${stage.name} ${field} ${fault.message}` }]
      : [];
  });
}

/** Refuses a corrected payload that does not fit the stage's schema; pointers name the fields of the correction. */
export function refuseBadInput(stage: Stage, payload: Facts): void {
  const faults = faultsOf(stage.payload.schema, payload, '/input');
  if (faults.length > 0) throw invalid(`the input does not fit stage ${stage.name}`, faults);
}

export const invalid = (detail: string, faults: readonly Fault[]): Refusal =>
  new Refusal('validation_failed', 400, detail, {}, faults);

/** Refuses a command that goes into the log without saying why. */
export function refuseNoReason(reason: string): void {
  if (reason.trim() === '') throw invalid('a reason is needed', [{ pointer: '/reason', message: 'must not be empty' }]);
}
