import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { Shell } from './guide.shell.js';
import { Story } from './guide.story.js';
import { linesOf, masked, Names, namesIn, questionsIn, type Step } from './guide.text.js';

const QUESTIONS = questionsIn(readFileSync('docs/auditors-guide.md', 'utf8'));
const isCurl = ({ command }: Step) => command.startsWith('curl ');
const names = new Names();
let story: Story;
let shell: Shell;
beforeAll(async () => {
  story = await Story.tell();
  shell = new Shell(story);
}, 90_000);
afterAll(() => story?.end());

/** Prints what the text says it prints, but for what differs from run to run; and the same names stand at the same places. */
async function expectPrinted({ command, printed }: Step): Promise<void> {
  const { code, out, err } = await shell.run(names.translate(command));
  const lines = linesOf(out);
  // Learnt before anything fails, so that the questions behind are asked with the right names all the same.
  const expected = names.inThisRun(printed, lines);
  expect({ command, code, err, lines: lines.map(masked) }).toEqual({
    command,
    code: 0,
    err: '',
    lines: printed.map(masked),
  });
  expect(lines.flatMap(namesIn)).toEqual(expected);
}

/** What the program would print with --json, with a file of its own (-o), or made anew (POST). */
async function expectAlike(curl: string, beside: string): Promise<void> {
  const { status, body } = await shell.curl(names.translate(curl));
  expect([curl, status]).toEqual([curl, curl.includes('-X POST') ? 201 : 200]);
  if (/ -(X|o) /.test(curl)) return;
  const { json } = await shell.run(`${names.translate(beside).replace(' --json', '')} --json`);
  expect(Array.isArray(json) ? (body.items ?? body) : body).toEqual(json);
}

describe('docs/auditors-guide.md', () => {
  it('answers ten questions, each by a command and by curl', () => {
    expect(QUESTIONS.map(({ title }) => Number.parseInt(title))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    for (const { title, steps } of QUESTIONS)
      expect([title, steps.some(isCurl), steps.some((step) => step.printed.length > 0)]).toEqual([title, true, true]);
  });

  it.each(QUESTIONS)('$title', async ({ steps }) => {
    let beside = '';
    for (const step of steps)
      if (isCurl(step)) await expectAlike(step.command, beside);
      else {
        await expectPrinted(step);
        beside = step.command;
      }
  });
});
