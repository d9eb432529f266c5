/** A fault of ours, never of a caller: it is not caught on the way, and leaves the service as a 500 without detail. */
export class Bug extends Error {
  override readonly name = 'Bug'
}

/** States what must be true here. What fails is a bug, so the message speaks to the programmer. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Bug(message)
}

/** Marks a branch the types say cannot be reached. */
export function unreachable(value: never): never {
  throw new Bug(`unreachable: ${String(value)}`)
}
