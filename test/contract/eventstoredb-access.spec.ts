import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { revision } from '#event-store';
import { chained } from '#testing';
import { openEventStoreDb, type EventStoreDbStore } from '../../libs/event-store/eventstoredb/index.js';
import { makeAuthority } from '../../libs/testing/certificates.js';
import {
  startEventStoreStandIn,
  type EventStoreStandIn,
  type StandInOptions,
} from '../../libs/testing/eventstoredb/index.js';
import { event, fillStream, ids, readEverything, untilCaughtUp } from './contract.support.js';

const USER = { username: 'purveyor', password: 'p@ss:w/rd %' };
const LOGIN = `${USER.username}:${encodeURIComponent(USER.password)}@`;
const GROUP = 'work-v1';

describe('an EventStoreDB that asks who we are', () => {
  const folder = mkdtempSync(join(tmpdir(), 'purveyor-access-'));
  let server: EventStoreStandIn | undefined;
  let store: EventStoreDbStore | undefined;
  afterEach(async () => {
    await store?.close();
    await server?.close();
    [store, server] = [undefined, undefined];
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** A server, and its connection string for a user and further settings. */
  async function start(options: StandInOptions): Promise<(login: string, more?: string) => string> {
    server = await startEventStoreStandIn({ ...options, user: USER });
    const { url } = server;
    return (login, more = '') => url.replace('esdb://', `esdb://${login}`) + more;
  }

  async function startWithTls(nodes = 1) {
    const authority = makeAuthority();
    const file = join(folder, 'ca.crt');
    writeFileSync(file, authority.certificate);
    const url = await start({ tls: authority.issue(), nodes });
    return (login: string) => url(login, `&tlsCAFile=${file}`);
  }

  const open = async (url: string) =>
    (store = await openEventStoreDb({ url, streamPrefix: 'access_', readPatienceMs: 500 }));

  /** Every kind of call that the adapter makes. */
  async function everyCall(given: EventStoreDbStore): Promise<void> {
    const { events } = await fillStream(given, 'process-1', [1, 2]);
    expect(ids(await readEverything(given))).toEqual(ids(events));
    expect((await given.readStream('process-1')).events).toHaveLength(3);
    expect(await untilCaughtUp(given, { after: 0 as never })).toContain('process-1@2');
    expect(await given.groups.setup(GROUP, ['process-'])).toBe('created');
    expect(await given.groups.setup(GROUP, ['process-'])).toBe('updated');
    const stop = new AbortController();
    await fillStream(given, 'process-2', [1]);
    for await (const message of given.groups.feed(GROUP).messages(stop.signal)) {
      expect(message.stream).toBe('process-2');
      message.ack();
      stop.abort();
    }
    expect(await given.groups.parked(GROUP)).toEqual([]);
    await given.groups.replayParked(GROUP);
    expect(await given.groups.list()).toHaveLength(1);
    await given.groups.remove(GROUP);
  }

  it('gets user and password with every call, also on a channel without TLS', async () => {
    const url = await start({});
    await expect(everyCall(await open(url(LOGIN)))).resolves.toBeUndefined();
  });

  it('is reached over TLS by the authority of a file, after a change of the leader too', async () => {
    const url = await startWithTls(3);
    const opened = await open(url(LOGIN));
    await everyCall(opened);
    await server!.changeLeader(200);
    const { head } = await fillStream(opened, 'process-3', [1]);
    await server!.changeLeader(200);
    const again = await opened.append('process-3', revision(0), chained('process-3', head, [event(2)]).events);
    expect(again.revision).toBe(1);
  });

  it.each([
    ['nobody', ''],
    ['a wrong password', 'purveyor:wrong@'],
  ])('refuses %s at once and clearly', async (_who, login) => {
    const url = await startWithTls();
    await expect(open(url(login))).rejects.toMatchObject({
      code: 'store_access_denied',
      message: expect.not.stringContaining('wrong'),
    });
  });

  it('is not spoken to when its authority is another one', async () => {
    const url = await startWithTls();
    writeFileSync(join(folder, 'ca.crt'), makeAuthority().certificate);
    await expect(open(url(LOGIN))).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringMatching(/certificate/),
    });
  });

  it('is not looked for when the file of its authority is missing', async () => {
    const url = await start({});
    const secure = `${url(LOGIN).replace('tls=false', 'tls=true')}&tlsCAFile=/nowhere/ca.crt`;
    await expect(open(secure)).rejects.toMatchObject({
      code: 'store_refused',
      message: expect.stringMatching(/^(?!.*(p%40|p@ss)).*\/nowhere\/ca\.crt/),
    });
  });
});
