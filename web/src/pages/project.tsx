/** One project under its tabs: its money, plan, shares, works, documents and history; and moving it on. */
import { A } from '../address.tsx'
import type { WholeProject } from '../api/operations.ts'
import { useRead } from '../api/read.ts'
import { ProblemNote } from '../form/problem-note.tsx'
import { useParam } from '../params.ts'
import { paths, type ProjectTab, projectTabs } from '../paths.ts'
import { Chip } from '../style/chip.tsx'
import { Head } from '../style/head.tsx'
import { useTerms } from '../terms.ts'
import { ProjectDocuments } from './project-documents.tsx'
import { ProjectHistory } from './project-history.tsx'
import { ProjectMoneyTab } from './project-money.tsx'
import { ProjectPlan } from './project-plan.tsx'
import { ProjectShares } from './project-shares.tsx'
import { ProjectWorks } from './project-works.tsx'

const names: Readonly<Record<ProjectTab, string>> = {
  money: '资金',
  plan: '方案',
  shares: '产权分摊与居民出资',
  works: '内容与进度',
  documents: '文件与推进',
  history: '变更记录',
}

export default function ProjectPage() {
  const id = useParam('project')
  const given = useParam('tab')
  const tab = projectTabs.find((one) => one === given) ?? 'money'
  const { data, error, refetch } = useRead('readProject', { path: { project: id } })
  if (error) return <ProblemNote error={error} retry={() => void refetch()} />
  if (!data || data.project !== id) return <p>正在读取…</p>
  return (
    <>
      <Head title={`${id} ${data.name}`} sub={<About project={data} />} />
      <nav className="tabs" aria-label="项目">
        {projectTabs.map((one) => (
          <A key={one} href={paths.project(id, one)} aria-current={one === tab ? 'page' : undefined}>
            {names[one]}
          </A>
        ))}
      </nav>
      {tab === 'money' && <ProjectMoneyTab project={data} />}
      {tab === 'plan' && <ProjectPlan project={data} />}
      {tab === 'shares' && <ProjectShares project={data} />}
      {tab === 'works' && <ProjectWorks project={data} />}
      {tab === 'documents' && <ProjectDocuments project={data} />}
      {tab === 'history' && <ProjectHistory project={data} />}
    </>
  )
}

function About({ project }: { project: WholeProject }) {
  const { name } = useTerms()
  const { district, kind, state, year, batch, facts } = project
  const when = year === null ? '未列入计划' : `${year} 年${batch === null ? '' : `第 ${batch} 批`}`
  return (
    <>
      <Chip list="project-states" code={state} /> {name('districts', district)} · {name('project-kinds', kind)} · {when}{' '}
      · {facts.communities} 个小区 {facts.buildings} 栋 {facts.households} 户 {facts.area} ㎡
    </>
  )
}
