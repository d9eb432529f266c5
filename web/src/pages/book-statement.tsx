/** 明细账: the lines of an account, page by page in the order of the books. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { Input } from 'antd'
import { useState } from 'react'
import { yearMax, yearMin } from '../../../src/base/calendar.ts'
import { A, useSearch } from '../address.tsx'
import { call } from '../api/call.ts'
import type { StatementItem } from '../api/operations.ts'
import { DayField } from '../form/fields.tsx'
import { paths } from '../paths.ts'
import { Money } from '../style/unit.tsx'
import { type Column, Table } from '../table/table.tsx'
import { type Terms, useTerms } from '../terms.ts'

const columnsOf = ({ both }: Terms): readonly Column<StatementItem>[] => [
  { key: 'on', title: '日期', value: ({ on }) => on },
  {
    key: 'number',
    title: '凭证',
    value: ({ number }) => `记-${number}`,
    show: ({ number, entry }) => <A href={paths.entry(entry)}>记-{number}</A>,
  },
  { key: 'summary', title: '摘要', value: ({ summary }) => summary },
  { key: 'account', title: '科目', value: ({ account }) => account },
  { key: 'project', title: '项目', value: ({ project }) => project },
  { key: 'source', title: '来源', value: ({ source }) => (source === '' ? '' : both('sources', source)) },
  { key: 'debit', title: '借方', kind: 'amount', value: ({ debit }) => debit },
  { key: 'credit', title: '贷方', kind: 'amount', value: ({ credit }) => credit },
  { key: 'side', title: '方向', value: ({ side }) => (side === 'debit' ? '借' : '贷') },
  { key: 'balance', title: '余额', kind: 'amount', value: ({ balance }) => balance },
]

// From the first entry to the last: the days the calendar has.
const [first, last] = [`${yearMin}-01-01`, `${yearMax}-12-31`]

export function BookStatement({ book }: { book: string }) {
  const terms = useTerms()
  const [search, change] = useSearch()
  const { account = '', from, to, project, source } = search
  const [typed, setTyped] = useState(account)
  const { data, error, fetchNextPage, hasNextPage, refetch } = useInfiniteQuery({
    queryKey: ['readStatement', book, account, from, to, project, source],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam: cursor, signal }) =>
      call('readStatement', {
        path: { book },
        query: { account, from: from ?? first, to: to ?? last, project, source, cursor, limit: '200' },
        signal,
      }),
    getNextPageParam: ({ next }) => next ?? undefined,
    enabled: account !== '',
  })
  const [page] = data?.pages ?? []
  return (
    <div className="card">
      <div className="tools">
        <form
          onSubmit={(event) => {
            event.preventDefault()
            change({ account: typed.trim() })
          }}
        >
          <Input.Search
            aria-label="科目代码"
            placeholder="科目代码，如 1011"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            onSearch={(value) => change({ account: value.trim() })}
            style={{ width: 220 }}
          />
        </form>
        <DayField inline label="自" value={from ?? ''} change={(value) => change({ from: value })} />
        <DayField inline label="至" value={to ?? ''} change={(value) => change({ to: value })} />
        {project !== undefined && <span className="chip info">项目 {project}</span>}
        {source !== undefined && <span className="chip info">{terms.both('sources', source)}</span>}
      </div>
      {account === '' ? (
        <p className="empty">请填写科目代码，或从科目余额表点入。</p>
      ) : (
        <>
          {page && (
            <p className="note">
              期初余额（{page.opening.side === 'debit' ? '借' : '贷'}）<Money amount={page.opening.balance} /> ·
              期末余额（
              {page.closing.side === 'debit' ? '借' : '贷'}）<Money amount={page.closing.balance} />
            </p>
          )}
          <Table
            label="明细账"
            columns={columnsOf(terms)}
            rows={data?.pages.flatMap(({ items }) => items)}
            rowKey={({ entry, line }) => `${entry}:${line}`}
            href={({ entry }) => paths.entry(entry)}
            error={error}
            retry={() => void refetch()}
            empty="此科目在所选日期内没有发生额。"
            file={`明细账-${book}-${account}`}
            ordered
            more={hasNextPage ? () => void fetchNextPage() : undefined}
          />
        </>
      )}
    </div>
  )
}
