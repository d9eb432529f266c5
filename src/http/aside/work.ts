/** What the thread of the calculations does: from the bytes of a body to the bytes of its answer. */
import { parentPort } from 'node:worker_threads'
import { assert } from '../../base/assert.ts'
import { listMost as calculationListMost } from '../../calc/form.ts'
import { calculationOf } from '../../calc/registry.ts'
import { parseBytes } from '../body.ts'
import { answerTo, type Language, Problem } from '../problem.ts'

export type Asked = {
  readonly id: number
  readonly name: string
  readonly bytes: Uint8Array
  readonly language: Language
}
export type Worked = {
  readonly id: number
  readonly status: number
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly bug?: string
  /** How long the work took. */
  readonly ms: number
}

export function runThread(): void {
  const port = parentPort
  assert(port, 'this is the thread of a desk')
  port.on('message', (asked: Asked) => {
    const began = performance.now()
    const worked = workOf(asked)
    port.postMessage({ ...worked, ms: performance.now() - began } satisfies Worked, [worked.bytes.buffer])
  })
}

/** The answer of a calculation, or what it was refused with. */
export function workOf({ id, name, bytes, language }: Asked): Omit<Worked, 'ms'> {
  try {
    const calculation = calculationOf(name)
    assert(calculation, `a calculation called ${name}`)
    const outcome = calculation.run(parseBytes(Buffer.from(bytes), calculationListMost))
    if (outcome.kind === 'invalid') throw new Problem('input_invalid', outcome.faults)
    return { id, status: 200, bytes: encoded(JSON.stringify({ result: outcome.result, uses: outcome.uses })) }
  } catch (error) {
    const { status, text, bug } = answerTo(error, language)
    const told = bug instanceof Error ? { bug: `${bug.name}: ${bug.message}` } : {}
    return { id, status, bytes: encoded(text), ...told }
  }
}

// A buffer of its own, which can be handed over whole.
const encoded = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)
