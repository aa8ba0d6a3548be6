/** The path of a request as it may be logged and answered: no query, and no callback token (who has it can call back). */
export const safePath = (url: string): string =>
  url.replace(/[?#].*$/s, '').replace(/(\/api\/callbacks\/)[^/]+/, '$1[redacted]');
