/** Characters that have a meaning in a distinguished name, escaped by their bytes (RFC 4514 section 2.4). */
const escaped = (value: string): string =>
  value.replace(/["+,;<>=\\#\u0000]|^ | $/g, (char) => `\\${char.charCodeAt(0).toString(16).padStart(2, '0')}`);

/** `cn=...` or `uid=...`. */
export const rdnOf = (attribute: 'cn' | 'uid', value: string): string => `${attribute}=${escaped(value)}`;

export const dnOf = (attribute: 'cn' | 'uid', value: string, base: string): string =>
  `${rdnOf(attribute, value)},${base}`;
