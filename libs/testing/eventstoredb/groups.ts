import { Group, type GroupConfig } from './group.js';
import type { StandInLog } from './log.js';

const CONFIG_STREAM = '$persistentSubscriptionConfig';

/** The persistent subscriptions of a set of nodes; their settings are in the log, as the server keeps them. */
export class Groups {
  private groups = new Map<string, Group>();

  constructor(private readonly log: StandInLog) {
    this.load();
  }

  get(name: string): Group | undefined {
    return this.groups.get(name);
  }

  list(): readonly Group[] {
    return [...this.groups.values()];
  }

  create(config: GroupConfig): void {
    this.groups.set(config.name, new Group(this.log, config));
    this.store();
  }

  /** New settings under the old filter; consumers have to come again. */
  update(group: Group, settings: GroupConfig['settings']): void {
    group.stop();
    this.create({ ...group.config, settings });
  }

  delete(group: Group): void {
    group.stop();
    this.groups.delete(group.config.name);
    this.store();
  }

  /** Another leader begins with what is in the log. */
  restart(): void {
    this.stop();
    this.load();
  }

  stop(): void {
    for (const group of this.groups.values()) group.stop();
  }

  private load(): void {
    const stored = this.log.stream(CONFIG_STREAM).at(-1);
    const configs = stored === undefined ? [] : (JSON.parse(stored.data.toString()) as GroupConfig[]);
    this.groups = new Map(configs.map((config) => [config.name, new Group(this.log, config)]));
  }

  private store(): void {
    this.log.appendOwn(
      CONFIG_STREAM,
      '$PersistentConfig',
      this.list().map(({ config }) => config),
    );
  }
}
