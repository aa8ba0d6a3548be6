/** A word is cut here: ids and names are shorter, and neither database takes endless ones. */
const LONGEST = 64;
/** Words kept of one thing; what people know it by comes first. */
const MOST = 2_000;

/**
 * The words of a text, in both databases the same ones: runs of letters and digits in lower case, without the accents of Latin letters.
 * Whatever stands between them parts them, so `port_7` is two.
 */
export function wordsOf(text: string): readonly string[] {
  const plain = text
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '');
  return (plain.match(/[\p{L}\p{N}\p{M}]+/gu) ?? []).map((word) => Array.from(word).slice(0, LONGEST).join(''));
}

/** What a row keeps for the search: every word once, with a blank between them. */
export function searchable(texts: readonly (string | null | undefined)[]): string {
  const words = new Set<string>();
  for (const text of texts)
    for (const word of wordsOf(text ?? '')) {
      if (words.size >= MOST) break;
      words.add(word);
    }
  return [...words].join(' ');
}
