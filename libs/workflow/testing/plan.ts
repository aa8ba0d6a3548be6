import { VirtualClock } from '#testing';
import type { Clock } from '#kernel';
import type { Data, Plan } from '../index.js';
import { made, type Fakes, type Under } from './fakes.js';
import { Lab } from './lab.js';

const NOTHING = (): Fakes => ({});

/**
 * What a run of a definition would do, without doing it: steps with their effects, what they change of subscriptions, and the state at
 * the end. `input` goes beside what `before` of the fakes answers; forms are answered as the fakes say. Rejects with the refusal of a start
 * that would be refused, with `cannot_plan` where a step does not say what it would do, and with an AssertionError when making the plan
 * has changed a stream, or what the fakes hold outside.
 */
export function plan(definition: Under<Fakes>, input: Data): Promise<Plan>;
export function plan<F extends Fakes>(definition: Under<F>, input: Data, fakes: (clock: Clock) => F): Promise<Plan>;
export async function plan(
  definition: Under<Fakes>,
  input: Data,
  fakes: (clock: Clock) => Fakes = NOTHING,
): Promise<Plan> {
  const clock = new VirtualClock();
  const world = fakes(clock);
  return new Lab(made(definition, world), world, clock).plan(input);
}
