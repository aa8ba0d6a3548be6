/** `INSERT .. ON CONFLICT` with values in the order of `columns`; the same text runs on SQLite and PostgreSQL (with numbered parameters). */
export function upsertSql(table: string, columns: readonly string[], key: readonly string[]): string {
  const rest = columns.filter((column) => !key.includes(column));
  const update = rest.map((column) => `${column} = excluded.${column}`).join(', ');
  const marks = columns.map(() => '?').join(', ');
  const action = rest.length > 0 ? `DO UPDATE SET ${update}` : 'DO NOTHING';
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${marks}) ON CONFLICT (${key.join(', ')}) ${action}`;
}
