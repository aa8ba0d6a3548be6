import type { Database } from './database.js';
import { DEFAULT_SETTINGS, type Settings } from './sandbox.types.js';

/** How the world behaves where no script says otherwise. */
export class SettingsStore {
  constructor(private readonly database: Database) {}

  read(): Settings {
    const rows = this.database.all<{ name: string; value: number }>('SELECT name, value FROM settings');
    return { ...DEFAULT_SETTINGS, ...Object.fromEntries(rows.map(({ name, value }) => [name, value])) };
  }

  /** Changes the settings that are named; the names and values have been checked. */
  change(values: Partial<Settings>): Settings {
    this.database.transaction(() => {
      for (const [name, value] of Object.entries(values)) {
        this.database.run('INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)', name, value);
      }
    });
    return this.read();
  }
}
