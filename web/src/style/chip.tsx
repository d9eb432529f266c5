/** A state: by its name, on the ground of what it means. */
import { useTerms } from '../terms.ts'

type Tone = 'ok' | 'warn' | 'bad' | 'info' | 'wait'

const tones: Readonly<Record<string, Tone>> = {
  accepted: 'ok',
  settled: 'ok',
  handed_over: 'ok',
  approved: 'ok',
  released: 'ok',
  in_force: 'ok',
  done: 'ok',
  sent: 'ok',
  posted: 'ok',
  open: 'ok',
  checking: 'warn',
  approving: 'warn',
  submitted: 'warn',
  proposed: 'warn',
  sending: 'warn',
  rejected: 'bad',
  lapsed: 'bad',
  parked: 'bad',
  under_way: 'info',
  planned: 'info',
  running: 'info',
}

export function Chip({ list, code }: { list: string; code: string }) {
  const { name } = useTerms()
  return <span className={`chip ${tones[code] ?? 'wait'}`}>{name(list, code)}</span>
}
