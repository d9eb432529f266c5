/**
 * Headers that every answer carries, computed once: merging them in a middleware cost a tenth of the posting rate. An answer of the
 * API is data and nothing else, so no browser may run, frame, sniff or keep any of it. Pages allow what they need, from
 * our own origin only.
 */

const everywhere = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  // Without effect on plain HTTP; behind a proxy that ends TLS it reaches the browser.
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
}

const nothing = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

export const bareHeaders = { ...everywhere, 'content-security-policy': nothing }

export const jsonHeaders = { ...bareHeaders, 'content-type': 'application/json' }

/** A page without scripts. */
export const pageHeaders = {
  ...everywhere,
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `${nothing}; style-src 'self'`,
}

/** The reference page: swagger-ui sets styles from its script, and draws its icons from data URLs. */
export const docsHeaders = {
  ...everywhere,
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `${nothing}; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'`,
}
