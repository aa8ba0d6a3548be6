import { guardedFetch, OutgoingGuard, signWebhook, type Config, type ProvisionerSetting } from '#platform';
import { httpProvisioner, ProvisionerRegistry, type NeedTerms } from '#provisioning';
import { DEFAULT_RETRY } from '#runtime';

/** The provisioners of this server: one for each resource type that the configuration names. */
export function configuredProvisioners(config: Config): ProvisionerRegistry {
  const guarded = guardedFetch(new OutgoingGuard({ allow: config.outgoingAllow }));
  const registry = new ProvisionerRegistry();
  for (const setting of config.provisioners)
    registry.register(
      httpProvisioner({
        type: setting.type,
        endpoint: setting.endpoint,
        concurrency: setting.concurrency,
        terms: termsOf(setting),
        sign: (message) => signWebhook(secretsOf(config, setting.type), message),
        guardedFetch: guarded,
      }),
    );
  return registry;
}

/** The active secrets of a provisioner; of a type without its own those that all share. */
export const secretsOf = (config: Config, type: string | undefined): readonly string[] =>
  config.provisioners.find((each) => each.type === type)?.secrets ?? config.webhookSecrets;

/** Only what is said is set: everything else is the default of the context. */
function termsOf({ deadlineSeconds, attempts, probe, onDeadline }: ProvisionerSetting): Partial<NeedTerms> {
  return {
    ...(deadlineSeconds !== undefined && { deadlineMs: deadlineSeconds * 1_000 }),
    ...(attempts !== undefined && { retry: { ...DEFAULT_RETRY, limit: attempts } }),
    ...(probe !== undefined && { probe }),
    ...(onDeadline !== undefined && { onDeadline }),
  };
}
