/** 凭证: the entries of a book, in the order of the books. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { A, useSearch } from '../address.tsx'
import { call } from '../api/call.ts'
import type { Entry } from '../api/operations.ts'
import { DayField } from '../form/fields.tsx'
import { fenOf, formatFen } from '../money.ts'
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

export function BookEntries({ book }: { book: string }) {
  const [search, change] = useSearch()
  const { from, to } = search
  const { data, error, fetchNextPage, hasNextPage, refetch } = useInfiniteQuery({
    queryKey: ['listEntries', book, from, to],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam: cursor, signal }) =>
      call('listEntries', { path: { book }, query: { from, to, cursor, limit: '200' }, signal }),
    getNextPageParam: ({ next }) => next ?? undefined,
  })
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
        empty="所选日期内没有凭证。"
        file={`凭证-${book}`}
        ordered
        more={hasNextPage ? () => void fetchNextPage() : undefined}
        tools={
          <>
            <DayField inline label="自" value={from ?? ''} change={(value) => change({ from: value })} />
            <DayField inline label="至" value={to ?? ''} change={(value) => change({ to: value })} />
          </>
        }
      />
    </div>
  )
}
