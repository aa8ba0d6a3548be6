/** `npm run build`: always builds; the other scripts build only when a source is newer than the last build. */
import { build, installIfNeeded, main } from './lib/project.mjs';

await main(async () => {
  await installIfNeeded();
  await build();
});
