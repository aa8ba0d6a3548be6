import { describe, expect, it } from '@jest/globals';
import { Value } from 'typebox/value';
import { loadConfig } from '#platform';
import { readCallback } from '#runtime';
import { read } from '../../../test/repository/repository.js';
import { provisionerOutcome } from '../http/answer.js';
import { ProvisionerRequestSchema, ProvisionerResultSchema } from '../http/contract.js';
import { provisionerOpenApi } from '../http/openapi.js';

const text = read('docs/how-to/write-a-provisioner.md');
/** From a heading to the next one. */
const section = (heading: string): string => {
  const [, found] = new RegExp(`\n## ${heading}\n([\\s\\S]*?)(?=\n## |$)`).exec(text) ?? [];
  if (found === undefined) throw new Error(`the text has no section ${heading}`);
  return found;
};
const json = (heading: string): string => /```json\n([\s\S]*?)```/.exec(section(heading))![1]!;
const rows = (heading: string): string[] =>
  [...section(heading).matchAll(/^\| ([^|]+?) +\|/gm)].map(([, cell]) => cell!).slice(2);
const contract = provisionerOpenApi() as { paths: Record<string, any> };

/** The end-to-end test of the example runs what "Try one first" says: test/e2e/provisioner-example.e2e.spec.ts. */
describe('docs/how-to/write-a-provisioner.md', () => {
  it('shows a request with everything that one may have', () => {
    const request = JSON.parse(json('What you are sent')) as Record<string, unknown>;
    expect([...Value.Errors(ProvisionerRequestSchema, request)]).toEqual([]);
    expect(Object.keys(request).sort()).toEqual(Object.keys(ProvisionerRequestSchema.properties).sort());
  });

  it.each([
    ['200, 201', [200, 201], 'done'],
    ['202', [202], 'accepted'],
    ['408, 429, 5xx', [408, 429, 500, 503, 599], 'retryable'],
    ['other 4xx', [400, 404, 409, 422], 'refused'],
    ['anything else, or no answer', [302, 204], 'unknown'],
  ])('says what %s means', (row, statuses, kind) => {
    expect(rows('What you answer')).toContain(row);
    for (const status of statuses) {
      const answer = { status, headers: new Headers(), text: status < 202 ? '{"address":{}}' : '' };
      const outcome = provisionerOutcome(answer, 'http://there/', 0);
      expect([status, outcome.kind === 'failed' ? outcome.failure.kind : outcome.kind]).toEqual([status, kind]);
    }
  });

  it('names every row of the answers', () => expect(rows('What you answer')).toHaveLength(5));

  it('shows a callback of each kind that the intake takes', () => {
    const bodies = json('How you call back')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { result?: unknown });
    expect(bodies.map((body) => readCallback(body))).toMatchObject([
      { kind: 'done' },
      { kind: 'failed', failure: { kind: 'refused', code: 'QuotaExceeded' } },
      { kind: 'pending', progress: { percent: 40 } },
    ]);
    expect([...Value.Errors(ProvisionerResultSchema, bodies[0]!.result)]).toEqual([]);
  });

  it('says what to do about every answer to a callback', () => {
    const { responses } = contract.paths['/'].post.callbacks.answer['{$request.body#/callbackUrl}'].post;
    expect(rows('How you call back').sort()).toEqual(Object.keys(responses).sort());
  });

  it('shows a registration that is taken, with every setting there is', () => {
    const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
    const PURVEYOR_PROVISIONERS = json('Register it').replace('whsec_...', secret);
    const { provisioners } = loadConfig({ PURVEYOR_PROVISIONERS }, { keys: 'leave' });
    expect(provisioners).toEqual(JSON.parse(PURVEYOR_PROVISIONERS));
    const [, settings] = /a JSON array of \{([^}]*)\}/.exec(read('libs/platform/config/config.ts'))!;
    expect(Object.keys(provisioners[0]!).sort()).toEqual(settings!.replaceAll('?', '').split(', ').sort());
  });

  it('leads to files that are there', () => {
    for (const [, path] of text.matchAll(/\]\((\.\.[^)]+)\)/g))
      expect(read(`docs/how-to/${path}`).length).toBeGreaterThan(0);
    for (const [, path] of text.matchAll(/`((?:libs|scripts)\/[^`]+)`/g)) expect(read(path!).length).toBeGreaterThan(0);
  });
});
