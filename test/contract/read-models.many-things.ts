import { failure, started, story, type World } from './read-models.fixture.js';

const NAMES = [
  'a',
  'B',
  'b',
  'Ä',
  'ä',
  'Z',
  'é',
  '_',
  '-',
  '10',
  '9',
  'nul\u0000',
  'half\ud83d',
  '\u{1f600}',
  "it's",
  '',
  ' ',
];

/** A seeded mixture of portfolios, processes and subscriptions in all states, with names that sort differently by locale. */
export async function manyThings(world: World, seed: number): Promise<number> {
  let state = seed >>> 0;
  const below = (n: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  const name = () => NAMES[below(NAMES.length)]!;
  for (let i = 0; i < 60; i++) {
    const id = `${name().replace('\u0000', '')}${i}`;
    if (below(3) === 0) world.time -= 1;
    await world.portfolio(id);
    if (below(2) === 0) await world.stage(id, 'StageStarted', started);
    if (below(3) === 0) await world.stage(id, 'StageFailed', { failure: { ...failure, message: name() } });
    await world.subscription(id, name(), below(2) === 0);
  }
  return story(world);
}
