/** The menu: what the person may never read is not in it. */
import { A, useHere } from './address.tsx'
import { useRead } from './api/read.ts'
import { paths } from './paths.ts'
import { useMay } from './session.tsx'

type Item = { readonly label: string; readonly href: string; readonly needs?: string; readonly count?: 'to_do' }
type Group = { readonly title?: string; readonly items: readonly Item[] }

const groups: readonly Group[] = [
  {
    items: [
      { label: '首页 一本账', href: paths.home() },
      { label: '待办与审批', href: paths.todo(), needs: 'approval.read', count: 'to_do' },
    ],
  },
  {
    title: '资金',
    items: [
      { label: '项目', href: paths.projects(), needs: 'project.read' },
      { label: '小区', href: paths.communities(), needs: 'project.read' },
      { label: '年度计划', href: paths.plans(), needs: 'project.read' },
      { label: '指标与用款', href: paths.indicators(), needs: 'allocation.read' },
      { label: '分配', href: paths.allocations(), needs: 'allocation.read' },
      { label: '拨付', href: paths.releases(), needs: 'allocation.read' },
    ],
  },
  {
    title: '账簿',
    items: [{ label: '账套', href: paths.books(), needs: 'book.read' }],
  },
  {
    title: '工具',
    items: [
      { label: '试算', href: paths.calcs() },
      { label: '政策参数', href: paths.policy() },
      { label: '核验证明', href: paths.verify() },
      { label: '作业', href: paths.jobs(), needs: 'job.read' },
      { label: '人员', href: paths.people(), needs: 'person.read' },
      { label: '我', href: paths.me() },
    ],
  },
]

export function Menu() {
  const here = useHere()
  const may = useMay()
  const shown = groups
    .map(({ title, items }) => ({ title, items: items.filter(({ needs }) => needs === undefined || may(needs)) }))
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
