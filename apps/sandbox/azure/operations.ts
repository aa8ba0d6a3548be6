import { randomUUID } from 'node:crypto';
import type { Database } from '../database.js';
import type { ScriptsStore } from '../scripts.store.js';
import type { SettingsStore } from '../settings.store.js';
import { errorAnswer, jsonAnswer, type Answer, type ReportedError } from '../sandbox.types.js';
import type { AzureStore } from './azure.store.js';
import type { AzureRequest, AzureWork, Data, Place } from './azure.types.js';

interface Row {
  place: string;
  data: string;
  remaining: number;
  retry_after: number | null;
  error: string | null;
}

const REPORTED: ReportedError = { code: 'ProvisioningFailed', message: 'The provider could not do it.' };

/** Long-running operations: an object that is made or changed when it has been asked for often enough. */
export class Operations {
  constructor(
    private readonly database: Database,
    private readonly store: AzureStore,
    private readonly scripts: ScriptsStore,
    private readonly settings: SettingsStore,
  ) {}

  /** Makes or changes the object, at once (200) or as an operation (202) at this path; `header` names where it is told. */
  begin(request: AzureRequest, place: Place, data: Data, path: string, header: string): AzureWork {
    const instant = this.scripts.take(request.context, 'instant') !== undefined;
    if (instant) this.store.put(place, data);
    else if (!this.store.exists(...place)) this.store.put(place, data, 'pending');
    return instant
      ? { answer: jsonAnswer(200, data), applied: true }
      : this.accepted(request, place, data, path, header);
  }

  /** Takes the object away, at once or as an operation. */
  remove(request: AzureRequest, place: Place, path: string, header: string): AzureWork {
    if (this.scripts.take(request.context, 'instant') === undefined)
      return this.accepted(request, place, {}, path, header);
    return { answer: jsonAnswer(200, {}), applied: this.store.remove(...place) };
  }

  private accepted(request: AzureRequest, place: Place, data: Data, path: string, header: string): AzureWork {
    const script = this.scripts.take(request.context, 'poll');
    const { pollsBeforeDone, retryAfterSeconds } = this.settings.read();
    const id = randomUUID();
    this.database.run(
      'INSERT INTO azure_operations (id, place, data, remaining, retry_after, error) VALUES (?, ?, ?, ?, ?, ?)',
      id,
      JSON.stringify(place),
      JSON.stringify(data),
      script?.times ?? pollsBeforeDone,
      script?.retryAfter ?? null,
      script?.outcome === 'failed' ? JSON.stringify(script.error ?? REPORTED) : null,
    );
    const version = request.query.get('api-version') ?? '';
    const location = `${request.endpoint}${path}/${id}?api-version=${version}`;
    const retryAfter = String(script?.retryAfter ?? retryAfterSeconds);
    return { answer: jsonAnswer(202, {}, { [header]: location, 'retry-after': retryAfter }), applied: true };
  }

  /** 202 while it runs, then what `ended` makes of the object; a failed one leaves nothing behind. */
  poll(id: string, ended: (data: Data) => Answer): Answer {
    const row = this.database.get<Row>('SELECT * FROM azure_operations WHERE id = ?', id);
    if (row === undefined) return errorAnswer(404, 'NotFound', `There is no operation ${id}.`);
    const place = JSON.parse(row.place) as Place;
    if (row.remaining !== 0) {
      if (row.remaining > 0)
        this.database.run('UPDATE azure_operations SET remaining = remaining - 1 WHERE id = ?', id);
      const wait = row.retry_after ?? this.settings.read().retryAfterSeconds;
      return jsonAnswer(202, { status: 'Running' }, { 'retry-after': String(wait) });
    }
    if (row.error !== null) {
      if (this.store.find(...place) === undefined) this.store.remove(...place);
      return jsonAnswer(200, { status: 'Failed', error: JSON.parse(row.error) as unknown });
    }
    const data = JSON.parse(row.data) as Data;
    if (Object.keys(data).length === 0) this.store.remove(...place);
    else if (this.store.exists(...place)) this.store.put(place, data);
    return ended(data);
  }
}
