import { describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '#event-store';
import { renamed } from './lifecycle.js';

const told = (type: string, data: object) => renamed({ type, data } as unknown as RecordedEvent);

describe('where a step is after a migration', () => {
  it('follows the keys of a process, in each element of a for-each too; null is gone', () => {
    const rename = told('ProcessMigrated', { keys: { old: 'new', 'fan/*/a': 'fan/*/b', left: null } })!;
    expect(['old', 'fan/7/a', 'left', 'other'].map((step) => rename(step))).toEqual(['new', 'fan/7/b', null, 'other']);
  });

  it('follows the stages of a plan with all that is below them', () => {
    const rename = told('PlanMigrated', { stages: { TENANT: 'TENANCY' } })!;
    expect(['TENANT', 'TENANT/secret', 'GONE'].map((step) => rename(step))).toEqual([
      'TENANCY',
      'TENANCY/secret',
      null,
    ]);
  });

  it('is as it was with every other event', () => {
    expect(told('StepCompleted', {})).toBeUndefined();
  });
});
