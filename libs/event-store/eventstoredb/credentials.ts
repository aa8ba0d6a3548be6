import type { Credentials } from '@eventstore/db-client';

/** User and password of a connection string, percent-decoded; undefined where it has none. */
export function credentialsIn(url: string): Credentials | undefined {
  const [, username, password] = /^esdb(?:\+discover)?:\/\/([^:@/]+):([^@/]*)@/.exec(url) ?? [];
  if (username === undefined || password === undefined) return undefined;
  return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
}

/** Whether a connection string goes without TLS. */
export const isInsecure = (url: string): boolean => /[?&]tls=false(&|$)/i.test(url);

/** RFC 7617. */
export const basic = ({ username, password }: Credentials): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
