/** What one part says of itself. */
export interface Check {
  readonly status: 'ok' | 'degraded' | 'failed';
  readonly detail?: string;
}

/** Body of /healthz and /readyz. */
export interface Health {
  /** The worst of the checks. A degraded part works, and somebody must look at it. */
  readonly status: 'ok' | 'degraded' | 'failed';
  readonly checks: Readonly<Record<string, Check>>;
}

/** Thrown by a probe whose part still works, but not as it should. */
export class Degraded extends Error {}

/** A part is well when its call resolves (with a detail, if it likes) within `timeoutMs`; it fails with the message it throws. */
export type Probe = () => string | void | Promise<string | void>;

const TIMEOUT = 2000;

/** Asks all parts at once. Answer 503 when `status` is failed, else 200. */
export async function checkHealth(probes: Readonly<Record<string, Probe>>, timeoutMs = TIMEOUT): Promise<Health> {
  const entries = await Promise.all(
    Object.entries(probes).map(async ([name, probe]) => [name, await ask(probe, timeoutMs)] as const),
  );
  return {
    status: worst(entries.map(([, check]) => check.status)),
    checks: Object.fromEntries(entries),
  };
}

const worst = (found: readonly Health['status'][]): Health['status'] =>
  (['failed', 'degraded'] as const).find((status) => found.includes(status)) ?? 'ok';

async function ask(probe: Probe, timeoutMs: number): Promise<Check> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    const detail = await Promise.race([Promise.resolve().then(probe), late]);
    return detail ? { status: 'ok', detail } : { status: 'ok' };
  } catch (error) {
    const status = error instanceof Degraded ? 'degraded' : 'failed';
    return { status, detail: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}
