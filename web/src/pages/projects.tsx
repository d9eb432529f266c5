/** All projects, filtered in the address. */
import { Modal, Select } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { A, useGo, useSearch } from '../address.tsx'
import { sheetOf } from '../api/call.ts'
import type { Project } from '../api/operations.ts'
import { useReadAll } from '../api/read.ts'
import { ActionButton } from '../form/action-button.tsx'
import { paths } from '../paths.ts'
import { useMay, useSession } from '../session.tsx'
import { Chip } from '../style/chip.tsx'
import { Head } from '../style/head.tsx'
import { type Column, Table } from '../table/table.tsx'
import { type Terms, useTerms } from '../terms.ts'

const columnsOf = ({ name }: Terms): readonly Column<Project>[] => [
  {
    key: 'project',
    title: '项目编号',
    value: ({ project }) => project,
    show: ({ project }) => <A href={paths.project(project)}>{project}</A>,
  },
  { key: 'name', title: '名称', value: (row) => row.name },
  { key: 'district', title: '区', value: ({ district }) => name('districts', district) },
  { key: 'kind', title: '类别', value: ({ kind }) => name('project-kinds', kind) },
  { key: 'year', title: '年度', value: ({ year }) => year },
  { key: 'batch', title: '批次', value: ({ batch }) => batch },
  {
    key: 'state',
    title: '状态',
    value: ({ state }) => name('project-states', state),
    show: ({ state }) => <Chip list="project-states" code={state} />,
  },
  { key: 'stateOn', title: '状态日期', value: ({ stateOn }) => stateOn },
  { key: 'households', title: '户数', kind: 'count', value: ({ householdsBefore }) => householdsBefore },
]

const exported = 'project name districtName kindName year batch stateName stateOn householdsBefore'.split(' ')

const NewProject = lazy(() => import('./new-project.tsx'))

export default function Projects() {
  const terms = useTerms()
  const { district: own } = useSession()
  const [search, change] = useSearch()
  const { district, state, kind, year } = search
  const query = { district, state, kind, year }
  const { data, error, isPlaceholderData, refetch } = useReadAll('listProjects', { query: query })
  const choice = (key: string, label: string, list: string) => (
    <Select
      aria-label={label}
      placeholder={label}
      allowClear
      showSearch
      optionFilterProp="label"
      popupMatchSelectWidth={false}
      style={{ width: 130 }}
      value={search[key] ?? null}
      onChange={(value: string | null) => change({ [key]: value ?? undefined })}
      options={terms.options(list)}
    />
  )
  return (
    <>
      <Head title="项目" sub={data && `共 ${data.length} 个`}>
        <Registering />
      </Head>
      <div className="card">
        <Table
          label="项目"
          columns={columnsOf(terms)}
          rows={data}
          rowKey={({ project }) => project}
          href={({ project }) => paths.project(project)}
          error={error}
          retry={() => void refetch()}
          stale={isPlaceholderData}
          empty="没有符合条件的项目。请放宽筛选。"
          file="项目"
          sheet={sheetOf('listProjects', { query, columns: exported })}
          totals
          tools={
            <>
              {own === undefined && choice('district', '区', 'districts')}
              {choice('state', '状态', 'project-states')}
              {choice('kind', '类别', 'project-kinds')}
            </>
          }
        />
      </div>
    </>
  )
}

function Registering() {
  const may = useMay()
  const go = useGo()
  const [open, setOpen] = useState(false)
  return (
    <>
      <ActionButton
        label="登记储备项目"
        allowed={may('project.manage') || '须由经办人员登记'}
        act={() => setOpen(true)}
      />
      <Modal open={open} title="登记储备项目" footer={null} width={640} onCancel={() => setOpen(false)} destroyOnHidden>
        <Suspense fallback={<p>正在打开…</p>}>
          <NewProject done={(project) => go(paths.project(project, 'documents'))} />
        </Suspense>
      </Modal>
    </>
  )
}
