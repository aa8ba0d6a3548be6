import { describe, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { parse } from 'yaml';
import { createMetrics } from '#platform';
import { readModelMetrics } from '../../apps/server/health/read-model-metrics.js';
import { asked, type Known } from './promql.js';
import { read } from './repository.js';

/** Metrics by name as they are scraped, with their labels. */
function known(): Known {
  const metrics = new Map<string, readonly string[]>([['up', ['job', 'instance']]]);
  const add = (name: string, type: string, labels: readonly string[]) => {
    const suffixes = { histogram: ['_bucket', '_sum', '_count'], summary: ['', '_sum', '_count'] }[type] ?? [''];
    const own = { histogram: ['le'], summary: ['quantile'] }[type] ?? [];
    for (const suffix of suffixes) metrics.set(name + suffix, [...labels, ...own, 'instance', 'job']);
  };
  for (const metric of createMetrics({ processMetrics: false }).registry.getMetricsAsArray()) {
    const { name, type, labelNames } = metric as unknown as { name: string; type: string; labelNames: string[] };
    add(name, type, labelNames);
  }
  for (const { name, type, labels } of readModelMetrics) add(name, type, labels);
  return metrics;
}

const rules = parse(read('deploy/prometheus/purveyor.rules.yml')).groups.flatMap((group: any) => group.rules);
const boards = readdirSync(new URL('../../deploy/grafana', import.meta.url)).map((file) =>
  JSON.parse(read(`deploy/grafana/${file}`)),
);
const targets = boards.flatMap(({ panels }) => panels.flatMap((panel: any) => panel.targets ?? []));
describe('alert rules and the dashboard', () => {
  const metrics = known();

  it('are PromQL, of metrics that exist, with labels that these have', () => {
    const all: string[] = [...rules, ...targets].map(({ expr }: { expr: string }) => expr);
    expect(all.length).toBeGreaterThan(40);
    for (const expression of all) expect(asked(expression, metrics).metrics).not.toEqual([]);
  });

  it.each([
    ['sum(up', 'no PromQL'],
    ['sum by (job) (rate(up))) > 1', 'no PromQL'],
    ['max(purveyor_open_stepz)', 'no metric'],
    ['max by (color) (purveyor_open_steps)', 'no label'],
    ['sum by (step) (max by (kind) (purveyor_open_steps))', 'no label'],
    ['purveyor_open_steps{color="red"} > 1', 'no label'],
    ['max without (color) (purveyor_open_steps) > 1', 'no label'],
    ['1 + max(purveyor_open_steps{color="red"})', 'no label'],
  ])('are found out where that is not so: %s', (expression, fault) => {
    expect(() => asked(expression, metrics)).toThrow(fault);
  });

  it('name in their texts and legends only labels that their answer has', () => {
    const named = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, label]) => label!);
    const texts = [
      ...rules.map(({ expr, annotations }: any) => [expr, named(annotations.summary, /\$labels\.(\w+)/g)]),
      ...targets.map(({ expr, legendFormat }: any) => [expr, named(legendFormat, /\{\{(\w+)\}\}/g)]),
    ] as [string, string[]][];
    expect(texts.flatMap(([, labels]) => labels).length).toBeGreaterThan(40);
    for (const [expression, labels] of texts)
      expect([expression, [...asked(expression, metrics).labels]]).toEqual([
        expression,
        expect.arrayContaining(labels),
      ]);
  });

  it('show every figure of the read models', () => {
    const shown = targets.map(({ expr }: { expr: string }) => expr).join(' ');
    for (const { name } of readModelMetrics) expect(shown).toContain(name);
  });

  it('are all in docs/production.md, which knows no others', () => {
    const documented = [...read('docs/production.md').matchAll(/^\| `(Purveyor\w+)`/gm)].map(([, name]) => name!);
    expect(documented.toSorted()).toEqual(rules.map(({ alert }: { alert: string }) => alert).toSorted());
  });
});
