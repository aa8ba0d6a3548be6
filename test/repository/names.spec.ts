import { describe, expect, it } from '@jest/globals';
import { azurePlanV2 } from '#csp';
import { planDescription } from '#portfolio';
import { portfolioEvents } from '#portfolio/published';
import { read } from './repository.js';

const text = read('docs/reference/names.md');
const spans = [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);

describe('the reference of names', () => {
  it.each(['after_in_progress_callback', 'is_csp_data_valid', 'trigger_next_transition'])(
    'tells what %s is',
    (name) => {
      expect(text).toMatch(new RegExp(`^\\| \`${name}\` +\\| \\S`, 'm'));
    },
  );

  it('knows every state of a plan, and names no event and no route that is not there', () => {
    const { states, after } = planDescription(azurePlanV2);
    const names = [...azurePlanV2.stages, ...after].map(({ name }) => name);
    // The longest name first: some stages begin as another does.
    const longest = [...names, 'CHILDREN'].sort((a, b) => b.length - a.length);
    const shared = states.map((state) => {
      const name = longest.find((one) => state.startsWith(`${one}_`));
      return name === undefined ? state : state.replace(`${name}_`, 'S_');
    });
    expect(shared).toEqual(expect.arrayContaining(['S_COMPLETED', 'S_DEPROVISIONED', 'POSTPONED']));
    expect(shared.filter((state) => !spans.includes(state))).toEqual([]);
    const types = portfolioEvents.map(({ type }) => type);
    expect(spans.filter((span) => /^(Stage|Portfolio)[A-Z][a-z]+$/.test(span) && !types.includes(span))).toEqual([]);
    const { paths } = JSON.parse(read('docs/reference/openapi.json')) as { paths: Record<string, object> };
    const patterns = Object.keys(paths).map((path) => new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`));
    const routes = spans.flatMap((span) => /^(?:GET|POST) (\S+)$/.exec(span)?.[1] ?? []);
    expect(routes.length).toBeGreaterThan(3);
    expect(routes.filter((route) => !patterns.some((pattern) => pattern.test(route)))).toEqual([]);
  });
});
