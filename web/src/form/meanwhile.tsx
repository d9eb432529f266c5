/** What changed while somebody was typing: what stood, what stands now, and what he typed; he goes on from there. */
import { Button } from 'antd'
import type { Base } from './submit.ts'

export function Meanwhile({
  former,
  now,
  mine,
  renew,
}: {
  former: Base | undefined
  now: Base
  /** What was typed, by the same names. */
  mine: Readonly<Record<string, string>>
  renew: () => void
}) {
  if (!former) return null
  const names = Object.keys(now.seen).filter((name) => former.seen[name] !== now.seen[name])
  return (
    <section className="problem" role="alert" aria-label="填写期间的改动">
      <strong>
        填写期间，此处已由第 {former.version} 版改为第 {now.version} 版
      </strong>
      <table className="data" aria-label="填写期间的改动">
        <thead>
          <tr>
            <th scope="col">项</th>
            <th scope="col">填写时</th>
            <th scope="col">现在</th>
            <th scope="col">您填写的</th>
          </tr>
        </thead>
        <tbody>
          {names.map((name) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{former.seen[name] ?? '—'}</td>
              <td>{now.seen[name] ?? '—'}</td>
              <td>{mine[name] ?? '—'}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {names.length === 0 && <p>改动的内容不在本表单内。</p>}
      <Button onClick={renew}>按现在的内容继续</Button>
    </section>
  )
}
