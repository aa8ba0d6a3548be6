import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { workflow } from '#workflow';
import { builtIn, merged, ownTexts } from './translations.js';

const directory = mkdtempSync(join(tmpdir(), 'purveyor-translations-'));
afterAll(() => rmSync(directory, { recursive: true }));
const definition = workflow({ key: 'w', version: 1, target: 'SYSTEM', description: 'Does it' }, []);

describe('translations', () => {
  it('have fields and workflows built in, and what an installation says goes before', () => {
    writeFileSync(
      join(directory, 'de-DE.json'),
      '{"workflow": {"w": "Macht es"}, "forms": {"fields": {"mtu": "MTU"}}}',
    );
    expect(merged(builtIn([definition]), ownTexts(directory, 'de-DE'))).toMatchObject({
      workflow: { w: 'Macht es' },
      forms: { fields: { product: 'Product', mtu: 'MTU' } },
    });
  });

  it('of a language without a file are the built-in ones; a damaged file is told', () => {
    expect(ownTexts(directory, 'fr-FR')).toEqual({});
    expect(ownTexts(undefined, 'fr-FR')).toEqual({});
    expect(builtIn([definition])['workflow']).toEqual({ w: 'Does it' });
    writeFileSync(join(directory, 'nl-NL.json'), '{');
    expect(() => ownTexts(directory, 'nl-NL')).toThrow(SyntaxError);
  });
});
