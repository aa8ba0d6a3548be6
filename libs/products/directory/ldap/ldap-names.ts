/** What has a meaning in a distinguished name (RFC 4514 section 2.4); spaces at both ends have one too. */
const SPECIAL = '"+,;<>=\\#\0';

function escaped(value: string): string {
  let text = '';
  for (const char of value) text += SPECIAL.includes(char) ? byCode(char) : char;
  return text.replace(/^ | $/g, byCode(' '));
}

const byCode = (char: string): string => `\\${char.charCodeAt(0).toString(16).padStart(2, '0')}`;

/** `cn=...` or `uid=...`. */
export const rdnOf = (attribute: 'cn' | 'uid', value: string): string => `${attribute}=${escaped(value)}`;

export const dnOf = (attribute: 'cn' | 'uid', value: string, base: string): string =>
  `${rdnOf(attribute, value)},${base}`;
