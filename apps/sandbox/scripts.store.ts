import type { Database } from './database.js';
import type { Behaviour, BehaviourKind, Script, ScriptMatch } from './sandbox.types.js';

interface Row {
  id: number;
  match: string;
  remaining: number;
  behaviour: string;
}

export interface Matchable {
  readonly method: string;
  readonly path: string;
  readonly rawBody: string;
  readonly key: string | undefined;
  readonly trace: string | undefined;
  readonly kind: string;
}

function toScript(row: Row): Script {
  return {
    id: row.id,
    match: JSON.parse(row.match) as ScriptMatch,
    times: row.remaining,
    behaviour: JSON.parse(row.behaviour) as Behaviour,
  };
}

function matches(match: ScriptMatch, request: Matchable): boolean {
  if (match.method !== undefined && match.method.toUpperCase() !== request.method) return false;
  if (match.path !== undefined && !request.path.startsWith(match.path)) return false;
  if (match.bodyContains !== undefined && !request.rawBody.includes(match.bodyContains)) return false;
  if (match.kind !== undefined && match.kind !== request.kind) return false;
  if (match.keyContains !== undefined && !request.trace?.includes(match.keyContains)) return false;
  return match.key === undefined || match.key === request.key;
}

/** What the next requests are to suffer. Kept over restarts, used up in the order of their arrival. */
export class ScriptsStore {
  constructor(private readonly database: Database) {}

  /** `times` 0 or less means for ever. */
  add(match: ScriptMatch, times: number, behaviour: Behaviour): Script {
    const remaining = times <= 0 ? -1 : times;
    const { lastInsertRowid } = this.database.run(
      'INSERT INTO scripts (match, remaining, behaviour) VALUES (?, ?, ?)',
      JSON.stringify(match),
      remaining,
      JSON.stringify(behaviour),
    );
    return { id: Number(lastInsertRowid), match, times: remaining, behaviour };
  }

  list(): Script[] {
    return this.database.all<Row>('SELECT * FROM scripts ORDER BY id').map(toScript);
  }

  clear(): void {
    this.database.run('DELETE FROM scripts');
  }

  /** Uses up one turn of the first script of these kinds that fits the request. */
  take<K extends BehaviourKind>(request: Matchable, ...kinds: K[]): Extract<Behaviour, { kind: K }> | undefined {
    const found = this.list().find(
      (script) => (kinds as string[]).includes(script.behaviour.kind) && matches(script.match, request),
    );
    if (found === undefined) return undefined;
    if (found.times === 1) this.database.run('DELETE FROM scripts WHERE id = ?', found.id);
    else if (found.times > 1) this.database.run('UPDATE scripts SET remaining = remaining - 1 WHERE id = ?', found.id);
    return found.behaviour as Extract<Behaviour, { kind: K }>;
  }
}
