/** The frame of every page that needs a person: the bar above, the menu beside, the page. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Outlet, useMatches, type ErrorComponentProps } from '@tanstack/react-router'
import { Button, Dropdown, Modal } from 'antd'
import { useEffect, useState } from 'react'
import { A, useGo, useHere } from './address.tsx'
import { askInPlace } from './api/asking.ts'
import { call } from './api/call.ts'
import type { Session } from './api/operations.ts'
import { Problem } from './api/problem.ts'
import { ProblemNote } from './form/problem-note.tsx'
import { HelpAndKeys } from './keys.tsx'
import { Menu } from './menu.tsx'
import { paths } from './paths.ts'
import { SearchBox } from './search-box.tsx'
import { needsAt } from './rights.ts'
import { SessionProvider, useMay, useSignOut } from './session.tsx'
import { ChooseDuty } from './sign-in/choose-duty.tsx'
import { SigningIn } from './sign-in/signing-in.tsx'
import { SessionEnds } from './session-ends.tsx'
import { Head } from './style/head.tsx'
import { chooseTheme, useDark } from './style/theme.ts'
import { UnitChoice } from './style/unit.tsx'
import { useTerms } from './terms.ts'
import { TrialPeople, trialKey } from './trial-people.tsx'

const lookEveryMs = 60_000

export function Shell() {
  const { data, error, errorUpdatedAt, isPending, refetch } = useQuery({
    queryKey: ['session'],
    queryFn: () => call('readSession', {}),
    staleTime: lookEveryMs,
    // Also where nobody sits before it: it is said before it ends.
    refetchInterval: lookEveryMs,
    refetchIntervalInBackground: true,
  })
  const isOut = error instanceof Problem && error.view.status === 401
  const hasEnded = isOut && data !== undefined
  // In place: what stands on the page stays there.
  useEffect(() => {
    if (hasEnded) void askInPlace('sign_in')
  }, [hasEnded, errorUpdatedAt])
  if (isPending) return <p className="door">正在打开…</p>
  if (isOut && !data) return <SignedOut />
  if (!data) return <div className="door">{<ProblemNote error={error} retry={() => void refetch()} />}</div>
  return (
    <SessionProvider session={data}>
      <div className="shell">
        <Bar session={data} />
        <Menu />
        <main id="main" tabIndex={-1}>
          <Permitted />
        </main>
      </div>
      <SessionEnds session={data} />
      <HelpAndKeys />
    </SessionProvider>
  )
}

/** The page; or, to whom the service would refuse what it shows, that it does. */
function Permitted() {
  const may = useMay()
  const { name } = useTerms()
  const right = needsAt(useMatches().at(-1)?.fullPath as string | undefined)
  if (right === undefined || may(right)) return <Outlet />
  return (
    <>
      <Head title="无权查看" />
      <p className="empty">此页须有“{name('permissions', right)}”权限，您现在的职责没有。</p>
    </>
  )
}

function Bar({ session }: { session: Session }) {
  const { name } = useTerms()
  const [changing, setChanging] = useState<'person' | 'duty'>()
  const dark = useDark()
  const signOut = useSignOut()
  const go = useGo()
  const trial = trialKey()
  const items = [
    ...(trial === undefined || !session.trial ? [] : [{ key: 'person', label: '切换身份' }]),
    ...((session.duties ?? []).length > 1 ? [{ key: 'duty', label: '切换职责' }] : []),
    { key: 'theme', label: dark ? '浅色' : '深色' },
    { key: 'out', label: '退出登录' },
  ]
  const chosen = ({ key }: { key: string }) => {
    if (key === 'person' || key === 'duty') setChanging(key)
    if (key === 'theme') chooseTheme(dark ? 'light' : 'dark')
    if (key === 'out') void signOut().then(() => go(trial === undefined ? paths.signIn() : paths.try()))
  }
  const where = session.district ? name('districts', session.district) : '市级'
  return (
    <header className="bar">
      <A className="name" href={paths.home()}>
        一本账
      </A>
      {session.trial && <span className="chip warn">示例数据</span>}
      <span className="space" />
      <SearchBox />
      <UnitChoice />
      <Dropdown menu={{ items, onClick: chosen }} trigger={['click']}>
        <Button type="text" aria-haspopup="menu">
          {session.person}（{where}）▾
        </Button>
      </Dropdown>
      {changing && (
        <Change
          session={session}
          trial={changing === 'person' ? trial : undefined}
          close={() => setChanging(undefined)}
        />
      )}
    </header>
  )
}

/** Another person of the sample, or another duty of the same. */
function Change({ session, trial, close }: { session: Session; trial: string | undefined; close: () => void }) {
  const client = useQueryClient()
  const done = () => {
    // What one person read is not the other's to see.
    client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' && queryKey[0] !== 'readTerms' })
    void client.invalidateQueries().then(close)
  }
  return (
    <Modal open title={trial === undefined ? '切换职责' : '切换身份'} footer={null} onCancel={close} width={720}>
      {trial === undefined ? <ChooseDuty session={session} done={done} /> : <TrialPeople trial={trial} done={done} />}
    </Modal>
  )
}

function SignedOut() {
  const client = useQueryClient()
  const go = useGo()
  const trial = trialKey()
  useEffect(() => {
    if (trial !== undefined) go(paths.try(), { replace: true })
  }, [trial, go])
  return <SigningIn done={() => void client.resetQueries()} />
}

export const NotHere = () => (
  <div className="door">
    <h1>没有这个页面</h1>
    <p>
      <A href={paths.home()}>回首页</A>
    </p>
  </div>
)

export function Failed({ error, reset }: ErrorComponentProps) {
  const here = useHere()
  return (
    <div className="door" key={here}>
      <h1>页面出错</h1>
      <ProblemNote error={error} retry={reset} />
    </div>
  )
}
