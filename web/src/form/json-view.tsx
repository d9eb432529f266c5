/** Whatever a calculation answers, as people read it: names and values, lists as tables. */
import type { Json } from '../api/operations.ts'
import { plain } from './plain.ts'

const isObject = (value: Json): value is { readonly [name: string]: Json } =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

export function JsonView({ value }: { value: Json }) {
  if (Array.isArray(value)) return <List items={value as readonly Json[]} />
  if (!isObject(value)) return <>{value === null ? '—' : plain(value)}</>
  return (
    <dl className="facts">
      {Object.entries(value).map(([name, part]) => (
        <Pair key={name} name={name} value={part} />
      ))}
    </dl>
  )
}

const Pair = ({ name, value }: { name: string; value: Json }) => (
  <>
    <dt>{name}</dt>
    <dd>
      <JsonView value={value} />
    </dd>
  </>
)

function List({ items }: { items: readonly Json[] }) {
  const rows = items.filter(isObject)
  if (rows.length !== items.length || rows.length === 0)
    return <>{items.map((item) => JSON.stringify(item)).join('、') || '—'}</>
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  return (
    <table className="data">
      <thead>
        <tr>
          {names.map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          // oxlint-disable-next-line react/no-array-index-key
          <tr key={index}>
            {names.map((name) => (
              <td key={name}>
                <JsonView value={row[name] ?? null} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
