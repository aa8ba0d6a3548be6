import { inspect } from 'node:util';
import {
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsDefined,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  Max,
  Min,
} from 'class-validator';
import { LOG_LEVELS, type LogLevel } from '../log/logger.js';
import { readEventStore } from './connection-string.js';
import { readSmtpUrl } from './smtp-url.js';
import { boundVariables, FromEnvironment } from './variable.js';
import { readOutgoing, readProvisioners, type ProvisionerSetting } from './provisioners.js';
import {
  type CspLimit,
  type NamedKey,
  readCspLimits,
  readHttpUrl,
  readKey,
  readLdapUrl,
  readList,
  readNamedKeys,
  readPublicKeys,
  readSigningKey,
  readReadModels,
  readStreamPrefix,
  readSwitch,
  readWebhookSecrets,
  readWhole,
} from './read.js';

export const ROLES = ['api', 'worker', 'projector'] as const;
export type Role = (typeof ROLES)[number];

/** Shared by server and sandbox so that the demo runs unconfigured. Public, therefore worth nothing outside of development. */
export const DEVELOPMENT_WEBHOOK_SECRET = 'whsec_cHVydmV5b3ItZGV2ZWxvcG1lbnQtc2VjcmV0LTAwMDE=';

/** As above, for the sandbox's cloud service provider. */
const DEVELOPMENT_CSP_SECRET = 'sandbox-root-secret';

const PORT = 'a whole number from 0 (any free port) to 65535';

/** Everything the server can be told from outside. Printing it redacts secrets. */
export class Config {
  @FromEnvironment('PURVEYOR_PORT', {
    default: '3000',
    meaning: 'Port of the HTTP API.',
    allowed: PORT,
    read: readWhole,
  })
  @IsInt()
  @Max(65535)
  port!: number;

  @FromEnvironment('PURVEYOR_HOST', {
    default: '127.0.0.1',
    meaning: 'Address the HTTP API listens on; 0.0.0.0 for all.',
    allowed: 'an IP address or host name',
  })
  @IsString()
  @IsNotEmpty()
  host!: string;

  @FromEnvironment('PURVEYOR_TOKENS_FILE', {
    meaning:
      'File of the bearer tokens that may use the API; `main.js token NAME ROLE` makes a line. Without it: loopback only.',
    allowed: 'a path of a file with lines NAME ROLE[,ROLE] sha256:HASH',
  })
  @IsOptional()
  @IsString()
  tokensFile?: string;

  @FromEnvironment('PURVEYOR_DATA_DIR', {
    default: './data',
    meaning: 'Directory of the embedded log, the views and the vault. One server per directory.',
    allowed: 'a path',
  })
  @IsString()
  @IsNotEmpty()
  dataDir!: string;

  @FromEnvironment('PURVEYOR_EVENT_STORE', {
    default: 'embedded',
    meaning: 'Where the log is kept. Without it: embedded, in the data directory.',
    allowed:
      "'embedded', or a connection string of EventStoreDB, esdb://..., what is special in user and password percent-encoded",
    secret: true,
    read: readEventStore,
  })
  @IsString()
  eventStore!: string;

  @FromEnvironment('PURVEYOR_STREAM_PREFIX', {
    meaning: 'Stands before every stream name in an EventStoreDB that others use too; only such streams are seen.',
    allowed: 'up to 32 letters, digits and underscores that end in an underscore',
    read: readStreamPrefix,
  })
  @IsOptional()
  @IsString()
  streamPrefix?: string;

  @FromEnvironment('PURVEYOR_READ_MODELS', {
    default: 'sqlite',
    meaning: 'Where the views are kept. Without it: sqlite, a file in the data directory.',
    allowed: "'sqlite', or postgres://... together with PURVEYOR_EVENT_STORE=esdb://...",
    secret: true,
    read: readReadModels,
  })
  @IsString()
  readModels!: string;

  @FromEnvironment('PURVEYOR_ROLES', {
    default: 'api,worker,projector',
    meaning: 'What this process does.',
    allowed: 'a comma list of api, worker and projector, each at most once',
    read: readList,
  })
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(ROLES, { each: true })
  roles!: readonly Role[];

  @FromEnvironment('PURVEYOR_SANDBOX_PORT', {
    default: '3100',
    meaning: 'Port of the sandbox, the world outside for demo and tests.',
    allowed: PORT,
    read: readWhole,
  })
  @IsInt()
  @Max(65535)
  sandboxPort!: number;

  @FromEnvironment('PURVEYOR_DEMO', {
    default: 'off',
    meaning: 'Whether the sandbox is started and a demo seeded; `npm start` turns it on.',
    allowed: 'on or off',
    read: readSwitch,
  })
  @IsBoolean()
  demo!: boolean;

  @FromEnvironment('PURVEYOR_LOG_LEVEL', {
    default: 'info',
    meaning: 'Least important lines that are logged.',
    allowed: `one of ${LOG_LEVELS.join(', ')}`,
  })
  @IsIn(LOG_LEVELS)
  logLevel!: LogLevel;

  @FromEnvironment('PURVEYOR_PUBLIC_URL', {
    meaning:
      'Base of the callback URLs given to others; requests under way keep theirs. Without it: http://<host>:<port>; a process without the role api needs it.',
    allowed: 'an http(s) URL',
    read: readHttpUrl,
  })
  @IsString()
  publicUrl!: string;

  @FromEnvironment('PURVEYOR_VAULT_KEY', {
    meaning:
      'Master key of vault and subject keys. Without it one is made in the data directory, for development only.',
    allowed: '32 bytes in base64',
    secret: true,
    read: readKey,
  })
  @IsOptional()
  vaultKey!: Uint8Array;

  @FromEnvironment('PURVEYOR_CALLBACK_KEYS', {
    meaning:
      'Keys of the callback tokens: the first signs, all verify. Without it one is made in the data directory, for development only.',
    allowed: 'a comma list of id:key, each key 32 bytes or more in base64, ids different',
    secret: true,
    read: readNamedKeys,
  })
  @IsOptional()
  callbackKeys!: readonly NamedKey[];

  @FromEnvironment('PURVEYOR_CSP_URL', {
    meaning: 'Base URL of the cloud service provider. Without it: the sandbox.',
    allowed: 'an http(s) URL',
    read: readHttpUrl,
  })
  @IsString()
  cspUrl!: string;

  @FromEnvironment('PURVEYOR_CSP_TENANT_ID', {
    default: 'purveyor',
    meaning: 'Our own tenant at the cloud service provider.',
    allowed: 'a text',
  })
  @IsString()
  @IsNotEmpty()
  cspTenantId!: string;

  @FromEnvironment('PURVEYOR_CSP_CLIENT_ID', {
    default: 'purveyor-root',
    meaning: 'Our own service principal at the cloud service provider.',
    allowed: 'a text',
  })
  @IsString()
  @IsNotEmpty()
  cspClientId!: string;

  @FromEnvironment('PURVEYOR_CSP_CLIENT_SECRET', {
    default: DEVELOPMENT_CSP_SECRET,
    meaning: 'Secret of our own service principal. The default is public, for the sandbox only.',
    allowed: 'a text',
    secret: true,
  })
  @IsString()
  @IsNotEmpty()
  cspClientSecret!: string;

  @FromEnvironment('PURVEYOR_CSP_ATTEMPT_MS', {
    default: '10000',
    meaning: 'How long one attempt of a stage may take, in milliseconds; then its outcome is unknown.',
    allowed: 'a whole number from 100 to 60000',
    read: readWhole,
  })
  @IsInt()
  @Min(100)
  @Max(60_000)
  cspAttemptMs!: number;

  @FromEnvironment('PURVEYOR_CSP_LIMITS', {
    default: 'azure:64:0',
    meaning: 'What each CSP is spared in one process: attempts at once, and attempts begun in a second (0: no limit).',
    allowed: 'a comma list of csp:concurrency:perSecond, each CSP at most once',
    read: readCspLimits,
  })
  @IsArray()
  cspLimits!: readonly CspLimit[];

  @FromEnvironment('PURVEYOR_DEADLINE_GRACE_SECONDS', {
    default: '300',
    meaning:
      'For so long after the start, and after the engine was paused, no wait ends for lack of an answer: answers could not come in.',
    allowed: 'a whole number from 0 to 3600',
    read: readWhole,
  })
  @IsInt()
  @Max(3_600)
  deadlineGraceSeconds!: number;

  @FromEnvironment('PURVEYOR_DEFAULT_SCHEDULES', {
    default: 'on',
    meaning: 'Whether the first start makes schedules of the built-in tasks; they can be changed and deleted.',
    allowed: 'on or off',
    read: readSwitch,
  })
  @IsBoolean()
  defaultSchedules!: boolean;

  @FromEnvironment('PURVEYOR_VALIDATE_OUT_OF_SYNC', {
    default: 'off',
    meaning: 'Whether the tasks that validate subscriptions start validations of those too that are out of sync.',
    allowed: 'on or off',
    read: readSwitch,
  })
  @IsBoolean()
  validateOutOfSync!: boolean;

  @FromEnvironment('PURVEYOR_TRANSLATIONS_DIR', {
    meaning: 'Directory with texts of your own for clients, en-GB.json and so on; they go before the built-in ones.',
    allowed: 'a path',
  })
  @IsOptional()
  @IsString()
  translationsDir?: string;

  @FromEnvironment('PURVEYOR_SMTP_URL', {
    meaning: 'SMTP server that takes notices to people. Without it none are sent, and the log says so.',
    allowed: 'smtp://[user:password@]host:port or smtps://...',
    secret: true,
    read: readSmtpUrl,
  })
  @IsOptional()
  @IsString()
  smtpUrl?: string;

  @FromEnvironment('PURVEYOR_MAIL_FROM', {
    default: 'purveyor@localhost',
    meaning: 'Sender of notices.',
    allowed: 'an e-mail address',
  })
  @IsString()
  @IsNotEmpty()
  mailFrom!: string;

  @FromEnvironment('PURVEYOR_DIRECTORY', {
    default: 'scim',
    meaning: 'How the directory of users and groups is spoken to; the settings of the other kind have no effect.',
    allowed: 'scim or ldap',
  })
  @IsIn(['scim', 'ldap'])
  directory!: 'scim' | 'ldap';

  @FromEnvironment('PURVEYOR_LDAP_URL', {
    meaning: 'The LDAP directory. ldap:// is not encrypted: for this machine or a private network only.',
    allowed: 'ldap://host[:port] or ldaps://host[:port]',
    read: readLdapUrl,
  })
  @IsOptional()
  @IsString()
  ldapUrl?: string;

  @FromEnvironment('PURVEYOR_LDAP_BIND_DN', {
    meaning: 'Distinguished name of our own account in the LDAP directory; it writes below both bases.',
    allowed: 'a distinguished name',
  })
  @IsOptional()
  @IsString()
  ldapBindDn?: string;

  @FromEnvironment('PURVEYOR_LDAP_PASSWORD', {
    meaning: 'Password of our own account in the LDAP directory.',
    allowed: 'a text',
    secret: true,
  })
  @IsOptional()
  @IsString()
  ldapPassword?: string;

  @FromEnvironment('PURVEYOR_LDAP_USERS_BASE', {
    meaning: 'Entry below which users (inetOrgPerson) are made and looked for.',
    allowed: 'a distinguished name',
  })
  @IsOptional()
  @IsString()
  ldapUsersBase?: string;

  @FromEnvironment('PURVEYOR_LDAP_GROUPS_BASE', {
    meaning: 'Entry below which groups (groupOfNames) are made and looked for.',
    allowed: 'a distinguished name',
  })
  @IsOptional()
  @IsString()
  ldapGroupsBase?: string;

  @FromEnvironment('PURVEYOR_SCIM_URL', {
    meaning: 'Base URL of the SCIM 2.0 directory. Without it: the sandbox, under /scim/v2.',
    allowed: 'an http(s) URL',
    read: readHttpUrl,
  })
  @IsString()
  scimUrl!: string;

  @FromEnvironment('PURVEYOR_SCIM_TOKEN', {
    meaning: 'Bearer token for the SCIM directory. Without it requests to a directory of your own carry none.',
    allowed: 'a text',
    secret: true,
  })
  @IsOptional()
  @IsString()
  scimToken?: string;

  @FromEnvironment('PURVEYOR_NRM_URL', {
    meaning: 'Base URL of the network resource manager. Without it: the sandbox, under /nrm.',
    allowed: 'an http(s) URL',
    read: readHttpUrl,
  })
  @IsString()
  nrmUrl!: string;

  @FromEnvironment('PURVEYOR_NRM_TOKEN', {
    meaning: 'Bearer token for the network resource manager. Without it requests to one of your own carry none.',
    allowed: 'a text',
    secret: true,
  })
  @IsOptional()
  @IsString()
  nrmToken?: string;

  @FromEnvironment('PURVEYOR_AUDIT_KEY', {
    meaning:
      'Private ed25519 key that signs checkpoints of the log. Without it: one that is made in the data directory, where who can change the log has it too.',
    allowed: '32 bytes in base64, or a private key in PEM (openssl genpkey -algorithm ed25519)',
    secret: true,
    read: readSigningKey,
  })
  auditKey!: Uint8Array;

  @FromEnvironment('PURVEYOR_AUDIT_TRUSTED_KEYS', {
    meaning: 'Public keys of earlier audit keys, whose checkpoints stay valid.',
    allowed: 'a comma list of ed25519 public keys, 32 bytes in base64url each',
    read: readPublicKeys,
  })
  @IsArray()
  auditTrustedKeys: readonly string[] = [];

  @FromEnvironment('PURVEYOR_CHECKPOINT_SECONDS', {
    default: '3600',
    meaning: 'How often the log is checked and a checkpoint of it signed, in seconds; 0: on demand only.',
    allowed: 'a whole number from 0 to 604800',
    read: readWhole,
  })
  @IsInt()
  @Max(604800)
  checkpointSeconds!: number;

  @FromEnvironment('PURVEYOR_WEBHOOK_SECRETS', {
    default: DEVELOPMENT_WEBHOOK_SECRET,
    meaning:
      'Standard Webhooks secrets with which CSP and provisioners sign callbacks; every one is accepted. The default is public.',
    allowed: 'a comma list of whsec_ and 24 to 64 bytes in base64',
    secret: true,
    read: readWebhookSecrets,
  })
  @IsDefined()
  webhookSecrets!: readonly string[];

  @FromEnvironment('PURVEYOR_PROVISIONERS', {
    meaning:
      'External provisioners of resource types, as JSON. Without it: type sandbox, made by the sandbox. See docs/how-to/write-a-provisioner.md.',
    allowed:
      'a JSON array of {type, endpoint, secrets?, deadlineSeconds?, attempts?, probe?, onDeadline?, concurrency?}, types different',
    secret: true,
    read: readProvisioners,
  })
  @IsArray()
  provisioners!: readonly ProvisionerSetting[];

  @FromEnvironment('PURVEYOR_LIVE_CLIENTS', {
    default: '1000',
    meaning:
      'How many clients may follow GET /api/events of this process at a time; further ones are told to come again.',
    allowed: 'a whole number from 0 (none) to 100000',
    read: readWhole,
  })
  @IsInt()
  @Min(0)
  @Max(100_000)
  liveClients!: number;

  @FromEnvironment('PURVEYOR_OUTGOING_ALLOW', {
    meaning:
      'Hosts and networks that addresses named by others (locations, redirects) may lead to although they are not public.',
    allowed: 'a comma list of host names, *.domains and networks such as 10.1.0.0/16',
    read: readOutgoing,
  })
  @IsArray()
  outgoingAllow: readonly string[] = [];

  /** Lines for people: unknown variables, generated keys, development secrets. */
  warnings: readonly string[] = [];

  toJSON(): Record<string, unknown> {
    const secret = new Set(boundVariables().flatMap((v) => (v.secret ? [v.property] : [])));
    return Object.fromEntries(
      Object.entries(this).map(([key, value]) => [
        key,
        secret.has(key) && value !== undefined ? '[redacted]' : withoutPassword(value),
      ]),
    );
  }

  [inspect.custom](): unknown {
    return this.toJSON();
  }
}

/** A URL may carry credentials. */
const withoutPassword = (value: unknown): unknown =>
  typeof value === 'string' ? value.replace(/(:\/\/)[^/@]*@/, '$1[redacted]@') : value;
