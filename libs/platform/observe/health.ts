/** What one part says of itself. */
export interface Check {
  readonly status: 'ok' | 'failed';
  readonly detail?: string;
}

/** Body of /healthz and /readyz. */
export interface Health {
  readonly status: 'ok' | 'failed';
  readonly checks: Readonly<Record<string, Check>>;
}

/** A part is well when its call resolves (with a detail, if it likes) within `timeoutMs`; it fails with the message it throws. */
export type Probe = () => string | void | Promise<string | void>;

const TIMEOUT = 2000;

/** Asks all parts at once. Answer 200 when `status` is ok, else 503. */
export async function checkHealth(probes: Readonly<Record<string, Probe>>, timeoutMs = TIMEOUT): Promise<Health> {
  const entries = await Promise.all(
    Object.entries(probes).map(async ([name, probe]) => [name, await ask(probe, timeoutMs)] as const),
  );
  return {
    status: entries.every(([, check]) => check.status === 'ok') ? 'ok' : 'failed',
    checks: Object.fromEntries(entries),
  };
}

async function ask(probe: Probe, timeoutMs: number): Promise<Check> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    const detail = await Promise.race([Promise.resolve().then(probe), late]);
    return detail ? { status: 'ok', detail } : { status: 'ok' };
  } catch (error) {
    return { status: 'failed', detail: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}
