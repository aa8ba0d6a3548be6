/** A command of the guide with the lines that it printed there. */
export interface Step {
  readonly command: string;
  readonly printed: readonly string[];
}
/** One question with its commands, and the requests that ask the same by curl. */
export interface Question {
  readonly title: string;
  readonly steps: readonly Step[];
}

const BLOCK = /^```(console|sh)\n(.*?)^```$/gms;

/** The questions of the guide: its headings with a number. */
export function questionsIn(guide: string): readonly Question[] {
  const parts = guide.split(/^## (?=\d+\. )/m).slice(1);
  return parts.map((part) => ({ title: part.slice(0, part.indexOf('\n')), steps: stepsIn(part) }));
}

/** In `console` blocks a command has a `$` before it and its output below; in `sh` blocks every line is a command. */
function stepsIn(part: string): readonly Step[] {
  return [...part.matchAll(BLOCK)].flatMap(([, kind, text = '']) => {
    if (kind === 'sh') return linesOf(text).map((command) => ({ command, printed: [] }));
    return text
      .split(/^\$ /m)
      .slice(1)
      .map((step) => {
        const [command = '', ...printed] = linesOf(step);
        return { command, printed };
      });
  });
}

export const linesOf = (text: string): readonly string[] => text.trimEnd().split('\n');

/** What differs from run to run and is the same wherever it is named: UUIDs, hashes, keys and signatures. */
const NAMES =
  /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\bbp-[0-9a-f]{8}\b|\b[0-9a-f]{64}\b|(?<![\w-])(?:[\w-]{86}|[\w-]{43})(?![\w-])/g;
/** What differs from run to run and says nothing by itself. */
const MASKS: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?Z|\b\d{13}\b/g, '<time>'],
  [/\bin \d+ ms\b/g, 'in <duration>'],
  [/http:\/\/127\.0\.0\.1:\d+/g, '<address>'],
  [/(?<=\bposition"?:? +)\d+/g, '<position>'],
  // Columns are as wide as what is in them.
  [/(?<=\S) {2,}/g, '  '],
];

export const namesIn = (line: string): readonly string[] => line.match(NAMES) ?? [];

/** The line without what differs from run to run. */
export const masked = (line: string): string =>
  MASKS.reduce((text, [pattern, mask]) => text.replace(pattern, mask), line.replace(NAMES, '<name>'));

/** Which name of this run stands for which of the text: one for one, as far as both were seen at the same place. */
export class Names {
  private readonly known = new Map<string, string>();
  private readonly taken = new Set<string>();

  /** The names in the lines of the text as they should be in this run, where `lines` were printed; a name never seen before is learnt. */
  inThisRun(printed: readonly string[], lines: readonly string[]): readonly string[] {
    return printed.flatMap((text, i) => {
      const found = namesIn(lines[i] ?? '');
      return namesIn(text).map((name, j) => this.known.get(name) ?? this.learn(name, found[j]));
    });
  }

  /** A command of the text as it is for this run. */
  translate(command: string): string {
    return command.replace(NAMES, (name) => this.known.get(name) ?? name);
  }

  private learn(name: string, here: string | undefined): string {
    if (here === undefined || this.taken.has(here)) return `another one than ${here ?? 'none'}, ${name} in the text`;
    this.known.set(name, here);
    this.taken.add(here);
    return here;
  }
}
