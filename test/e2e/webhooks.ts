import type { Webhook } from 'standardwebhooks';

/** What the library of Standard Webhooks, which is not the server's own code, sends with a message. */
export const webhookHeaders = (signer: Webhook, id: string, text: string, time = new Date()) => ({
  'webhook-id': id,
  'webhook-timestamp': String(Math.floor(time.getTime() / 1_000)),
  'webhook-signature': signer.sign(id, time, text),
});
