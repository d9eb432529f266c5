/** The menu: what the person may never read is not in it. */
import { A, useHere } from './address.tsx'
import { useRead } from './api/read.ts'
import { paths } from './paths.ts'
import { needs, type PageName } from './rights.ts'
import { useMay } from './session.tsx'

type Item = { readonly label: string; readonly page: PageName; readonly href: string; readonly count?: 'to_do' }
type Group = { readonly title?: string; readonly items: readonly Item[] }

const groups: readonly Group[] = [
  {
    items: [
      { label: '首页 一本账', page: 'home', href: paths.home() },
      { label: '待办与审批', page: 'todo', href: paths.todo(), count: 'to_do' },
    ],
  },
  {
    title: '资金',
    items: [
      { label: '项目', page: 'projects', href: paths.projects() },
      { label: '小区', page: 'communities', href: paths.communities() },
      { label: '年度计划', page: 'plans', href: paths.plans() },
      { label: '指标与用款', page: 'indicators', href: paths.indicators() },
      { label: '分配', page: 'allocations', href: paths.allocations() },
      { label: '拨付', page: 'releases', href: paths.releases() },
    ],
  },
  {
    title: '账簿',
    items: [{ label: '账套', page: 'books', href: paths.books() }],
  },
  {
    title: '工具',
    items: [
      { label: '试算', page: 'calcs', href: paths.calcs() },
      { label: '政策参数', page: 'policy', href: paths.policy() },
      { label: '核验证明', page: 'verify', href: paths.verify() },
      { label: '作业', page: 'jobs', href: paths.jobs() },
      { label: '人员', page: 'people', href: paths.people() },
      { label: '我', page: 'me', href: paths.me() },
    ],
  },
]

export function Menu() {
  const here = useHere()
  const may = useMay()
  const shown = groups
    .map(({ title, items }) => ({ title, items: items.filter(({ page }) => may(needs[page])) }))
    .filter(({ items }) => items.length > 0)
  const isHere = (href: string) => (href === '/' ? here === '/' : here === href || here.startsWith(`${href}/`))
  return (
    <nav className="menu" aria-label="主菜单">
      {shown.map(({ title, items }) => (
        <div key={title ?? ''}>
          {title !== undefined && <h2>{title}</h2>}
          {items.map(({ label, href, count }) => (
            <A key={href} href={href} aria-current={isHere(href) ? 'page' : undefined}>
              {label}
              {count && <Waiting />}
            </A>
          ))}
        </div>
      ))}
    </nav>
  )
}

const askEveryMs = 60_000

function Waiting() {
  const { data } = useRead('countApprovals', {}, { refetchInterval: askEveryMs })
  const count = data?.to_do ?? 0
  return count === 0 ? null : (
    <span className="count" aria-label={`待办 ${count} 项`}>
      {count}
    </span>
  )
}
