/** A bar around zero, as long as its part of the largest of them. */
import { fenOf } from '../money.ts'

const half = 60

export function Bar({ amount, all }: { amount: string; all: readonly string[] }) {
  const size = (text: string): bigint => {
    const fen = fenOf(text)
    return fen < 0n ? -fen : fen
  }
  const most = all.map(size).reduce((a, b) => (a > b ? a : b), 1n)
  const length = Number((size(amount) * BigInt(half)) / (most === 0n ? 1n : most))
  const negative = fenOf(amount) < 0n
  return (
    <svg width={2 * half} height="12" aria-hidden="true" className="bar-chart">
      <line x1={half} x2={half} y1="0" y2="12" />
      <rect
        x={negative ? half - length : half}
        y="2"
        width={length}
        height="8"
        className={negative ? 'less' : 'more'}
      />
    </svg>
  )
}
