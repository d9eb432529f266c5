/** 凭证: the entries of a book, in the order of the books. */
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { Checkbox, Input } from 'antd'
import { useState } from 'react'
import { A, useSearch } from '../address.tsx'
import { call, sheetOf } from '../api/call.ts'
import type { Entry } from '../api/operations.ts'
import { DayField } from '../form/fields.tsx'
import { amountTyped, fenOf, formatFen } from '../money.ts'
import { paths } from '../paths.ts'
import { Day } from '../style/time.tsx'
import { type Column, Table } from '../table/table.tsx'

/** What moves in the basis of the first line: what people call the amount of a voucher. */
const amountOf = ({ lines }: Entry): string => {
  const [first] = lines
  const fen = lines
    .filter(({ basis, debit }) => basis === first?.basis && debit !== undefined)
    .reduce((sum, { debit = '0' }) => sum + fenOf(debit), 0n)
  return formatFen(fen)
}

const columns: readonly Column<Entry>[] = [
  { key: 'period', title: '期间', value: ({ period }) => period },
  {
    key: 'number',
    title: '凭证号',
    value: ({ number }) => `记-${number}`,
    show: ({ number, id }) => <A href={paths.entry(id)}>记-{number}</A>,
  },
  { key: 'on', title: '业务日期', value: ({ on }) => on },
  { key: 'summary', title: '摘要', value: ({ summary }) => summary },
  { key: 'amount', title: '金额', kind: 'amount', value: amountOf },
  { key: 'maker', title: '制单', value: ({ maker }) => maker },
  {
    key: 'recordedAt',
    title: '记账',
    value: ({ recordedAt }) => recordedAt,
    show: ({ recordedAt }) => <Day at={recordedAt} />,
  },
  {
    key: 'reversed',
    title: '冲销',
    value: ({ reverses, reversedBy }) => (reverses ? '红字' : reversedBy ? '已冲销' : ''),
  },
]

const yes = 'true'

/** What the entries are asked by, as the address says it: business days, and what the service finds entries by. */
const typed = {
  counterparty: '往来单位',
  contract: '合同',
  amount: '金额（元）',
  document: '文号',
  maker: '制单',
} as const
type Typed = keyof typeof typed
const typedNames = Object.keys(typed) as Typed[]

export function BookEntries({ book }: { book: string }) {
  const [search, change] = useSearch()
  const { from, to, recorded, unapproved, backDated } = search
  const asked = {
    book,
    from,
    to,
    ...Object.fromEntries(typedNames.map((key) => [key, search[key]])),
    recordedFrom: recorded && `${recorded}T00:00:00+08:00`,
    approved: unapproved && 'false',
    backDated,
    order: 'oldest',
  } as const
  const { data, error, fetchNextPage, hasNextPage, isPlaceholderData, refetch } = useInfiniteQuery({
    queryKey: ['findEntries', asked],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam: cursor, signal }) =>
      call('findEntries', { query: { ...asked, cursor, limit: '200' }, signal }),
    getNextPageParam: ({ next }) => next ?? undefined,
    placeholderData: keepPreviousData,
  })
  const flag = (key: 'unapproved' | 'backDated', label: string) => (
    <Checkbox
      checked={search[key] === yes}
      onChange={({ target }) => change({ [key]: target.checked ? yes : undefined })}
    >
      {label}
    </Checkbox>
  )
  return (
    <div className="card">
      <Table
        label="凭证"
        columns={columns}
        rows={data?.pages.flatMap(({ items }) => items)}
        rowKey={({ id }) => id}
        href={({ id }) => paths.entry(id)}
        error={error}
        retry={() => void refetch()}
        stale={isPlaceholderData}
        empty="没有符合条件的凭证。请放宽筛选。"
        file={`凭证-${book}`}
        sheet={sheetOf('findEntries', { query: asked })}
        ordered
        more={hasNextPage ? () => void fetchNextPage() : undefined}
        tools={
          <>
            <DayField inline label="自" value={from ?? ''} change={(value) => change({ from: value })} />
            <DayField inline label="至" value={to ?? ''} change={(value) => change({ to: value })} />
            <DayField inline label="记账自" value={recorded ?? ''} change={(value) => change({ recorded: value })} />
            {typedNames.map((key) => (
              <Asked
                key={`${key} ${search[key] ?? ''}`}
                label={typed[key]}
                value={search[key] ?? ''}
                change={(value) => change({ [key]: key === 'amount' ? (amountTyped(value) ?? value) : value })}
              />
            ))}
            {flag('unapproved', '未经审批')}
            {flag('backDated', '补记')}
          </>
        }
      />
    </div>
  )
}

/** Asked when it has been typed: by Enter, or by going on to something else. */
function Asked({ label, value, change }: { label: string; value: string; change: (value: string) => void }) {
  const [now, setNow] = useState(value)
  const take = () => {
    if (now.trim() !== value) change(now.trim())
  }
  return (
    <Input
      aria-label={label}
      placeholder={label}
      style={{ width: 120 }}
      value={now}
      onChange={(event) => setNow(event.target.value)}
      onPressEnter={take}
      onBlur={take}
    />
  )
}
