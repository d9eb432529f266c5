/** What can be done; what may not be done now is there, dead, with the reason. */
import { Button, Tooltip } from 'antd'
import { useId } from 'react'

/** `true`, or why not. */
export type Allowed = true | string

type Answered = { readonly allowed: boolean; readonly detail?: string; readonly clause?: string }

/** What the service says of an action, in the words in which it would refuse it. */
export function allowedOf(action: Answered | undefined): Allowed {
  if (!action) return '正在读取'
  return action.allowed || [action.detail ?? '此刻不能办理', action.clause].filter(Boolean).join(' ')
}

export function ActionButton({
  label,
  allowed,
  act,
  primary = false,
  danger = false,
  pending = false,
}: {
  label: string
  allowed: Allowed
  act: () => void
  primary?: boolean
  danger?: boolean
  pending?: boolean
}) {
  const reason = useId()
  if (allowed === true)
    return (
      <Button type={primary ? 'primary' : 'default'} danger={danger} disabled={pending} onClick={act}>
        {label}
      </Button>
    )
  return (
    <Tooltip title={allowed}>
      {/* Dead, yet reached by the keyboard, so that the reason can be read. */}
      <Button aria-disabled aria-describedby={reason} className="dead" onClick={(event) => event.preventDefault()}>
        {label}
        <span id={reason} className="hidden">
          {allowed}
        </span>
      </Button>
    </Tooltip>
  )
}
