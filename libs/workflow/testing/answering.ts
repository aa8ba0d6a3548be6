import type { CommandContext, Driving } from '#kernel';
import type { Runtime } from '#runtime';
import { allRequests, allRows, hasEnded, type ProcessState, type StartedProcess } from '../domain/process.state.js';
import { patternOf } from '../published/process.values.js';
import type { ResumeProcess } from '../published/index.js';
import type { Fakes } from './fakes.js';

export const by = (commandId: string): CommandContext => ({
  commandId,
  correlationId: commandId,
  causationId: commandId,
  actor: 'test',
  tenant: 'default',
});

const at = <T>(all: Readonly<Record<string, T>> | undefined, path: string): T | undefined =>
  all?.[path] ?? all?.[patternOf(path)];

interface Answer {
  readonly stream: string;
  readonly command: ResumeProcess | Driving;
  readonly id: string;
}

/** What is said to the first that waits for a person or a callback, as the fakes have it; undefined when nothing can be said. */
export async function answerOf(
  runtime: Runtime,
  streams: readonly string[],
  fakes: Fakes,
  time: number,
): Promise<Answer | undefined> {
  for (const stream of streams) {
    const { state } = await runtime.load<ProcessState>(stream);
    if (state.status === 'none' || hasEnded(state)) continue;
    const resume = personsAnswer(state, fakes, time);
    if (resume !== undefined) return { stream, command: resume, id: `${stream}/${resume.step}` };
    const told = callback(state, fakes, time);
    if (told !== undefined) return { stream, command: told, id: `${stream}/callback:${told.key}` };
  }
  return undefined;
}

function personsAnswer(state: StartedProcess, { answers }: Fakes, time: number): ResumeProcess | undefined {
  for (const { step, status } of allRows(state)) {
    const input = status === 'suspended' ? at(answers, step) : undefined;
    if (input !== undefined) return { type: 'ResumeProcess', step, input, by: 'test', time };
  }
  return undefined;
}

type Told = Extract<Driving, { type: 'Outcome' }>;

function callback(state: StartedProcess, { callbacks }: Fakes, time: number): Told | undefined {
  for (const { step, status, generation } of allRequests(state)) {
    const result = status === 'accepted' ? at(callbacks, step) : undefined;
    if (result === undefined) continue;
    const key = `${step}/${generation}`;
    const outcome = { kind: 'done', result } as const;
    return { type: 'Outcome', key, attempt: 0, outcome, via: 'callback', callbackId: key, time, jitter: 0 };
  }
  return undefined;
}
