/** 人员: who there is and holds what; the security administrator gives and ends duties, and what excludes is refused. */
import { Select } from 'antd'
import { useSearch } from '../address.tsx'
import { call } from '../api/call.ts'
import type { Operations, Person } from '../api/operations.ts'
import { useReadAll } from '../api/read.ts'
import { ActionButton } from '../form/action-button.tsx'
import { Field } from '../form/fields.tsx'
import { ProblemNote } from '../form/problem-note.tsx'
import { useAction, useSubmit } from '../form/submit.ts'
import { useMay } from '../session.tsx'
import { Head } from '../style/head.tsx'
import { timeText } from '../style/time.tsx'
import { Table } from '../table/table.tsx'
import { type Terms, useTerms } from '../terms.ts'

const reach = ({ name }: Terms, district: string | undefined): string =>
  district === undefined ? '全市' : name('districts', district)

export default function People() {
  const terms = useTerms()
  const [{ person }, change] = useSearch()
  const { data, error, refetch } = useReadAll('listPersons', {})
  const chosen = data?.find(({ id }) => id === person)
  return (
    <>
      <Head title="人员" sub={data && `共 ${data.length} 人`} />
      {chosen && <PersonCard key={chosen.id} person={chosen} />}
      <div className="card">
        <Table
          label="人员"
          columns={[
            {
              key: 'name',
              title: '姓名',
              value: ({ name }) => name,
              show: ({ id, name }) => (
                <button type="button" className="link" onClick={() => change({ person: id })}>
                  {name}
                </button>
              ),
            },
            { key: 'id', title: '编号', value: ({ id }) => id },
            {
              key: 'duties',
              title: '在任职责',
              value: ({ duties }) =>
                duties
                  .filter(({ endedAt }) => endedAt === undefined)
                  .map(({ role, district }) => `${terms.name('roles', role)}（${reach(terms, district)}）`)
                  .join('、'),
            },
            { key: 'madeBy', title: '登记人', value: ({ madeBy }) => madeBy },
            { key: 'madeAt', title: '登记', value: ({ madeAt }) => timeText(madeAt) },
          ]}
          rows={data}
          rowKey={({ id }) => id}
          error={error}
          retry={() => void refetch()}
          empty="没有人员。"
          file="人员"
        />
      </div>
    </>
  )
}

type Role = Operations['giveDuty']['body']['role']

function PersonCard({ person }: { person: Person }) {
  const may = useMay()
  const terms = useTerms()
  const manages = may('person.manage')
  const end = useAction((key, duty: string) => call('endDuty', { path: { person: person.id, duty }, key }))
  return (
    <section className="card" aria-label={person.name}>
      <h2>{person.name}</h2>
      {end.error && <ProblemNote error={end.error} />}
      <ul className="plain">
        {person.duties.map(({ id, role, district, endedAt }) => (
          <li key={id}>
            <span>
              {terms.name('roles', role)}（{reach(terms, district)}）
              {endedAt !== undefined && `已于 ${timeText(endedAt)} 终止`}
            </span>
            {endedAt === undefined && (
              <ActionButton
                label="终止"
                danger
                allowed={manages || '须由安全管理员办理'}
                pending={end.isPending}
                act={() => end.mutate(id)}
              />
            )}
          </li>
        ))}
      </ul>
      <Giving person={person} />
    </section>
  )
}

function Giving({ person }: { person: Person }) {
  const terms = useTerms()
  const manages = useMay()('person.manage')
  const give = useSubmit(
    `duty.${person.id}`,
    { role: '', district: '' },
    {
      send: ({ role, district }, key) =>
        call('giveDuty', {
          path: { person: person.id },
          body: { role: role as Role, ...(district !== '' && { district }) },
          key,
        }),
      done: () => undefined,
    },
  )
  return (
    <>
      <h2>给予职责</h2>
      <Field label="角色">
        {(id) => (
          <Select
            id={id}
            aria-label="角色"
            style={{ width: 220 }}
            value={give.draft.role || null}
            onChange={(role: string) => give.change({ role })}
            options={terms.options('roles')}
          />
        )}
      </Field>
      <Field label="区（空为全市）">
        {(id) => (
          <Select
            id={id}
            aria-label="区"
            allowClear
            style={{ width: 220 }}
            value={give.draft.district || null}
            onChange={(district: string | null) => give.change({ district: district ?? '' })}
            options={terms.options('districts')}
          />
        )}
      </Field>
      {give.error && <ProblemNote error={give.error} />}
      <ActionButton
        label="给予"
        primary
        allowed={!manages ? '须由安全管理员办理' : give.draft.role === '' ? '请选择角色' : true}
        pending={give.isPending}
        act={give.send}
      />
    </>
  )
}
