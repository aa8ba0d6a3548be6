import { Webhook } from 'standardwebhooks';
import { expect } from '@jest/globals';
import type { Asked } from './hostile.provisioner.js';
import { becomes, typesOf } from './operations.js';
import { webhookHeaders } from './webhooks.js';
import type { Answer, World } from './world.js';

export const secret = (byte: number) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`;
export const [NEW, OLD, OTHERS] = [secret(11), secret(12), secret(13)] as const;
export const DONE = { status: 'done', result: { id: 'r', address: { url: 'https://r' } } };

export interface Signing {
  readonly id?: string;
  readonly by?: string;
  readonly aheadMs?: number;
  /** What was signed, where it is not what is sent. */
  readonly signed?: string;
}
let messages = 0;

export function signed(body: unknown, { id = `msg_${++messages}`, by = NEW, aheadMs = 0, signed: of }: Signing = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const time = new Date(Date.now() + aheadMs);
  const headers = webhookHeaders(new Webhook(by), id, of ?? text, time);
  return { text, headers };
}

export const pathOf = (url: string): string => new URL(url).pathname;

export type Talk = ReturnType<typeof talk>;

/** Callbacks by hand, for operations of which a provisioner was asked. */
export function talk(opened: () => World, asked: Asked) {
  function callBack(url: string, body: unknown, how: Signing = {}): Promise<Answer> {
    const { text, headers } = signed(body, how);
    return opened().send('POST', pathOf(url), text, headers);
  }

  /** An operation whose only need the provisioner has taken; its address. */
  async function waiting(type = 'mine', policy?: object): Promise<{ id: string; url: string }> {
    const manifest = { needs: [{ id: 'a', type }], ...(policy && { policy }) };
    const { body } = await opened().api('POST', '/api/operations', { manifest });
    await becomes(opened(), body.id, 'PROVISIONING_REQUESTED');
    return { id: body.id, url: asked.get(`operation-${body.id}/a/provision/1`)!.callbackUrl };
  }

  const silence = async (id: string, call: () => Promise<Answer>): Promise<Answer> => {
    const before = await typesOf(opened(), id);
    const answer = await call();
    expect(await typesOf(opened(), id)).toEqual(before);
    return answer;
  };

  return { opened, asked, callBack, waiting, silence };
}
