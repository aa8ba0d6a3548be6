/** What the client of EventStoreDB understands; it prints an unknown setting together with the whole string, password and all. */
const SETTINGS = new Set(
  [
    'connectionName',
    'defaultDeadline',
    'discoveryInterval',
    'gossipTimeout',
    'keepAliveInterval',
    'keepAliveTimeout',
    'maxDiscoverAttempts',
    'nodePreference',
    'throwOnAppendFailure',
    'tls',
    'tlsCAFile',
    'tlsVerifyCert',
    'userCertFile',
    'userKeyFile',
  ].map((name) => name.toLowerCase()),
);

const PART = String.raw`[^\s:@/?#,]+`;
const HOST = String.raw`[\w.-]+(?::\d{1,5})?`;
const SHAPE = new RegExp(
  String.raw`^esdb(?:\+discover)?:\/\/(?:(${PART}):(${PART})@)?(${HOST}(?:,${HOST})*)\/?(?:\?(\S*))?$`,
);

/** A connection string of EventStoreDB as it came, or undefined for what its client would misunderstand or could not use. */
export function readConnectionString(text: string): string | undefined {
  const [, user = '', password = '', hosts, settings = ''] = SHAPE.exec(text) ?? [];
  const whole = hosts !== undefined && [user, password, settings].every(isEncoded);
  return whole && portsOf(hosts).every((port) => port > 0 && port < 65_536) && settings.split('&').every(isSetting)
    ? text
    : undefined;
}

const portsOf = (hosts: string) => hosts.split(',').map((host) => Number(host.split(':')[1] ?? '2113'));

function isSetting(pair: string, _index: number, all: readonly string[]): boolean {
  if (pair === '') return all.length === 1;
  const [name = '', value = '', ...more] = pair.split('=');
  return SETTINGS.has(name.toLowerCase()) && value !== '' && more.length === 0;
}

/** Whether every percent sign begins an escape. */
export function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** `embedded`, or a connection string of EventStoreDB: one host or several, or discovery by name. */
export const readEventStore = (text: string): string | undefined =>
  text === 'embedded' ? text : readConnectionString(text);
