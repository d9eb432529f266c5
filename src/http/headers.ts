/**
 * Headers that every answer carries, computed once: a middleware that sets them cost a tenth of the posting rate, and
 * each header of an answer costs a microsecond. An answer of the API is data and nothing else, so no browser may run,
 * frame, sniff or keep any of it. Pages allow what they need, from our own origin only.
 */

const nothing = "default-src 'none'; frame-ancestors 'none'"

export const bareHeaders = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  // Without effect on plain HTTP; behind a proxy that ends TLS it reaches the browser.
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'content-security-policy': nothing,
}

/** Of an answer that was given before, under the same key. */
export const replayedHeader = { 'idempotent-replayed': 'true' }

export const jsonHeaders = { ...bareHeaders, 'content-type': 'application/json' }

export const problemHeaders = { ...jsonHeaders, 'content-type': 'application/problem+json' }

const documentHeaders = {
  ...bareHeaders,
  'content-type': 'text/html; charset=utf-8',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}
const documentPolicy = `${nothing}; base-uri 'none'; form-action 'none'`

/** A page without scripts. */
export const pageHeaders = { ...documentHeaders, 'content-security-policy': `${documentPolicy}; style-src 'self'` }

/** The reference page: swagger-ui sets styles from its script, and draws its icons from data URLs. */
export const docsHeaders = {
  ...documentHeaders,
  'content-security-policy': `${documentPolicy}; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'`,
}

/** A page of the console: its own scripts, styles with the nonce of this answer, pictures it draws itself. */
export const consoleHeaders = (nonce: string) => ({
  ...documentHeaders,
  'content-security-policy': `${documentPolicy}; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self'`,
})
