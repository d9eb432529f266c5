/** Who is signed in, and what he may. Everything else on the page asks here. */
import { useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useMemo } from 'react'
import { call } from './api/call.ts'
import type { Session } from './api/operations.ts'

const SessionContext = createContext<Session | undefined>(undefined)

export const SessionProvider = ({ session, children }: { session: Session; children: ReactNode }) => (
  <SessionContext value={session}>{children}</SessionContext>
)

export function useSession(): Session {
  const session = useContext(SessionContext)
  if (!session) throw new Error('the page stands inside a session')
  return session
}

/** Whether the person signed in may do something, by the permission that the service asks for; without one, he may. */
export function useMay(): (permission: string | undefined) => boolean {
  const { permissions } = useSession()
  return useMemo(
    () => (permission: string | undefined) => permission === undefined || permissions.includes(permission),
    [permissions],
  )
}

/** Ends the session and forgets what was read under it. */
export function useSignOut(): () => Promise<void> {
  const client = useQueryClient()
  return async () => {
    await call('endSession', {})
    client.clear()
  }
}
