/** 首页：待我办理。 */
import { A } from '../address.tsx'
import { useRead } from '../api/read.ts'
import { paths } from '../paths.ts'
import { Head } from '../style/head.tsx'

export default function Home() {
  const { data } = useRead('listApprovals', { query: { mine: 'to_do' } })
  return (
    <>
      <Head title="首页 一本账" />
      <section className="card" aria-label="待我办理">
        <h2>待我办理（{data?.items.length ?? 0}）</h2>
        <ul className="plain">
          {data?.items.map((one) => (
            <li key={one.id}>
              <A href={paths.approval(one.id)}>
                {one.id} {one.summary}
              </A>
            </li>
          ))}
        </ul>
      </section>
    </>
  )
}
