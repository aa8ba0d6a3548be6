import { CallbackBodySchema } from '#runtime';
import { ProvisionerRequestSchema, ProvisionerResultSchema } from './contract.js';

const json = (schema: object) => ({ content: { 'application/json': { schema } } });
const answer = (description: string, schema?: object) => ({ description, ...(schema && json(schema)) });
const header = (name: string, description: string, required = true) => ({
  name,
  in: 'header',
  required,
  description,
  schema: { type: 'string' },
});

const PROBLEM = {
  type: 'object',
  properties: { error: { type: 'object', properties: { code: { type: 'string' }, message: { type: 'string' } } } },
};
const SIGNATURE = [
  header('webhook-id', 'Standard Webhooks: unique for the message, the same in every attempt'),
  header('webhook-timestamp', 'Standard Webhooks: seconds since the epoch'),
  header('webhook-signature', 'Standard Webhooks: v1 signatures, separated by spaces, one for each active secret'),
];

/** What the provisioner answers, whether it is posted to or asked. */
const answers = {
  '200': answer('Done. On deprovision the body may be empty.', ProvisionerResultSchema),
  '201': answer('Done, as 200.', ProvisionerResultSchema),
  '202': {
    description: 'Accepted: a callback follows, or Location is polled, at the pace of Retry-After (seconds or a date).',
    headers: { Location: { schema: { type: 'string' } }, 'Retry-After': { schema: { type: 'string' } } },
  },
  '4XX': answer('Refused for good; error.code and error.message are shown to people.', PROBLEM),
  '408': answer('Sent again later, as 429 and 5XX.', PROBLEM),
  '429': answer('Sent again after Retry-After.', PROBLEM),
  '5XX': answer('Sent again after Retry-After or a back-off, with the same key and body.', PROBLEM),
  default: { description: 'Anything else leaves the outcome unknown: sent again with the same key.' },
};

const callback = {
  post: {
    operationId: 'callBack',
    summary: 'Tell how it ended, or how far it is',
    parameters: SIGNATURE,
    requestBody: { required: true, ...json(CallbackBodySchema) },
    responses: {
      '202': { description: 'Accepted; also for an exact duplicate, which changes nothing' },
      '400': { description: 'Malformed; `errors` names each fault by JSON pointer. Do not repeat.' },
      '401': { description: 'Not signed with a secret of this provisioner, or more than five minutes off' },
      '404': { description: 'Unknown address. Do not repeat.' },
      '409': { description: 'The request has ended with another answer. Do not repeat.' },
      '410': { description: 'Too late; recorded, an operator can accept it. Do not repeat.' },
      '413': { description: 'Over 1 MiB. Do not repeat.' },
      '5XX': { description: 'Not now: repeat under the same webhook-id after Retry-After.' },
    },
  },
};

/** The contract of external provisioners as an OpenAPI 3.1 document, made from the schemas that the code checks with. */
export function provisionerOpenApi(): object {
  const document = {
    openapi: '3.1.0',
    info: {
      title: 'Purveyor provisioner contract',
      version: '1.0.0',
      description: 'What an external provisioner implements. See docs/how-to/write-a-provisioner.md.',
    },
    servers: [{ url: 'https://provisioner.example.org', description: 'the endpoint that PURVEYOR_PROVISIONERS names' }],
    paths: {
      '/': {
        post: {
          operationId: 'handleRequest',
          summary: 'Provision or deprovision one resource; idempotent by Idempotency-Key',
          parameters: [
            header('Idempotency-Key', 'one for each logical request, the same in every attempt'),
            header('X-Attempt', 'from 1'),
            header('X-Correlation-Id', 'for logs'),
            header('traceparent', 'W3C trace context', false),
            ...SIGNATURE,
          ],
          requestBody: { required: true, ...json(ProvisionerRequestSchema) },
          responses: answers,
          callbacks: { answer: { '{$request.body#/callbackUrl}': callback } },
        },
      },
      '/requests/{key}': {
        get: {
          operationId: 'requestStatus',
          summary: 'How a request stands: the status probe, offered with `probe: true`',
          parameters: [{ name: 'key', in: 'path', required: true, schema: { type: 'string' } }, ...SIGNATURE],
          responses: { ...answers, '404': { description: 'Never heard of it: it may be sent again.' } },
        },
      },
    },
  };
  return JSON.parse(JSON.stringify(document)) as object;
}
