/** Fields with their names, as the whole console has them. */
import { Input } from 'antd'
import { type ReactNode, useEffect, useId, useState } from 'react'
import { amountTyped, capitals, fenOf } from '../money.ts'

export function Field({
  label,
  fault,
  children,
}: {
  label: string
  fault?: string | undefined
  children: (id: string) => ReactNode
}) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children(id)}
      {fault !== undefined && (
        <div className="fault" role="alert">
          {fault}
        </div>
      )}
    </div>
  )
}

export function TextField({
  label,
  value,
  change,
  fault,
  lines = 1,
  hint,
}: {
  label: string
  value: string
  change: (value: string) => void
  fault?: string | undefined
  lines?: number
  hint?: string
}) {
  return (
    <Field label={label} fault={fault}>
      {(id) =>
        lines === 1 ? (
          <Input id={id} value={value} placeholder={hint} onChange={(event) => change(event.target.value)} />
        ) : (
          <Input.TextArea id={id} rows={lines} value={value} onChange={(event) => change(event.target.value)} />
        )
      }
    </Field>
  )
}

/** A business day. The browser's own field: it speaks the reader's language and needs no script. */
export function DayField({
  label,
  value,
  change,
  inline = false,
}: {
  label: string
  value: string
  change: (value: string) => void
  inline?: boolean
}) {
  const id = useId()
  const input = (
    <Input id={id} type="date" style={{ width: 150 }} value={value} onChange={(event) => change(event.target.value)} />
  )
  if (inline)
    return (
      <span>
        <label htmlFor={id}>{label}</label> {input}
      </span>
    )
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {input}
    </div>
  )
}

/** An amount in yuan: what was typed stays, and its capitals stand beneath. Never a number of JavaScript's. */
export function AmountField({
  label,
  value,
  change,
  fault,
}: {
  label: string
  value: string
  change: (value: string) => void
  fault?: string | undefined
}) {
  const [typed, setTyped] = useState(value)
  const amount = amountTyped(typed)
  useEffect(() => {
    setTyped((now) => ((amountTyped(now) ?? '') === value ? now : value))
  }, [value])
  const wrong = typed.trim() !== '' && amount === undefined ? '不是金额：最多两位小数' : undefined
  return (
    <Field label={`${label}（元）`} fault={wrong ?? fault}>
      {(id) => (
        <>
          <Input
            id={id}
            inputMode="decimal"
            value={typed}
            onChange={(event) => {
              setTyped(event.target.value)
              change(amountTyped(event.target.value) ?? '')
            }}
          />
          <span className="note">{amount === undefined ? '' : capitals(fenOf(amount))}</span>
        </>
      )}
    </Field>
  )
}
