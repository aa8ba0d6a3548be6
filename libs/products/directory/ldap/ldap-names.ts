/** What has a meaning in a distinguished name (RFC 4514 section 2.4). */
const SPECIAL = '"+,;<>=\\#\0';

/** Special characters by their code, and so are spaces at both ends. */
const escaped = (value: string): string =>
  [...value]
    .map((char, at) => (SPECIAL.includes(char) || (char === ' ' && isEnd(at, [...value].length)) ? byCode(char) : char))
    .join('');

const isEnd = (at: number, length: number): boolean => at === 0 || at === length - 1;
const byCode = (char: string): string => `\\${char.charCodeAt(0).toString(16).padStart(2, '0')}`;

/** `cn=...` or `uid=...`. */
export const rdnOf = (attribute: 'cn' | 'uid', value: string): string => `${attribute}=${escaped(value)}`;

export const dnOf = (attribute: 'cn' | 'uid', value: string, base: string): string =>
  `${rdnOf(attribute, value)},${base}`;
