import { Type, type TSchema } from 'typebox';
import { Errors } from 'typebox/schema';
import { DEFAULT_SETTINGS, type Behaviour, type ScriptMatch, type Settings } from './sandbox.types.js';

const strict = { additionalProperties: false };
const Milliseconds = Type.Integer({ minimum: 0 });
const Reported = Type.Object(
  { code: Type.String(), message: Type.String(), retryable: Type.Optional(Type.Boolean()) },
  strict,
);
const CallbackModes = Type.Enum(['twice', 'late', 'early', 'never', 'failed']);

/** Fields of each behaviour beside `kind`. */
const BEHAVIOURS: Record<Behaviour['kind'], Record<string, TSchema>> = {
  fail: {
    status: Type.Integer({ minimum: 300, maximum: 599 }),
    retryAfter: Type.Optional(Type.Union([Milliseconds, Type.String()])),
    body: Type.Optional(Type.Unknown()),
  },
  delay: { ms: Milliseconds },
  hang: {},
  cut: {},
  lose_answer: {},
  garbage: {
    shape: Type.Optional(Type.Enum(['text', 'json'])),
    body: Type.Optional(Type.Unknown()),
    work: Type.Optional(Type.Boolean()),
  },
  callback: { mode: CallbackModes, delayMs: Type.Optional(Milliseconds), error: Type.Optional(Reported) },
  poll: {
    times: Type.Integer(),
    outcome: Type.Optional(Type.Literal('failed')),
    retryAfter: Type.Optional(Milliseconds),
    error: Type.Optional(Reported),
  },
  instant: {},
};

const text = Type.Optional(Type.String());
const Match = Type.Object(
  { method: text, path: text, bodyContains: text, kind: text, key: text, keyContains: text },
  strict,
);

function scriptSchema(kind: Behaviour['kind']): TSchema {
  return Type.Object(
    {
      match: Type.Optional(Match),
      times: Type.Optional(Type.Integer()),
      behaviour: Type.Object({ kind: Type.Literal(kind), ...BEHAVIOURS[kind] }, strict),
    },
    strict,
  );
}

const settingNames = Object.keys(DEFAULT_SETTINGS);
const SettingsSchema = Type.Object(
  Object.fromEntries(settingNames.map((name) => [name, Type.Optional(Milliseconds)])),
  strict,
);

function faults(schema: TSchema, value: unknown): string | undefined {
  const [, found] = Errors(schema, value);
  if (found.length === 0) return undefined;
  return found.map((fault) => `${fault.instancePath || '/'} ${fault.message}`).join('; ');
}

export interface CheckedScript {
  readonly match: ScriptMatch;
  readonly times: number;
  readonly behaviour: Behaviour;
}

/** An operation's course is set when it is accepted; a script on its polls would start it anew each time. */
function misplacedPoll({ match, behaviour }: CheckedScript): string | undefined {
  if (behaviour.kind !== 'poll' || match?.path?.startsWith('/csp/azure/operations') !== true) return undefined;
  return '/match/path must name the create whose operation is polled, such as /csp/azure/billing-profiles';
}

/** The script with its defaults, or a sentence that says what is wrong. */
export function checkScript(value: unknown): CheckedScript | string {
  const kind = (value as { behaviour?: { kind?: unknown } } | undefined)?.behaviour?.kind;
  if (typeof kind !== 'string' || !Object.hasOwn(BEHAVIOURS, kind)) {
    return `/behaviour/kind must be one of ${Object.keys(BEHAVIOURS).join(', ')}`;
  }
  const fault = faults(scriptSchema(kind as Behaviour['kind']), value) ?? misplacedPoll(value as CheckedScript);
  return fault ?? { match: {}, times: 1, ...(value as Partial<CheckedScript> & { behaviour: Behaviour }) };
}

/** The settings named, or a sentence that says what is wrong. */
export function checkSettings(value: unknown): Partial<Settings> | string {
  return faults(SettingsSchema, value) ?? (value as Partial<Settings>);
}
