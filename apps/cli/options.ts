import { readFileSync } from 'node:fs';
import { EXIT, Failed } from './exit-codes.js';
import { Client } from './http/client.js';
import { outputTo, type Output } from './output/output.js';

/** The options every command takes, as they were written. */
export interface GlobalOptions {
  readonly url?: string;
  readonly tokenFile?: string;
  readonly json?: boolean;
  readonly timeout?: string;
  readonly minPosition?: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a command works with. */
export interface Session {
  readonly client: Client;
  readonly output: Output;
}

/** Opens what a command works with, once its options are known. */
export type Open = () => Session;

const HERE = 'http://127.0.0.1:3000';

export function openSession(options: GlobalOptions, env: Environment): Session {
  const { timeout, minPosition } = options;
  const seconds = timeout === undefined ? undefined : wholeNumber('--timeout', timeout, 1, 86_400);
  if (minPosition !== undefined) wholeNumber('--min-position', minPosition, 0);
  return {
    client: new Client(baseOf(options.url ?? env['PURVEYOR_URL'] ?? HERE), tokenOf(options, env), seconds, minPosition),
    output: outputTo(process.stdout, process.stderr, options.json === true),
  };
}

/** A number that a person wrote. `Failed` (usage) names the option. */
export function wholeNumber(name: string, text: string, from: number, to = Number.MAX_SAFE_INTEGER): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= from && value <= to) return value;
  const most = to === Number.MAX_SAFE_INTEGER ? '' : ` to ${to}`;
  throw new Failed(EXIT.usage, `${name} is a whole number from ${from}${most}, not ${JSON.stringify(text)}`);
}

/** Without the slash at its end, so that a path follows. */
function baseOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== '' || url.username !== '')
    throw new Failed(EXIT.usage, `--url is an address such as ${HERE}, not ${JSON.stringify(text)}`);
  return url.href.replace(/\/+$/, '');
}

/** From a file or the environment, never from the command line, where every user of the machine could read it. */
function tokenOf({ tokenFile }: GlobalOptions, env: Environment): string | undefined {
  const file = tokenFile ?? env['PURVEYOR_TOKEN_FILE'];
  const token = (file === undefined ? env['PURVEYOR_TOKEN'] : contentOf(file, 'the token file'))?.trim();
  if (token === undefined || token === '') return undefined;
  if (!/^[\x21-\x7e]+$/.test(token)) throw new Failed(EXIT.usage, 'the token is no single word of printable ASCII');
  return token;
}

/** `Failed` (usage) names the file. */
export function contentOf(file: string, named = file): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Failed(EXIT.usage, `${named} cannot be read: ${(error as Error).message}`);
  }
}
