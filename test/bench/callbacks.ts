import { loadConfig, signWebhook } from '#platform';
import { step, workflow } from '#workflow';
import { ReceiveCallback, ReceiveCallbackHandler } from '../../apps/server/callbacks/receive-callback.command.js';
import { Caches } from '../../apps/server/settings/caches.js';
import { RejectedCallbacks } from '../../apps/server/callbacks/rejected-callbacks.js';
import { openParts } from '../../apps/server/composition/open-parts.js';
import { percentile } from './statistics.js';

export interface CallbackLine {
  readonly scenario: string;
  readonly callbacks: number;
  readonly 'p50 ms': number;
  readonly 'p99 ms': number;
}

const CALLER = { tenant: 'default', actor: 'bench', correlationId: 'bench', route: 'POST /api/callbacks' };

/** From the arrival of a signed callback at the intake to the moment the next step's request leaves: one append lies between. */
export async function callbackLatency(directory: string): Promise<readonly CallbackLine[]> {
  const waiting = new Map<string, (url: string) => void>();
  const left = new Map<string, (at: number) => void>();
  const pair = workflow({ key: 'pair', version: 1, target: 'SYSTEM', description: 'Callback, then a request' }, [
    step({
      key: 'wait',
      policy: { completion: { kind: 'callback', deadlineMs: 600_000 } },
      handler: (_, context) => {
        waiting.get(context.processId)!(context.callbackUrl);
        return { kind: 'accepted' };
      },
    }),
    step({
      key: 'next',
      handler: (_, context) => {
        left.get(context.processId)!(performance.now());
        return {};
      },
    }),
  ]);
  const config = loadConfig({ PURVEYOR_DATA_DIR: directory, PURVEYOR_LOG_LEVEL: 'error' });
  const parts = await openParts(config, { workflows: [pair] });
  await parts.runtime.start();
  const intake = new ReceiveCallbackHandler(parts, new RejectedCallbacks(parts), new Caches());

  const once = async (): Promise<number> => {
    const id = parts.ids.uuid();
    const [asked, sent] = [
      new Promise<string>((resolve) => waiting.set(id, resolve)),
      new Promise<number>((resolve) => left.set(id, resolve)),
    ];
    const start = { type: 'StartProcess', workflow: 'pair', state: {}, createdBy: 'bench', time: Date.now() };
    const context = { ...CALLER, commandId: id, causationId: id };
    await parts.runtime.dispatch(`process-${id}`, start, context);
    const token = (await asked).split('/').at(-1)!;
    await accepted(id);
    const body = '{"status":"done","result":{}}';
    const headers = { ...signWebhook(config.webhookSecrets, { id: `msg_${id}`, time: Date.now(), body }) };
    const began = performance.now();
    await intake.execute(new ReceiveCallback(token, Buffer.from(body), headers, CALLER, '127.0.0.1'));
    return (await sent) - began;
  };

  /** Until the answer that the other side took it is recorded: the callback is not to find the attempt still running. */
  const accepted = async (id: string): Promise<void> => {
    while ((await parts.runtime.load<{ status: string }>(`process-${id}`)).state.status !== 'awaiting_callback')
      await new Promise((resolve) => setImmediate(resolve));
  };

  const measure = async (scenario: string, lanes: number, each: number): Promise<CallbackLine> => {
    const times: number[] = [];
    const lane = async () => {
      for (let n = 0; n < each; n++) times.push(await once());
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    const rounded = (share: number) => Number(percentile(times, share).toFixed(2));
    return { scenario, callbacks: times.length, 'p50 ms': rounded(0.5), 'p99 ms': rounded(0.99) };
  };
  try {
    await measure('warm-up', 8, 25);
    return [
      await measure('callback to next request, idle', 1, 200),
      await measure('callback to next request, 64 flows at once', 64, 30),
    ];
  } finally {
    await parts.close();
  }
}
