import { it } from '@jest/globals';
import type { Asking } from './bad-input.asking.js';

/** Parameters that are unknown, or whose value is none. */
export function queriesSuite({ expectRefused }: Asking): void {
  const GETS = [
    '/api/portfolios',
    '/api/portfolios/:id',
    '/api/processes',
    '/api/processes/x',
    '/api/subscriptions',
    '/api/subscriptions/x',
    '/api/subscriptions/domain-model/x',
    '/api/subscriptions/workflows/x',
    '/api/products',
    '/api/products/:product',
    '/api/dashboards/overview',
    '/api/audit/verify',
    '/api/audit/streams/portfolio-:id',
    '/api/audit/streams/portfolio-:id/state',
    '/api/audit/streams/portfolio-:id/difference',
  ];
  it.each(GETS)('%s refuses a min_position that is none', async (path) => {
    for (const odd of ['x', '-1', '1.5', '', '9'.repeat(30), '1e3'])
      await expectRefused({ path: `${path}?min_position=${odd}` }, 400, 'validation_failed', ['/min_position']);
  });
  it.each(GETS)('%s refuses an unknown parameter', (path) =>
    expectRefused({ path: `${path}?colour=red` }, 400, 'validation_failed', ['/colour']),
  );
  it('refuses a position that does not come', () =>
    expectRefused({ path: '/api/portfolios?min_position=900000000000000' }, 503, 'position_timeout'));

  it.each([
    { path: '/api/portfolios', odd: ['0', '501', 'x', '1.5', '-1', '1e9', ''], field: 'limit' },
    { path: '/api/subscriptions', odd: ['0', '501', 'x'], field: 'limit' },
    { path: '/api/audit/streams/portfolio-:id', odd: ['0', '501', 'x'], field: 'limit' },
    { path: '/api/audit/streams/portfolio-:id', odd: ['-1', 'x', '1.5', '9'.repeat(30)], field: 'from' },
    { path: '/api/audit/streams/portfolio-:id', odd: ['sideways'], field: 'direction' },
    { path: '/api/audit/streams/portfolio-:id/state', odd: ['-1', 'x', '9'.repeat(30)], field: 'revision' },
    { path: '/api/subscriptions', odd: ['yes', '1', ''], field: 'insync' },
    { path: '/api/portfolios', odd: ['x'.repeat(1_001)], field: 'state' },
    { path: '/api/processes', odd: ['x'.repeat(1_001)], field: 'filter' },
  ])('$path refuses a bad $field', async ({ path, odd, field }) => {
    for (const value of odd)
      await expectRefused({ path: `${path}?${field}=${value}` }, 400, 'validation_failed', [`/${field}`]);
  });
  it.each(['/api/portfolios', '/api/subscriptions'])('%s refuses a cursor that is none', async (path) => {
    for (const cursor of ['x', '!', 'MTo', '%00', Buffer.from(`${'9'.repeat(30)}:x`).toString('base64url')])
      await expectRefused({ path: `${path}?cursor=${cursor}` }, 400, 'bad_cursor');
  });
  it('refuses a cursor beside range or sort', async () => {
    for (const more of ['range=0,5', 'sort=status,asc'])
      await expectRefused({ path: `/api/subscriptions?cursor=MTox&${more}` }, 400, 'bad_cursor');
  });
  it.each(['/api/processes', '/api/subscriptions'])('%s refuses a range or sort that is none', async (path) => {
    for (const range of ['5', 'a,b', '5,5', '9,1', '-1,3', '', '9'.repeat(20)])
      await expectRefused({ path: `${path}?range=${range}` }, 400, 'bad_range');
    for (const sort of ['status', 'status,up', 'doc,asc', 'constructor,asc'])
      await expectRefused({ path: `${path}?sort=${sort}` }, 400, 'bad_filter');
  });
  it('refuses a filter that is none', async () => {
    for (const filter of ['status', 'doc,x', '__proto__,x', 'started,yesterday'])
      await expectRefused({ path: `/api/processes?filter=${filter}` }, 400, 'bad_filter');
  });
  it('refuses a parameter given twice', () =>
    expectRefused({ path: '/api/portfolios?state=a&state=b' }, 400, 'validation_failed', ['/state']));
  it.each([
    ['state?revision=9000', 404, 'revision_beyond_end', '/revision'],
    ['state?at=2001-01-01T00:00:00Z', 404, 'instant_before_start', '/at'],
    ['state?revision=0&at=2101-01-01T00:00:00Z', 400, 'point_ambiguous', '/revision'],
    ['state?at=2101-01-01', 400, 'validation_failed', '/at'],
    ['state?at=2101-02-30T00:00:00Z', 400, 'validation_failed', '/at'],
    ['difference?to_revision=9000', 404, 'revision_beyond_end', '/to_revision'],
    ['difference?from_at=2001-01-01T00:00:00Z', 404, 'instant_before_start', '/from_at'],
    ['difference?to_revision=0&to_at=2101-01-01T00:00:00Z', 400, 'point_ambiguous', '/to_revision'],
    ['difference?from_revision=1&to_revision=0', 400, 'bad_range', '/from_revision'],
  ])('refuses %s', (query, status, code, pointer) =>
    expectRefused({ path: `/api/audit/streams/portfolio-:id/${query}` }, status, code, [pointer]),
  );
}
