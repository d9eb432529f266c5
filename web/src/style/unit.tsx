/** The unit in which amounts are shown, for reading only; kept for this browser. */
import { Segmented } from 'antd'
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react'
import { exact, fenOf, shown, type Unit, units } from '../money.ts'

const place = 'yiben.unit'
const UnitContext = createContext<{ unit: Unit; choose: (unit: Unit) => void }>({
  unit: 'yuan',
  choose: () => undefined,
})

export function UnitProvider({ children }: { children: ReactNode }) {
  const [unit, setUnit] = useState<Unit>(() => {
    const kept = localStorage.getItem(place)
    return kept !== null && Object.hasOwn(units, kept) ? (kept as Unit) : 'wan'
  })
  const value = useMemo(
    () => ({
      unit,
      choose: (next: Unit) => {
        localStorage.setItem(place, next)
        setUnit(next)
      },
    }),
    [unit],
  )
  return <UnitContext value={value}>{children}</UnitContext>
}

export const useUnit = () => useContext(UnitContext)

export function UnitChoice() {
  const { unit, choose } = useUnit()
  return (
    <Segmented
      aria-label="金额单位"
      name="unit"
      value={unit}
      onChange={choose}
      options={Object.entries(units).map(([value, label]) => ({ value: value as Unit, label }))}
    />
  )
}

/** An amount in the unit of the page: the exact one is on hover, and is what is copied. */
export function Money({ amount, dash = false }: { amount: string | null | undefined; dash?: boolean }) {
  const { unit } = useUnit()
  if (amount === null || amount === undefined) return <span className="money">—</span>
  const fen = fenOf(amount)
  if (dash && fen === 0n) return <span className="money">—</span>
  return (
    <span
      className={fen < 0n ? 'money red' : 'money'}
      title={exact(fen)}
      onCopy={(event) => {
        if (String(getSelection()) !== event.currentTarget.textContent) return
        event.clipboardData.setData('text/plain', amount)
        event.preventDefault()
      }}
    >
      {shown(fen, unit)}
    </span>
  )
}

/** What stands beneath figures that were rounded. */
export function RoundingNote() {
  const { unit } = useUnit()
  return unit === 'yuan' ? null : <p className="note">分项之和因四舍五入可能与合计不等；将鼠标停在金额上可看到元。</p>
}
