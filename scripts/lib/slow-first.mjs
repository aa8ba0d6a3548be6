import Sequencer from '@jest/test-sequencer';

/** Folders and files by how long they take; what fits none takes the least. */
const SLOWEST_FIRST = [
  /[\\/]e2e[\\/](crash|production|azure)/,
  /[\\/]test[\\/](e2e|contract)[\\/]/,
  /[\\/]simulation[\\/]/,
];

const rank = ({ path }) => {
  const found = SLOWEST_FIRST.findIndex((pattern) => pattern.test(path));
  return found < 0 ? SLOWEST_FIRST.length : found;
};

/**
 * jest begins with what took longest the last time. Where there was none, as in a fresh clone, it goes by the size of the file, and at
 * the end one worker would wait for a long test of few lines.
 */
export default class SlowFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    return sorted.some(({ duration }) => duration != null) ? sorted : sorted.sort((a, b) => rank(a) - rank(b));
  }
}
