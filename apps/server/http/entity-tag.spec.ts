import { describe, expect, it } from '@jest/globals';
import { entityTag, matches } from './entity-tag.js';

describe('entity tags', () => {
  const tag = entityTag('{"a":1}');

  it('follow the text', () => {
    expect(tag).toMatch(/^W\/"[\w-]{27}"$/);
    expect(entityTag('{"a":1}')).toBe(tag);
    expect(entityTag('{"a":2}')).not.toBe(tag);
  });

  it.each([tag, tag.slice(2), `"other", ${tag}`, `W/"other",${tag}`, '*', ` ${tag} `])('match %s', (given) => {
    expect(matches(given, tag)).toBe(true);
  });

  it.each([undefined, '', '"other"', tag.slice(2, -2), `${tag}x`])('do not match %s', (given) => {
    expect(matches(given, tag)).toBe(false);
  });
});
