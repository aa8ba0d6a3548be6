import type { Command } from 'commander';
import { EXIT } from '../exit-codes.js';
import type { Row } from '../http/pages.js';
import { detail } from '../output/detail.js';
import type { Open } from '../options.js';

interface Health {
  readonly status: 'ok' | 'degraded' | 'failed';
  readonly checks: Readonly<Record<string, { readonly status: string; readonly detail?: string }>>;
}

/** `status`: health, engine, workers and the overview. Ends with 1 when the server is not ready, whatever else it can tell. */
export function addStatus(program: Command, open: Open): void {
  program
    .command('status')
    .description('say how the server is and what goes on in it')
    .action(async () => {
      const { client, output } = open();
      const health = (await client.get('/readyz', { alsoFine: [503] })).body as Health;
      if (health.status === 'failed') process.exitCode = EXIT.bad;
      const paths = ['/api/settings/status', '/api/settings/worker-status', '/api/dashboards/overview'];
      const [engine, workers, overview] =
        health.status === 'failed' ? [] : await Promise.all(paths.map(async (path) => (await client.get(path)).body));
      const all = { health, ...(engine !== undefined && { engine, workers, overview }) };
      output.answer(all, () => detail({ ...all, health: healthLines(health) }, output.width));
    });
}

const healthLines = ({ status, checks }: Health): Row => ({
  status,
  ...Object.fromEntries(
    Object.entries(checks).map(([name, { status: of, detail: why }]) => [
      name,
      why === undefined ? of : `${of}: ${why}`,
    ]),
  ),
});
