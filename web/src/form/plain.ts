/** A value as it is read: text as it stands, everything else as its JSON; nothing where there is none. */
export const plain = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value)
