/** 人员: who there is and holds what; the security administrator gives and ends duties, and what excludes is refused. */
import { Input, Select } from 'antd'
import { useState } from 'react'
import { useSearch } from '../address.tsx'
import { call } from '../api/call.ts'
import type { Operations, Person } from '../api/operations.ts'
import { useReadAll } from '../api/read.ts'
import { ActionButton } from '../form/action-button.tsx'
import { Field, TextField } from '../form/fields.tsx'
import { ProblemNote } from '../form/problem-note.tsx'
import { useAction, useSubmit } from '../form/submit.ts'
import { useMay, useSession } from '../session.tsx'
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
  const manages = useMay()('person.manage')
  const chosen = data?.find(({ id }) => id === person)
  return (
    <>
      <Head title="人员" sub={data && `共 ${data.length} 人`} />
      {chosen && <PersonCard key={chosen.id} person={chosen} />}
      {manages && <Registering done={(id) => change({ person: id })} />}
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
            { key: 'signIn', title: '登录', value: ({ signIn = 'none' }) => terms.name('sign-in-states', signIn) },
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

/** A new person: he may do nothing until he is given a duty, and come in by nothing until he is invited. */
function Registering({ done }: { done: (id: string) => void }) {
  const make = useSubmit(
    'person',
    { id: '', name: '' },
    {
      send: ({ id, name }, key) => call('registerPerson', { body: { id: id.trim(), name: name.trim() }, key }),
      done: ({ id }) => done(id),
    },
  )
  const { id, name } = make.draft
  return (
    <section className="card" aria-label="登记人员">
      <h2>登记人员</h2>
      <TextField label="姓名（一经登记不再改变）" value={name} change={(given) => make.change({ name: given })} />
      <TextField label="编号（小写英文字母开头）" value={id} change={(given) => make.change({ id: given })} />
      {make.error && <ProblemNote error={make.error} />}
      <ActionButton
        label="登记"
        allowed={id === '' || name === '' ? '请填写姓名和编号' : true}
        pending={make.isPending}
        act={make.send}
      />
    </section>
  )
}

/** How a person comes in: a link to hand over, shown once; or no more. */
function LettingIn({ person }: { person: Person }) {
  const manages = useMay()('person.manage')
  const own = useSession().person === person.name
  const { name } = useTerms()
  const [link, setLink] = useState<string>()
  const invite = useAction(
    () => call('invitePerson', { path: { person: person.id } }),
    ({ path }) => setLink(location.origin + path),
  )
  const disable = useAction(
    (key) => call('disablePerson', { path: { person: person.id }, key }),
    () => setLink(undefined),
  )
  const { signIn = 'none' } = person
  const allowed = !manages ? '须由安全管理员办理' : own ? '不得邀请或停用本人' : true
  return (
    <>
      <h2>登录：{name('sign-in-states', signIn)}</h2>
      {invite.error && <ProblemNote error={invite.error} />}
      {disable.error && <ProblemNote error={disable.error} />}
      {link !== undefined && (
        <Field label="登录链接：交给本人，24 小时内一次有效，只显示这一次">
          {(id) => <Input id={id} readOnly value={link} onFocus={(event) => event.target.select()} />}
        </Field>
      )}
      <div className="actions">
        <ActionButton
          label={signIn === 'ready' ? '重设密码（新的登录链接）' : '邀请登录'}
          allowed={allowed}
          pending={invite.isPending}
          act={() => invite.mutate()}
        />
        <ActionButton
          label="停用登录"
          danger
          allowed={allowed}
          pending={disable.isPending}
          act={() => disable.mutate()}
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
      <LettingIn person={person} />
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
