/**
 * The one table. Rows that were read whole are sorted here; pages by key stay in the order of the service and ask for
 * more at their end. Amounts stand to the right with the unit in the heading; the sum stands below, in fen. What is out
 * of sight is not in the document, so ten thousand rows scroll as ten do.
 */
import { Button } from 'antd'
import { type KeyboardEvent, type ReactNode, useMemo, useRef, useState } from 'react'
import { useGo } from '../address.tsx'
import { ProblemNote } from '../form/problem-note.tsx'
import { exact, fenOf, shown, units } from '../money.ts'
import { Money, useUnit } from '../style/unit.tsx'
import { csvOf, type Written } from './export.ts'
import { useRange } from './rows.ts'
import { saveText } from './save.ts'

/** `value` is what is exported and sorted by. */
export type Column<Row> = Written<Row> & {
  readonly key: string
  readonly show?: (row: Row) => ReactNode
  /** The sum below; of amounts and counts unless said otherwise. */
  readonly total?: boolean
}

export type TableProps<Row> = {
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[] | undefined
  readonly rowKey: (row: Row) => string
  /** Where a row leads. */
  readonly href?: (row: Row) => string
  readonly error?: unknown
  readonly retry?: () => void
  /** Old rows while new ones are read. */
  readonly stale?: boolean
  readonly empty: string
  readonly file?: string
  /** Where the service gives the list as a file: all rows by the same filter, also those that are not read yet. */
  readonly sheet?: string
  readonly tools?: ReactNode
  /** There is more after the last row. */
  readonly more?: (() => void) | undefined
  /** Keeps the service's order. */
  readonly ordered?: boolean
  readonly totals?: boolean
  readonly whole?: boolean
}

type Order = { readonly key: string; readonly down: boolean }

const rowHeight = 33
const denseHeight = 27

export function Table<Row>(props: TableProps<Row>) {
  const { label, columns, rows, error, retry, stale = false, empty, tools, file, sheet, more, ordered = false } = props
  const [order, setOrder] = useState<Order>()
  const [dense, setDense] = useState(false)
  const sorted = useMemo(() => (rows && order ? inOrder(rows, columns, order) : (rows ?? [])), [rows, columns, order])
  const turn = (key: string) =>
    setOrder((now) => (now?.key !== key ? { key, down: false } : now.down ? undefined : { key, down: true }))
  if (error) return <ProblemNote error={error} {...(retry && { retry })} />
  return (
    <>
      <div className="tools">
        {tools}
        <span className="space" />
        <span className="note" aria-live="polite">
          {rows === undefined ? '正在读取…' : `共 ${sorted.length}${more ? '+' : ''} 行`}
        </span>
        <Button onClick={() => setDense(!dense)}>{dense ? '宽松' : '紧凑'}</Button>
        {sheet !== undefined && (
          <Button href={sheet} download={`${file ?? label}.csv`}>
            导出
          </Button>
        )}
        {file !== undefined && sheet === undefined && (
          <Button disabled={sorted.length === 0} onClick={() => saveText(`${file}.csv`, csvOf(columns, sorted))}>
            导出
          </Button>
        )}
      </div>
      {rows !== undefined && sorted.length === 0 ? (
        <p className="empty" role="status">
          {empty}
        </p>
      ) : (
        <Body
          {...props}
          rows={sorted}
          order={order}
          turn={ordered ? undefined : turn}
          dense={dense}
          stale={stale}
          label={label}
        />
      )}
      {more && (
        <p className="empty">
          <Button onClick={more}>再读一页</Button>
        </p>
      )}
    </>
  )
}

function Body<Row>({
  label,
  columns,
  rows,
  rowKey,
  href,
  order,
  turn,
  dense,
  stale,
  totals = false,
  whole = false,
}: Omit<TableProps<Row>, 'rows'> & {
  rows: readonly Row[]
  order: Order | undefined
  turn: ((key: string) => void) | undefined
  dense: boolean
}) {
  const box = useRef<HTMLDivElement>(null)
  const go = useGo()
  const [chosen, setChosen] = useState(-1)
  const height = dense ? denseHeight : rowHeight
  const range = useRange(box, rows.length, height)
  const { from, to } = whole && rows.length <= 80 ? { from: 0, to: rows.length } : range
  const move = (event: KeyboardEvent) => {
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key]
    const row = rows[chosen]
    if (event.key === 'Enter' && row !== undefined && href && event.target === box.current) go(href(row))
    if (step === undefined) return
    event.preventDefault()
    const next = Math.max(0, Math.min(rows.length - 1, chosen + step))
    setChosen(next)
    const element = box.current
    if (!element) return
    if (next * height < element.scrollTop) element.scrollTop = next * height
    const bottom = (next + 3) * height
    if (bottom > element.scrollTop + element.clientHeight) element.scrollTop = bottom - element.clientHeight
  }
  const classes = ['table-box', whole && 'whole', stale && 'stale'].filter(Boolean).join(' ')
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls and is moved in takes the keyboard
    <div className={classes} ref={box} role="region" aria-label={`${label}，可滚动`} tabIndex={0} onKeyDown={move}>
      <table className={dense ? 'data dense' : 'data'} aria-label={label} aria-rowcount={rows.length + 1}>
        <Head columns={columns} order={order} turn={turn} />
        <tbody>
          <Gap height={from * height} columns={columns.length} />
          {rows.slice(from, to).map((row, index) => (
            <tr
              key={rowKey(row)}
              aria-rowindex={from + index + 2}
              {...(from + index === chosen && { 'aria-selected': true })}
            >
              {columns.map((column) => (
                <td key={column.key} className={isNumber(column) ? 'number' : undefined}>
                  <Cell column={column} row={row} />
                </td>
              ))}
            </tr>
          ))}
          <Gap height={(rows.length - to) * height} columns={columns.length} />
        </tbody>
        {totals && <Totals columns={columns} rows={rows} />}
      </table>
    </div>
  )
}

function Head<Row>({
  columns,
  order,
  turn,
}: {
  columns: readonly Column<Row>[]
  order: Order | undefined
  turn: ((key: string) => void) | undefined
}) {
  const { unit } = useUnit()
  return (
    <thead>
      <tr>
        {columns.map((column) => {
          const { key, title } = column
          const text = column.kind === 'amount' ? `${title}（${units[unit]}）` : title
          const sort = order?.key === key ? (order.down ? 'descending' : 'ascending') : undefined
          return (
            <th key={key} scope="col" className={isNumber(column) ? 'number' : undefined} aria-sort={sort}>
              {turn ? (
                <button type="button" onClick={() => turn(key)}>
                  {text}
                  {sort && (order?.down ? ' ↓' : ' ↑')}
                </button>
              ) : (
                text
              )}
            </th>
          )
        })}
      </tr>
    </thead>
  )
}

function Cell<Row>({ column, row }: { column: Column<Row>; row: Row }) {
  if (column.show) return column.show(row)
  const value = column.value(row)
  if (column.kind === 'amount') return <Money amount={value === null || value === undefined ? null : String(value)} />
  return value ?? '—'
}

const Gap = ({ height, columns }: { height: number; columns: number }) =>
  height <= 0 ? null : (
    <tr className="gap" aria-hidden="true">
      <td colSpan={columns} style={{ height }} />
    </tr>
  )

function Totals<Row>({ columns, rows }: { columns: readonly Column<Row>[]; rows: readonly Row[] }) {
  const { unit } = useUnit()
  return (
    <tfoot>
      <tr>
        {columns.map((column, index) => {
          if (index === 0) return <td key={column.key}>合计</td>
          if (!isNumber(column) || column.total === false) return <td key={column.key} />
          if (column.kind === 'count') {
            const sum = rows.reduce((all, row) => all + Number(column.value(row) ?? 0), 0)
            return (
              <td key={column.key} className="number">
                {sum}
              </td>
            )
          }
          const sum = rows.reduce((all, row) => all + fenOf(String(column.value(row) ?? '0')), 0n)
          return (
            <td key={column.key} className="number" title={exact(sum)}>
              {shown(sum, unit)}
            </td>
          )
        })}
      </tr>
    </tfoot>
  )
}

const isNumber = ({ kind }: { readonly kind?: string }): boolean => kind === 'amount' || kind === 'count'

const words = new Intl.Collator('zh-CN', { numeric: true })

function inOrder<Row>(rows: readonly Row[], columns: readonly Column<Row>[], { key, down }: Order): readonly Row[] {
  const column = columns.find((one) => one.key === key)
  if (!column) return rows
  const { value, kind } = column
  const compare = (a: Row, b: Row): number => {
    if (kind === 'amount') {
      const difference = fenOf(String(value(a) ?? '0')) - fenOf(String(value(b) ?? '0'))
      return difference < 0n ? -1 : difference > 0n ? 1 : 0
    }
    if (kind === 'count') return Number(value(a) ?? 0) - Number(value(b) ?? 0)
    return words.compare(String(value(a) ?? ''), String(value(b) ?? ''))
  }
  return rows.toSorted((a, b) => (down ? -compare(a, b) : compare(a, b)))
}
