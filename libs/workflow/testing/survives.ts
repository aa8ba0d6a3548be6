import { deepStrictEqual } from 'node:assert';
import { VirtualClock } from '#testing';
import type { Clock } from '#kernel';
import type { Disturbance } from './disturbance.js';
import { comparable, OF_THE_WAY } from './comparable.js';
import { made, type Fakes, type Under } from './fakes.js';
import { Lab, type End } from './lab.js';

/** When virtual time begins. */
const SINCE = new VirtualClock().now();

async function once<F extends Fakes>(definition: Under<F>, fakes: (clock: Clock) => F, disturbance: Disturbance) {
  const clock = new VirtualClock();
  const world = fakes(clock);
  const lab = new Lab(made(definition, world), world, clock, disturbance);
  return { end: await lab.run(), points: lab.points };
}

/**
 * Runs a definition against fakes to its end, in virtual time and without a server: forms and callbacks are answered as the fakes say.
 * The end may be a failure. Throws when it never comes to rest.
 */
export const run = async <F extends Fakes>(definition: Under<F>, fakes: (clock: Clock) => F): Promise<End> =>
  (await once(definition, fakes, {})).end;

/** What {@link survivesAnyCrash} tried: `stops` is the number of points at which the run was stopped, each in a run of its own. */
export interface Survived {
  readonly end: End;
  readonly stops: number;
}

/** `mayDiffer`: keys of the state that tell what the last attempt of a step did rather than what was reached. */
export interface Allowance {
  readonly mayDiffer?: readonly string[];
}

/**
 * Stops a definition before and after every effect and every append, each in a run of its own, lets another process go on, and once runs
 * it with every request sent and every answer told twice, at once and late. Each must come to the end of an undisturbed run: status,
 * state, every stream, and what the fakes hold outside, but for when it was and how many attempts it took. Throws an AssertionError that names the point and what differs.
 *
 * @param fakes makes the world anew; what it answers must depend on what it is asked alone.
 */
export async function survivesAnyCrash<F extends Fakes>(
  definition: Under<F>,
  fakes: (clock: Clock) => F,
  allowance: Allowance = {},
): Promise<Survived> {
  const { end, points } = await once(definition, fakes, {});
  for (const [stopAt, { at, what }] of points.entries()) {
    const found = await once(definition, fakes, { stopAt });
    same(found.end, end, allowance, `stopped ${at} ${what}`);
  }
  same((await once(definition, fakes, { repeat: true })).end, end, allowance, 'everything said twice');
  return { end, stops: points.length };
}

function same(found: End, end: End, { mayDiffer = [] }: Allowance, when: string): void {
  try {
    deepStrictEqual(whatCounts(found, mayDiffer), whatCounts(end, mayDiffer));
  } catch (error) {
    (error as Error).message = `${when}: ${(error as Error).message}`;
    throw error;
  }
}

/** Of processes status and state, of the other streams what they fold to. */
function whatCounts({ streams, outside, ...end }: End, mayDiffer: readonly string[]): unknown {
  const processes = Object.entries({ ...streams, '': end }).filter(([stream]) => isProcess(stream));
  return {
    outside: comparable(outside, SINCE),
    processes: processes.map(([stream, state]) => [stream, comparable(state, SINCE, new Set(mayDiffer))]),
    streams: Object.entries(streams)
      .filter(([stream]) => !isProcess(stream))
      .map(([stream, state]) => [stream, comparable(state, SINCE, OF_THE_WAY)]),
  };
}

const isProcess = (stream: string): boolean => stream === '' || stream.startsWith('process-');
