import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { createMetrics } from '#platform';
import { parse } from 'yaml';
import { bounded, type Sample } from './bounded.js';
import { readModelMetrics } from './read-model-metrics.js';

const root = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

describe('a metric', () => {
  const samples = (count: number): Sample[] =>
    Array.from({ length: count }, (_, i) => ({ labels: { kind: `k${i}` }, value: i }));

  it('has no more label sets than it may; the rest counts under other', () => {
    expect(bounded(samples(3), 3)).toEqual(samples(3));
    expect(bounded(samples(5), 3)).toEqual([...samples(3), { labels: { kind: 'other' }, value: 7 }]);
  });

  it('of a summary is bounded by name, and its quantiles are not added up', () => {
    const counts = samples(4).map((sample) => ({ ...sample, metricName: 'x_count' }));
    const quantiles = samples(4).map((sample) => ({ ...sample, apart: true }));
    const kept = bounded([...counts, ...quantiles], 2);
    expect(kept.map(({ metricName, value }) => [metricName, value])).toEqual([
      ['x_count', 0],
      ['x_count', 1],
      ['x_count', 5],
      [undefined, 0],
      [undefined, 1],
    ]);
  });
});

/** Metrics by name as they are scraped, with their labels. */
async function known(): Promise<Map<string, readonly string[]>> {
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
const boards = readdirSync(new URL('deploy/grafana', root)).map((file) => JSON.parse(read(`deploy/grafana/${file}`)));
const targets = boards.flatMap(({ panels }) => panels.flatMap((panel: any) => panel.targets ?? []));
const expressions: string[] = [...rules, ...targets].map(({ expr }: { expr: string }) => expr);

describe('alert rules and the dashboard', () => {
  it('use metrics that exist, with labels that these have', async () => {
    const metrics = await known();
    expect(expressions.length).toBeGreaterThan(40);
    for (const expression of expressions) {
      const used = [...expression.matchAll(/\b(purveyor_\w+|up)\b(?:\{([^}]*)\})?/g)];
      expect([expression, used.length]).not.toEqual([expression, 0]);
      const labels = used.flatMap(([, name]) => {
        expect([...metrics.keys()]).toContain(name);
        return metrics.get(name!)!;
      });
      for (const [, name, selectors = ''] of used)
        for (const [, label] of selectors.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g))
          expect([name, metrics.get(name!)]).toEqual([name, expect.arrayContaining([label])]);
      for (const [, grouped] of expression.matchAll(/\b(?:by|without) \(([^)]*)\)/g))
        for (const label of grouped!.split(/,\s*/))
          expect([expression, labels]).toEqual([expression, expect.arrayContaining([label])]);
    }
  });

  it('have balanced parentheses and braces', () => {
    for (const expression of expressions) {
      const bare = expression.replaceAll(/"[^"]*"/g, '');
      const count = (mark: string) => bare.split(mark).length;
      expect([count('('), count('{'), count('[')]).toEqual([count(')'), count('}'), count(']')]);
    }
  });

  it('show every figure of the read models', () => {
    const shown = targets.map(({ expr }: { expr: string }) => expr).join(' ');
    for (const { name } of readModelMetrics) expect(shown).toContain(name);
  });

  it('are all in docs/production.md, which knows no others', () => {
    const documented = [...read('docs/production.md').matchAll(/^\| `(Purveyor\w+)`/gm)].map(([, name]) => name!);
    expect(documented.toSorted()).toEqual(rules.map(({ alert }: { alert: string }) => alert).toSorted());
  });

  it('tell of legends what their expression keeps', () => {
    for (const { expr, legendFormat } of targets)
      for (const [, label] of (legendFormat as string).matchAll(/\{\{(\w+)\}\}/g))
        expect([expr, new RegExp(`by \\([^)]*\\b${label}\\b`).test(expr as string)]).toEqual([expr, true]);
  });
});
