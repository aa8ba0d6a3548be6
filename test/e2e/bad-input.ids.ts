import { expect, it } from '@jest/globals';
import { JSON_TYPE, NOBODY, post, type Asking } from './bad-input.asking.js';

/** Addresses with an id of nothing, or one that is none. */
export function idsSuite({ expectRefused, send }: Asking): void {
  const odd = [NOBODY, 'x', '%00', '%F0%9F%92%A5', '..%2F..', "';DROP TABLE", '-1', '9'.repeat(400)];
  const of = (path: string, method = 'GET', json?: unknown) =>
    odd.map((name) => ({ request: { method, path: path.replace('*', name), ...(json !== undefined && { json }) } }));

  it.each(of('/api/portfolios/*'))('GET $request.path', ({ request }) =>
    expectRefused(request, 404, 'portfolio_not_found'),
  );
  it.each(of('/api/portfolios/*/abandon', 'POST', { reason: 'r' }))('POST $request.path', ({ request }) =>
    expectRefused(request, 404, 'portfolio_not_found'),
  );
  it.each(of('/api/portfolios/*/trigger-next-transition', 'POST'))('POST $request.path', ({ request }) =>
    expectRefused(request, 404, 'portfolio_not_found'),
  );
  it.each(of('/api/portfolios/*/stages/TENANT/resume', 'POST', {}))('POST $request.path', ({ request }) =>
    expectRefused(request, 404, 'portfolio_not_found'),
  );
  it.each(of('/api/portfolios/:id/stages/*/resume', 'POST', {}))('POST $request.path', ({ request }) =>
    expectRefused(request, 404, 'stage_not_found'),
  );
  it.each(of('/api/portfolios/:id/stages/*/skip', 'POST', { reason: 'r' }))('POST $request.path', ({ request }) =>
    expectRefused(request, 404, 'stage_not_found'),
  );
  it.each(of('/api/csps/*/plan'))('GET $request.path', ({ request }) => expectRefused(request, 404, 'unknown_csp'));
  it('GET /api/processes/* of nobody', () =>
    expectRefused({ path: `/api/processes/${NOBODY}` }, 404, 'process_not_found'));
  it.each(of('/api/processes/*').slice(1))('GET $request.path', ({ request }) =>
    expectRefused(request, 422, 'uuid_expected'),
  );
  it.each([
    ['/api/processes/*/abort', 'PUT'],
    ['/api/processes/*/resume', 'PUT'],
    ['/api/processes/*', 'DELETE'],
    ['/api/subscriptions/*/set_in_sync', 'PUT'],
  ])('%s %s takes an empty body that is called JSON', async (path, method) => {
    const answer = await send({ method, path: path.replace('*', NOBODY), text: '', headers: JSON_TYPE });
    expect(answer.status).toBe(404);
  });
  it.each(of('/api/processes/*/resume', 'PUT', {}))('PUT $request.path', ({ request }) =>
    expectRefused(request, 404, 'process_not_found'),
  );
  it.each(of('/api/processes/*/abort', 'PUT'))('PUT $request.path', ({ request }) =>
    expectRefused(request, 404, 'process_not_found'),
  );
  it.each(of('/api/processes/*', 'POST', []))('POST $request.path', ({ request }) =>
    expectRefused(request, 404, 'unknown_workflow'),
  );
  it.each(['', 'domain-model/', 'workflows/'].flatMap((sub) => of(`/api/subscriptions/${sub}*`)))(
    'GET $request.path',
    ({ request }) => expectRefused(request, 404, 'subscription_not_found'),
  );
  it.each(of('/api/products/*'))('GET $request.path', ({ request }) => expectRefused(request, 404, 'not_found'));
  it.each(['x', 'portfolio', 'portfolio-', `portfolio-${NOBODY}`, 'nothing-1', '%00-%00', '9'.repeat(400)])(
    'GET /api/audit/streams/%s',
    (stream) => expectRefused({ path: `/api/audit/streams/${stream}` }, 404, 'not_found'),
  );
  it.each(['x', 'portfolio', `portfolio-${NOBODY}`, 'nothing-1'])('GET /api/audit/streams/%s/state', (stream) =>
    expectRefused({ path: `/api/audit/streams/${stream}/state` }, 404, 'not_found'),
  );
  it.each(['x', '%00', 'a.b.c', '9'.repeat(400)])('POST /api/callbacks/%s', (token) =>
    expectRefused(post(`/api/callbacks/${token}`, {}), 404, 'callback_unknown'),
  );
  it('an address that cannot be decoded', () =>
    expectRefused({ path: '/api/portfolios/%E0%A4%A' }, 400, 'bad_request'));
  it('an address longer than any token', () =>
    expectRefused({ path: `/api/portfolios/${'x'.repeat(1_100)}` }, 414, 'address_too_long'));
}
