import { describe, expect, it } from '@jest/globals';
import { endOf, type OperationCommand } from '../index.js';
import { accepted, after, create, gone, lost, made, manifest, play, refused, types } from './fixture.js';

const parent = { stream: 'process-p', key: 'make/1' };
const begun = create(manifest(['a', 'b']), { parent });
const abort: OperationCommand = { type: 'AbortOperation', reason: 'nobody needs it', time: 9 };

describe('an operation whose parent needs it no more', () => {
  it('begins nothing when nothing has begun, and tells that it failed', () => {
    const state = after(begun, abort);
    expect([state.status, endOf(state), state.failure]).toEqual(['PROVISIONING_FAILED', 'failed', undefined]);
  });

  it('gives up what waits and takes back what was made or may have been', () => {
    const state = after(begun, 'intend', ['a/provision', made], ['b/provision', accepted], abort);
    expect([state.status, endOf(state)]).toEqual(['DEPROVISIONING', undefined]);
    const ended = after(
      begun,
      'intend',
      ['a/provision', made],
      ['b/provision', accepted],
      abort,
      'intend',
      ['a/deprovision', gone],
      ['b/deprovision', gone],
    );
    expect([ended.status, endOf(ended)]).toEqual(['DEPROVISIONED', 'failed']);
  });

  it('waits for an attempt under way, whose outcome counts', () => {
    const told = [begun, 'intend', ['a/provision', refused], abort] as const;
    expect(after(...told).status).toBe('PROVISIONING');
    expect(after(...told, ['b/provision', made]).status).toBe('DEPROVISIONING');
    expect(after(...told, ['b/provision', lost]).status).toBe('DEPROVISIONING');
    expect(after(...told, ['b/provision', refused]).status).toBe('PROVISIONING_FAILED');
  });

  it('goes on taking back what nobody wants', () => {
    const told = [begun, 'intend', ['a/provision', made], ['b/provision', refused]] as const;
    expect(after(...told).status).toBe('DEPROVISIONING');
    expect(types(play(...told, abort))).toEqual(types(play(...told)));
  });

  it('gives up what waits for people to go on, and leaves what it was told to leave', () => {
    const left = create(manifest(['a', 'b'], { onFailure: 'leave' }), { parent });
    const waiting = [left, 'intend', ['a/provision', made], ['b/provision', refused]] as const;
    expect([after(...waiting).status, endOf(after(...waiting))]).toEqual(['PROVISIONING_FAILED', undefined]);
    const state = after(...waiting, abort);
    expect([state.status, endOf(state)]).toEqual(['PROVISIONING_FAILED', 'failed']);
  });

  it('that only takes back is given up', () => {
    const removal = create(manifest('a'), { adopted: { a: { id: 'r7' } }, parent });
    const state = after(removal, 'intend', ['a/deprovision', accepted], abort);
    expect([state.status, endOf(state), state.failure?.code]).toEqual(['DEPROVISIONING_FAILED', 'failed', 'given_up']);
  });

  it('that has ended hears nothing, and neither does one that was told before', () => {
    const ended = [begun, 'intend', ['a/provision', made], ['b/provision', made]] as const;
    expect(types(play(...ended, abort))).toEqual(types(play(...ended)));
    const twice = [begun, 'intend', ['a/provision', refused], abort] as const;
    expect(types(play(...twice, abort))).toEqual(types(play(...twice)));
  });
});
