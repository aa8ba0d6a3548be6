import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import * as kinds from '../../libs/workflow/domain/steps/index.js';
import { ABOUT_PROCESSES, COMMANDS, WITHOUT_EVENTS } from './crash-commands.js';
import { COMPENSATION, KINDS } from './crash-kinds.js';
import { PROCESSES, recordedSteps, rows } from './crash-matrix.js';
import { fits, shown } from './crash-points.js';
import { crashSuite } from './crash-suite.js';

crashSuite(PROCESSES, (runner) => {
  describe('the matrix', () => {
    it('has a row for every step that the server runs', async () => {
      const seen = await runner().undisturbed('create_user_group');
      expect(rows(['create_user_group']).map(({ step }) => step)).toEqual(recordedSteps(seen));
      expect(seen.applied).toEqual({ Groups: 1 });
    }, 60_000);

    it('has a row for every kind of step that there is, and the undisturbed run meets each of its points', async () => {
      const makers = Object.entries(kinds).flatMap(([name, each]) => (typeof each === 'function' ? [name] : []));
      expect(Object.keys(KINDS).sort()).toEqual(makers.sort());
      const { trace, applied } = await runner().undisturbed('every_kind');
      const points = [...Object.values(KINDS).flat(), ...COMPENSATION];
      expect(points.filter((point) => !trace.some((seen) => fits(seen, point))).map(shown)).toEqual([]);
      // A circuit and a resource, each made and taken back.
      expect(applied).toEqual({ circuits: 2, unknown: 2 });
    }, 60_000);

    it('has a row for every command to a process that the API has', () => {
      const { paths } = JSON.parse(readFileSync('docs/reference/openapi.json', 'utf8')) as {
        paths: Record<string, object>;
      };
      const operations = Object.entries(paths).flatMap(([path, each]) =>
        Object.keys(each).map((method) => `${method.toUpperCase()} ${path}`),
      );
      const wanted = operations.filter((each) => ABOUT_PROCESSES.test(each) && !WITHOUT_EVENTS.includes(each));
      expect([...new Set(Object.values(COMMANDS).map(({ operation }) => operation))].sort()).toEqual(wanted.sort());
    });
  });
});
