/** Lines of an entry, of one posted or of one to be: a voucher's inside. */
import { fenOf } from '../money.ts'
import { useTerms } from '../terms.ts'

export type EntryLine = {
  readonly account: string
  readonly name?: string
  readonly debit?: string
  readonly credit?: string
  readonly project?: string
  readonly source?: string
  readonly counterparty?: string
  readonly item?: string
  readonly contract?: string
  readonly dwelling?: string
  readonly indicator?: string
  readonly segment?: string
  readonly debt?: string
}

const yuan = (amount: string | undefined) => (amount === undefined ? '' : amount.replaceAll(/\B(?=(?:\d{3})+\.)/g, ','))

/** What else a line names, in words. */
export function Dimensions({ line }: { line: EntryLine }) {
  const { both } = useTerms()
  const { project, source, counterparty, item, contract, dwelling, indicator, segment, debt } = line
  const parts = [
    project,
    source && both('sources', source),
    counterparty,
    item && both('catalogue-items', item),
    contract,
    dwelling,
    indicator,
    segment,
    debt,
  ].filter((part) => part)
  return <>{parts.join(' · ')}</>
}

export function LinesTable({ lines, label }: { lines: readonly EntryLine[]; label: string }) {
  return (
    <table className="data" aria-label={label}>
      <thead>
        <tr>
          <th scope="col">会计科目</th>
          <th scope="col">项目·来源</th>
          <th scope="col" className="number">
            借方（元）
          </th>
          <th scope="col" className="number">
            贷方（元）
          </th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line, index) => (
          // Lines have no name of their own: their place is it.
          // oxlint-disable-next-line react/no-array-index-key
          <tr key={index}>
            <td>
              {line.account} {line.name}
            </td>
            <td>
              <Dimensions line={line} />
            </td>
            <Side amount={line.debit} />
            <Side amount={line.credit} />
          </tr>
        ))}
      </tbody>
    </table>
  )
}

export const Side = ({ amount }: { amount: string | undefined }) => (
  <td className={amount !== undefined && fenOf(amount) < 0n ? 'number red' : 'number'}>{yuan(amount)}</td>
)
