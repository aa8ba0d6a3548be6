import { describe, expect, it } from '@jest/globals';
import { checkHealth } from './health.js';
import { createMetrics } from './metrics.js';

describe('createMetrics', () => {
  it('tells what was counted, in the format of Prometheus', async () => {
    const metrics = createMetrics({ processMetrics: false });
    metrics.effects.inc({ effect: 'http', outcome: 'done' });
    metrics.effectsInFlight.set(2);
    metrics.appendedEvents.add(2);
    metrics.appendedEvents.add(1);
    metrics.httpSeconds.observe({ method: 'GET', route: '/api/portfolios', status: '200' }, 0.003);
    const text = await metrics.registry.metrics();
    expect(text).toContain('purveyor_effects_total{effect="http",outcome="done"} 1');
    expect(text).toContain('purveyor_effects_in_flight 2');
    expect(text).toContain('purveyor_appended_events_total 3');
    expect(await metrics.registry.metrics()).toContain('purveyor_appended_events_total 3');
    expect(text).toContain(
      'purveyor_http_request_duration_seconds_count{method="GET",route="/api/portfolios",status="200"} 1',
    );
    expect(text).not.toContain('process_cpu');
  });

  it('keeps two instances apart, with process metrics by default', async () => {
    const [one, two] = [createMetrics(), createMetrics()];
    one.stuck.inc({ category: 'portfolio' });
    expect(await two.registry.metrics()).not.toContain('purveyor_stuck_total{');
    expect(await two.registry.metrics()).toContain('process_cpu_user_seconds_total');
  });
});

describe('checkHealth', () => {
  it('is well when all parts are', async () => {
    expect(await checkHealth({ log: () => 'at 17', views: async () => undefined })).toEqual({
      status: 'ok',
      checks: { log: { status: 'ok', detail: 'at 17' }, views: { status: 'ok' } },
    });
  });

  it('names the part that is not, and does not wait for ever', async () => {
    const health = await checkHealth(
      { a: () => Promise.reject(new Error('disk full')), b: () => new Promise<void>(() => undefined), c: () => 'fine' },
      20,
    );
    expect(health.status).toBe('failed');
    expect(health.checks).toEqual({
      a: { status: 'failed', detail: 'disk full' },
      b: { status: 'failed', detail: 'no answer within 20 ms' },
      c: { status: 'ok', detail: 'fine' },
    });
  });
});
