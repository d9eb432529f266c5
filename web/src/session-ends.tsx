/** Says two minutes before a session ends; one click keeps it, where its eight hours are not over. */
import { useQueryClient } from '@tanstack/react-query'
import { Alert, Button } from 'antd'
import { useEffect, useState } from 'react'
import { parseInstant, systemClock } from '../../src/base/calendar.ts'
import type { Session } from './api/operations.ts'

const warnBefore = 120
const lookEveryMs = 5_000

const secondsTo = (until: string | undefined): number | undefined => {
  const at = until === undefined ? undefined : parseInstant(until)
  return at === undefined ? undefined : Number((at - systemClock()) / 1_000_000n)
}

export function SessionEnds({ session }: { session: Session }) {
  const client = useQueryClient()
  const [left, setLeft] = useState<number>()
  useEffect(() => {
    const look = () => setLeft(secondsTo(session.until))
    look()
    const timer = setInterval(look, lookEveryMs)
    return () => clearInterval(timer)
  }, [session.until])
  if (left === undefined || left > warnBefore) return null
  return (
    <Alert
      type="warning"
      banner
      title={left > 0 ? '登录即将到期。' : '登录已到期，页面上的内容仍在。'}
      action={<Button onClick={() => void client.invalidateQueries({ queryKey: ['session'] })}>继续使用</Button>}
    />
  )
}
