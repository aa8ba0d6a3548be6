import type { Config } from './config.js';
import { boundVariables } from './variable.js';

export interface SettingsGroup {
  readonly name: string;
  readonly variables: readonly { readonly env_name: string; readonly env_value: unknown }[];
}

const MASKED = '**********';
/** `PURVEYOR_CSP_URL` belongs to CSP, if more than one does; what has a name of its own belongs to SERVER. */
const topicOf = (name: string): string => name.split('_')[1]!;

/** What this process runs with, by topic. Secrets are masked, and the passwords of addresses. */
export function settingsOverview(config: Config): readonly SettingsGroup[] {
  const shown = config.toJSON();
  const variables = boundVariables();
  const groups = new Map<string, { env_name: string; env_value: unknown }[]>();
  for (const { name, property, secret } of variables) {
    const shared = variables.filter((each) => topicOf(each.name) === topicOf(name)).length > 1;
    const group = shared ? topicOf(name) : 'SERVER';
    const value = shown[property];
    const entry = { env_name: name, env_value: secret && value !== undefined ? MASKED : (value ?? null) };
    groups.set(group, [...(groups.get(group) ?? []), entry]);
  }
  return [...groups].map(([name, entries]) => ({ name, variables: entries }));
}
