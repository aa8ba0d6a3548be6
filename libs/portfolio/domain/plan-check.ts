import type { TSchema } from 'typebox';
import { PARENT_FACTS, PERSONAL_FIELDS } from '../published/index.js';
import { secretPaths } from './secrets.js';
import type { OperationFields } from './stage-call.js';
import type { Provenance, Stage, StagePlan } from './stage-plan.js';
import { namesIn, OFFERED } from './template.js';

/** Everything that is wrong with a plan, in words for the one who writes it. Empty when it can be registered. */
export function planFaults(plan: StagePlan): readonly string[] {
  const names = plan.stages.map((stage) => stage.name);
  return [
    ...(names.length === 0 ? ['has no stage'] : []),
    ...names.filter((name) => !/^[A-Z][A-Z0-9_]*$/.test(name)).map((name) => `stage ${name} is not UPPER_SNAKE_CASE`),
    ...names.filter((name, index) => names.indexOf(name) !== index).map((name) => `stage ${name} is there twice`),
    ...unmarked(plan.facts).map((field) => `fact ${field} is personal but not among the personal field names`),
    ...(plan.after?.kinds ?? [])
      .filter(({ name }) => names.includes(name))
      .map(({ name }) => `${name} is a stage and a duty`),
    ...plan.stages.flatMap((stage, index) => stageFaults(plan, stage, plan.stages.slice(0, index))),
  ];
}

function stageFaults(plan: StagePlan, stage: Stage, earlier: readonly Stage[]): readonly string[] {
  const { schema, from } = stage.payload;
  const polled = stage.policy.completion.kind === 'poll';
  return [
    ...(schema.required ?? [])
      .filter((field: string) => !(field in from))
      .map((field: string) => `${field} has no provenance`),
    ...Object.keys(from)
      .filter((field) => !(field in schema.properties))
      .map((field) => `${field} is not in the payload`),
    ...Object.entries(from).flatMap(([field, origin]) =>
      originFaults(plan, origin, earlier).map((fault) => `${field}: ${fault}`),
    ),
    ...[...unmarked(schema), ...unmarked(stage.result)].map(
      (field) => `${field} is not among the personal field names`,
    ),
    ...(polled && stage.pollEffect === undefined ? ['is polled but names no pollEffect'] : []),
    ...undeclared(stage),
    ...strangeParent(stage),
    ...(stage.operation ? operationFaults(stage) : []),
  ].map((fault) => `stage ${stage.name}: ${fault}`);
}

const strangeParent = ({ parent }: Stage): readonly string[] =>
  parent === undefined || PARENT_FACTS.some((name) => name === parent.fact)
    ? []
    : [`${parent.fact} is not among the names of parents`];

/** An operation keeps its parameters as they are, and what it made is not seen by the calls that take a stage back. */
function operationFaults({ calls = [], payload, wire, undo }: Stage): readonly string[] {
  return [
    ...(calls.length > 0 ? ['is done by an operation and makes calls'] : []),
    ...(wire === undefined ? ['is done by an operation and does not say by wire where its result is'] : []),
    ...(undo === undefined ? ['is done by an operation and does not say by undo how that is taken back'] : []),
    ...secretPaths(payload.schema).map((field) => `${field} is secret and would be a parameter of an operation`),
  ];
}

/** Names that taking back uses and does not take itself. */
function undoNames(undo: Stage['undo']): readonly string[] {
  const calls = undo && 'calls' in undo ? undo.calls : [];
  const taken = calls.flatMap((call) => Object.keys(call.take ?? {}));
  return calls.flatMap((call) => namesIn(call)).filter((name) => !taken.includes(name));
}

/** Names that the stage's calls and operations use without anything behind them. */
function undeclared({ payload, result, begins, awaits, undo, calls = [] }: Stage): readonly string[] {
  const fields = (operation: OperationFields | undefined) => (operation ? [operation.url, operation.retryAfter] : []);
  const taken = calls.flatMap((call) => Object.keys(call.take ?? {}));
  const known = [...Object.keys(payload.schema.properties), ...taken, ...OFFERED];
  return [
    ...fields(begins).filter((field) => !declared(result, field)),
    ...fields(awaits).filter((field) => !declared(payload.schema, field)),
    ...undoNames(undo).filter((name) => !known.includes(name) && !declared(result, name)),
    ...calls.flatMap((call) => namesIn(call)).filter((name) => !known.includes(name)),
  ].map((name) => `${name} is used but not declared`);
}

function originFaults(plan: StagePlan, from: Provenance, earlier: readonly Stage[]): readonly string[] {
  if ('constant' in from || 'portfolio' in from) return [];
  if ('start' in from)
    return plan.start && declared(plan.start.establishes, from.start) ? [] : [`the start establishes no ${from.start}`];
  if ('stage' in from) {
    const stage = earlier.find((candidate) => candidate.name === from.stage);
    if (stage === undefined) return [`${from.stage} is no earlier stage`];
    return declared(stage.result, from.field) ? [] : [`${from.stage} has no result ${from.field}`];
  }
  const facts = 'fact' in from ? [from.fact] : from.facts;
  return facts.filter((fact) => !declared(plan.facts, fact)).map((fact) => `${fact} is no declared fact`);
}

type Node = TSchema & { properties?: Record<string, TSchema>; personal?: boolean };

function declared(schema: TSchema, path: string): boolean {
  const [head, ...rest] = path.split('.');
  const next = (schema as Node).properties?.[head!];
  return next !== undefined && (rest.length === 0 || declared(next, rest.join('.')));
}

/** Paths marked personal that the event codec would not encrypt. */
function unmarked(schema: TSchema, below = ''): readonly string[] {
  return Object.entries((schema as Node).properties ?? {}).flatMap(([name, child]) => {
    const path = `${below}${name}`;
    const known = PERSONAL_FIELDS.some((field) => field === path);
    return (child as Node).personal && !known ? [path] : unmarked(child, `${path}.`);
  });
}
