import { type DestinationStream, type Logger, pino } from 'pino';
import { PinoPretty } from 'pino-pretty';
import { currentContext } from './context.js';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const SECRET_NAMES = [
  'password',
  'secret',
  'secrets',
  'clientSecret',
  'client_secret',
  'token',
  'scimToken',
  'ldapPassword',
  'nrmToken',
  'accessToken',
  'access_token',
  'refresh_token',
  'vaultKey',
  'callbackKeys',
  'callbackUrl',
  'webhookSecrets',
  'apiKey',
  'api_key',
  'authorization',
  'Authorization',
  'cookie',
  '["set-cookie"]',
  '["webhook-signature"]',
];

/** Wildcards of pino stand for one level each: secrets are looked for down to the fourth. */
const REDACTED = ['', '*.', '*.*.', '*.*.*.'].flatMap((prefix) =>
  SECRET_NAMES.map((name) => (name.startsWith('[') && prefix !== '' ? prefix.slice(0, -1) + name : prefix + name)),
);

export interface LoggerOptions {
  readonly level?: LogLevel;
  /** Lines for people instead of JSON; by default when stdout is a terminal. */
  readonly pretty?: boolean;
  /** Where JSON lines go instead of stdout. */
  readonly destination?: DestinationStream;
}

/** One JSON object per line, with the fields of the current {@link RequestContext}; secret-looking fields read `[redacted]`. */
export function createLogger(options: LoggerOptions = {}): Logger {
  const pretty = options.pretty ?? (options.destination === undefined && process.stdout.isTTY);
  return pino(
    {
      level: options.level ?? 'info',
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: REDACTED, censor: '[redacted]' },
      mixin: () => ({ ...currentContext() }),
    },
    pretty
      ? PinoPretty({ sync: true, destination: options.destination ?? 1 })
      : (options.destination ?? pino.destination({ sync: true })),
  );
}
