/** One reference token of a JSON pointer (RFC 6901 section 3). */
const escape = (token: string | number): string => String(token).replaceAll('~', '~0').replaceAll('/', '~1');

/** JSON pointer to a path of property names and indexes: `['a', 0, 'b/c']` is `/a/0/b~1c`; an empty path is the whole document, ''. */
export const jsonPointer = (path: readonly (string | number)[]): string =>
  path.map((token) => `/${escape(token)}`).join('');

/** The path behind a JSON pointer; undefined when the text is none. */
export function parsePointer(pointer: string): string[] | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return undefined;
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}
