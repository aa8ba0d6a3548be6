import { plain, show } from './text.js';

interface Command {
  readonly cause: { readonly kind: string };
  readonly actor: string;
  readonly time: number;
  readonly events: readonly { readonly type: string; readonly revision: number }[];
  readonly effects: readonly Effect[];
}
interface Effect {
  readonly key: string;
  readonly status: string;
  readonly durationMs: number | null;
  readonly attempts: readonly { readonly outcome: string; readonly failure: { readonly code: string } | null }[];
  readonly parts: readonly Part[];
}
interface Part {
  readonly stream: string;
  readonly commands: readonly Command[];
}
/** What the tree shows of a flow; the answer has more. */
export interface Flow {
  readonly complete: boolean;
  readonly parts: readonly Part[];
}

/** Streams, their commands in order with their events, and under each the requests that it began and what those brought about elsewhere. */
export function tree({ parts, complete }: Flow): string {
  const lines = parts.flatMap((part) => ofPart(part, ''));
  return [...lines, ...(complete ? [] : ['... and more than one answer shows'])].map(plain).join('\n');
}

const ofPart = ({ stream, commands }: Part, indent: string): readonly string[] => [
  `${indent}${stream}`,
  ...commands.flatMap((command) => ofCommand(command, `${indent}  `)),
];

function ofCommand({ time, cause, actor, events, effects }: Command, indent: string): readonly string[] {
  const recorded = events.map(({ type, revision }) => `${revision} ${type}`).join(', ');
  const line = [show('time', time), cause.kind.padEnd(7), actor, recorded].join('  ');
  return [`${indent}${line}`, ...effects.flatMap((effect) => ofEffect(effect, `${indent}  `))];
}

function ofEffect({ key, status, durationMs, attempts, parts }: Effect, indent: string): readonly string[] {
  const tried = attempts.map(({ outcome, failure }) => (failure === null ? outcome : `${outcome}: ${failure.code}`));
  const took = durationMs === null ? '' : ` in ${durationMs} ms`;
  const line = `-> ${key}  ${status}${took}  (${tried.join('; ')})`;
  return [`${indent}${line}`, ...parts.flatMap((part) => ofPart(part, `${indent}     `))];
}
