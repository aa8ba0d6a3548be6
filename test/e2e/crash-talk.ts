import { createHash } from 'node:crypto';
import { CallbackTokens } from '#runtime';
import type { Reached } from './crash-flows.js';
import { type Answer, until } from './world.js';

/** Of the servers of the matrix, so that the address of a callback is known without having been told. */
const KEY = Buffer.alloc(32, 9);
export const CALLBACK_KEYS = { PURVEYOR_CALLBACK_KEYS: `e2e:${KEY.toString('base64')}` };
const tokens = new CallbackTokens([{ id: 'e2e', key: KEY }], '');

/** A process that is given commands while it runs. All that is said may be said again from its beginning. */
export class Talk {
  constructor(
    private readonly world: Reached,
    readonly id: string,
  ) {}

  /** A command under a key of its own, which makes a repeat harmless. */
  async tell(method: string, path: string, body?: unknown): Promise<Answer> {
    const said = JSON.stringify([this.id, method, path, body]);
    const key = createHash('sha256').update(said).digest('hex');
    const answer = await this.world.api(method, path, body, { 'idempotency-key': key });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer;
  }

  own(method: string, what: string, body?: unknown): Promise<Answer> {
    return this.tell(method, `/api/processes/${this.id}${what}`, body);
  }

  /** The other side of a callback step: its answer, or how far it is. */
  rings(step: string, what = '', body: object = { rang: 'twice' }): Promise<Answer> {
    const token = tokens.mint(`process-${this.id}`, `${step}/action/1`);
    return this.own('POST', `/callback/${token}${what}`, body);
  }

  /** Waits for one of these statuses; `hidden` is that of a task which is in no list any more. */
  is(...statuses: readonly string[]): Promise<string> {
    const status = async () => {
      const { status: code, body } = await this.world.api('GET', `/api/processes/${this.id}`);
      if (code !== 404) return body.last_status as string;
      // The views do not have it yet, or not any more.
      const events = await this.world.events(`process-${this.id}`);
      return events.some(({ type }) => type === 'ProcessHidden') ? 'hidden' : 'none';
    };
    return until(status, (found) => statuses.includes(found));
  }

  /** Another process that this one is followed by. */
  async begins(workflow: string, pages: readonly object[]): Promise<Talk> {
    const { body } = await this.tell('POST', `/api/processes/${workflow}`, pages);
    return new Talk(this.world, body.id);
  }

  async subscription(): Promise<string> {
    return (await this.world.api('GET', `/api/processes/${this.id}`)).body.current_state.subscription_id;
  }
}
