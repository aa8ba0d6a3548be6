import type { Metric } from 'prom-client';
import type { Parts } from '../composition/parts.js';
import { bounded, type Sample } from './bounded.js';
import { lookAt, readModelMetrics, type ReadModelMetric } from './read-model-metrics.js';

/** Several collectors may scrape every process: the read models are looked at once in this time. */
const FRESH_MS = 10_000;

/** Puts what the read models tell into the registry of a process that answers queries; others would only tell the same. */
export class ReadModelMeters {
  private readonly samples = new Map<string, readonly Sample[]>();
  private looked: { readonly at: number; readonly done: Promise<void> } | undefined;
  private readonly on: boolean;

  constructor(private readonly parts: Parts) {
    this.on = parts.config.roles.includes('api');
    if (!this.on) return;
    for (const metric of readModelMetrics) parts.metrics.registry.registerMetric(this.meter(metric));
  }

  /** Never rejects: what cannot be asked keeps its last value, like other figures. */
  async refresh(): Promise<void> {
    const at = this.parts.clock.now();
    if (!this.on) return;
    if (this.looked === undefined || Math.abs(at - this.looked.at) >= FRESH_MS)
      this.looked = { at, done: this.look(at).catch(() => {}) };
    await this.looked.done;
  }

  private async look(now: number): Promise<void> {
    const look = await lookAt(this.parts.readModels, now);
    for (const metric of readModelMetrics) this.samples.set(metric.name, bounded(await metric.read(look)));
  }

  private meter({ name, help, type }: ReadModelMetric): Metric {
    const aggregator = 'first';
    const meter = {
      name,
      help,
      type,
      aggregator,
      get: async () => ({ name, help, type, aggregator, values: this.samples.get(name) ?? [] }),
      reset: () => this.samples.delete(name),
    };
    return meter as unknown as Metric;
  }
}
