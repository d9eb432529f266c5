/** 登记储备项目: what a project is, which buildings it covers, what it consists of and costs. Loaded when it is asked for. */
import { Button, Input, Select } from 'antd'
import type { ReactNode } from 'react'
import { call } from '../api/call.ts'
import type { Operations } from '../api/operations.ts'
import { useReadAll } from '../api/read.ts'
import { ActionButton } from '../form/action-button.tsx'
import { Field, TextField } from '../form/fields.tsx'
import { ProblemNote } from '../form/problem-note.tsx'
import { useSubmit } from '../form/submit.ts'
import { amountTyped } from '../money.ts'
import { useSession } from '../session.tsx'
import { useTerms } from '../terms.ts'

type Body = Operations['registerProject']['body']
type Building = { readonly community: string; readonly building: string }
type Item = { readonly item: string; readonly cost: string }

const empty = {
  project: '',
  district: '',
  kind: '',
  name: '',
  implementer: '',
  book: '',
  planBook: '',
  before: '',
  after: '',
  buildings: [] as readonly Building[],
  items: [] as readonly Item[],
}
type Draft = typeof empty

const isWhole = (text: string): boolean => text === '' || /^[0-9]{1,9}$/.test(text)

/** Why it cannot be sent yet. */
function missing({
  project,
  district,
  kind,
  name,
  implementer,
  before,
  after,
  buildings,
  items,
}: Draft): string | true {
  if ([project, district, kind, name, implementer].some((text) => text.trim() === ''))
    return '请填齐编号、区、类别、名称和实施主体'
  if (!isWhole(before) || !isWhole(after)) return '户数须为整数'
  if (buildings.some(({ community, building }) => community === '' || building.trim() === ''))
    return '每栋楼须有小区和楼号'
  if (items.some(({ item, cost }) => item === '' || amountTyped(cost) === undefined))
    return '每项改造内容须有代码和造价，造价最多两位小数'
  return true
}

const bodyOf = ({
  project,
  district,
  kind,
  name,
  implementer,
  book,
  planBook,
  before,
  after,
  ...lists
}: Draft): Body => ({
  project: project.trim(),
  district,
  kind: kind as Body['kind'],
  name: name.trim(),
  implementer: implementer.trim(),
  ...(book !== '' && { book }),
  ...(planBook !== '' && { planBook }),
  ...(before !== '' && { householdsBefore: Number(before) }),
  ...(after !== '' && { householdsAfter: Number(after) }),
  buildings: lists.buildings.map(({ community, building }) => ({ community, building: building.trim() })),
  items: lists.items.map(({ item, cost }) => ({ item, cost: amountTyped(cost) ?? cost })),
})

export default function NewProject({ done }: { done: (project: string) => void }) {
  const { district: own } = useSession()
  const { options } = useTerms()
  const form = useSubmit(
    'project.new',
    { ...empty, district: own ?? '' },
    {
      send: (draft, key) => call('registerProject', { body: bodyOf(draft), key }),
      done: ({ project }) => done(project),
    },
  )
  const { draft, change } = form
  const books = useReadAll('listBooks', {})
  const ofDistrict = (books.data ?? [])
    .filter(({ district }) => draft.district === '' || district === draft.district)
    .map(({ code, name }) => ({ value: code, label: `${code} ${name}` }))
  const text = (key: 'project' | 'name' | 'implementer' | 'before' | 'after', label: string) => (
    <TextField label={label} value={draft[key]} change={(value) => change({ [key]: value })} />
  )
  return (
    <>
      {text('project', '项目编号（各类资金共用）')}
      <Choice
        label="区"
        value={draft.district}
        change={(district) => change({ district, book: '', planBook: '', buildings: [] })}
        options={options('districts').filter(({ value }) => own === undefined || value === own)}
      />
      <Choice label="类别" value={draft.kind} change={(kind) => change({ kind })} options={options('project-kinds')} />
      {text('name', '名称')}
      {text('implementer', '实施主体')}
      <Choice label="资金所在账套" value={draft.book} change={(book) => change({ book })} options={ofDistrict} />
      <Choice
        label="资金方案备查账套"
        value={draft.planBook}
        change={(planBook) => change({ planBook })}
        options={ofDistrict}
      />
      {text('before', '改建前户数（危旧楼改建时填）')}
      {text('after', '改建后户数（危旧楼改建时填）')}
      <Buildings district={draft.district} rows={draft.buildings} change={(buildings) => change({ buildings })} />
      <Items rows={draft.items} change={(items) => change({ items })} />
      {form.error && <ProblemNote error={form.error} />}
      <ActionButton label="登记为储备" primary allowed={missing(draft)} pending={form.isPending} act={form.send} />
    </>
  )
}

function Choice({
  label,
  value,
  change,
  options,
}: {
  label: string
  value: string
  change: (value: string) => void
  options: { value: string; label: string }[]
}) {
  return (
    <Field label={label}>
      {(id) => (
        <Select
          id={id}
          aria-label={label}
          showSearch
          allowClear
          optionFilterProp="label"
          style={{ width: '100%' }}
          value={value || null}
          onChange={(next: string | null) => change(next ?? '')}
          options={options}
        />
      )}
    </Field>
  )
}

/** Rows of one kind: each can be taken away, and another added. */
function Rows<Row>({
  title,
  add,
  rows,
  empty: none,
  change,
  children,
}: {
  title: string
  add: string
  rows: readonly Row[]
  empty: Row
  change: (rows: readonly Row[]) => void
  children: (row: Row, place: number, put: (part: Partial<Row>) => void) => ReactNode
}) {
  const put = (place: number, part: Partial<Row>) =>
    change(rows.map((row, index) => (index === place ? { ...row, ...part } : row)))
  return (
    <fieldset className="fields">
      <legend>{title}</legend>
      {rows.map((row, place) => (
        // A row's place is its name.
        // oxlint-disable-next-line react/no-array-index-key
        <div key={place} className="row">
          {children(row, place + 1, (part) => put(place, part))}
          <Button onClick={() => change(rows.filter((_, index) => index !== place))}>删去</Button>
        </div>
      ))}
      <Button onClick={() => change([...rows, none])}>{add}</Button>
    </fieldset>
  )
}

function Buildings({
  district,
  rows,
  change,
}: {
  district: string
  rows: readonly Building[]
  change: (rows: readonly Building[]) => void
}) {
  const { data } = useReadAll('listCommunities', { query: { district } }, { enabled: district !== '' })
  const communities = (data ?? []).map(({ community, name }) => ({ value: community, label: `${community} ${name}` }))
  return (
    <Rows title="所含楼栋" add="添一栋" rows={rows} empty={{ community: '', building: '' }} change={change}>
      {({ community, building }, place, put) => (
        <>
          <Select
            aria-label={`第 ${place} 栋所在小区`}
            placeholder="小区"
            showSearch
            optionFilterProp="label"
            style={{ width: 260 }}
            value={community || null}
            onChange={(next: string) => put({ community: next })}
            options={communities}
          />
          <Input
            aria-label={`第 ${place} 栋楼号`}
            placeholder="楼号"
            style={{ width: 120 }}
            value={building}
            onChange={(event) => put({ building: event.target.value })}
          />
        </>
      )}
    </Rows>
  )
}

function Items({ rows, change }: { rows: readonly Item[]; change: (rows: readonly Item[]) => void }) {
  const { items, both } = useTerms()
  const codes = items('catalogue-items').map(({ code }) => ({ value: code, label: both('catalogue-items', code) }))
  return (
    <Rows title="改造内容" add="添一项" rows={rows} empty={{ item: '', cost: '' }} change={change}>
      {({ item, cost }, place, put) => (
        <>
          <Select
            aria-label={`第 ${place} 项内容`}
            placeholder="内容"
            showSearch
            optionFilterProp="label"
            style={{ width: 260 }}
            value={item || null}
            onChange={(next: string) => put({ item: next })}
            options={codes}
          />
          <Input
            aria-label={`第 ${place} 项造价（元）`}
            placeholder="造价（元）"
            inputMode="decimal"
            style={{ width: 160 }}
            value={cost}
            onChange={(event) => put({ cost: event.target.value })}
          />
        </>
      )}
    </Rows>
  )
}
