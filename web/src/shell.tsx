/** The frame of every page that needs a person: the bar above, the menu beside, the page. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Outlet, type ErrorComponentProps } from '@tanstack/react-router'
import { Button, Dropdown, Modal } from 'antd'
import { useEffect, useState } from 'react'
import { A, useGo, useHere } from './address.tsx'
import { call } from './api/call.ts'
import type { Session } from './api/operations.ts'
import { Problem } from './api/problem.ts'
import { ProblemNote } from './form/problem-note.tsx'
import { HelpAndKeys } from './keys.tsx'
import { Menu } from './menu.tsx'
import { paths } from './paths.ts'
import { SearchBox } from './search-box.tsx'
import { SessionProvider, useSignOut } from './session.tsx'
import { SessionEnds } from './session-ends.tsx'
import { chooseTheme, useDark } from './style/theme.ts'
import { UnitChoice } from './style/unit.tsx'
import { useTerms } from './terms.ts'
import { TrialPeople, trialKey } from './trial-people.tsx'

export function Shell() {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['session'],
    queryFn: () => call('readSession', {}),
    staleTime: 60_000,
  })
  if (isPending) return <p className="door">正在打开…</p>
  if (error instanceof Problem && error.view.status === 401) return <SignedOut />
  if (error || !data) return <div className="door">{<ProblemNote error={error} retry={() => void refetch()} />}</div>
  return (
    <SessionProvider session={data}>
      <div className="shell">
        <Bar session={data} />
        <Menu />
        <main id="main" tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      <SessionEnds session={data} />
      <HelpAndKeys />
    </SessionProvider>
  )
}

function Bar({ session }: { session: Session }) {
  const { name } = useTerms()
  const [changing, setChanging] = useState(false)
  const dark = useDark()
  const signOut = useSignOut()
  const go = useGo()
  const trial = trialKey()
  const items = [
    ...(trial === undefined || !session.trial ? [] : [{ key: 'change', label: '切换身份' }]),
    { key: 'theme', label: dark ? '浅色' : '深色' },
    { key: 'out', label: '退出登录' },
  ]
  const chosen = ({ key }: { key: string }) => {
    if (key === 'change') setChanging(true)
    if (key === 'theme') chooseTheme(dark ? 'light' : 'dark')
    if (key === 'out') void signOut().then(() => go(trial === undefined ? paths.home() : paths.try()))
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
      {changing && trial !== undefined && <ChangePerson trial={trial} close={() => setChanging(false)} />}
    </header>
  )
}

function ChangePerson({ trial, close }: { trial: string; close: () => void }) {
  const client = useQueryClient()
  const done = () => {
    // What one person read is not the other's to see.
    client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' && queryKey[0] !== 'readTerms' })
    void client.invalidateQueries().then(close)
  }
  return (
    <Modal open title="切换身份" footer={null} onCancel={close} width={720}>
      <TrialPeople trial={trial} done={done} />
    </Modal>
  )
}

function SignedOut() {
  const go = useGo()
  const trial = trialKey()
  useEffect(() => {
    if (trial !== undefined) go(paths.try(), { replace: true })
  }, [trial, go])
  return (
    <div className="door">
      <h1>一本账</h1>
      <p>{isSecureContext ? '尚未登录。' : '须经 HTTPS 访问：本页不是经 HTTPS 打开的，浏览器不会保存登录。'}</p>
      <p>在运行本服务的机器上，启动时打印了登录链接；示例账套的试用链接可用 npm run -s yiben -- try 再次打印。</p>
      <p>
        <a href="/docs">接口清单</a>
      </p>
    </div>
  )
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
