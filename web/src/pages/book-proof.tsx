/** 证明: the signed head of a book, its signature checked on this machine. */
import { useQuery } from '@tanstack/react-query'
import { call } from '../api/call.ts'
import { ProblemNote } from '../form/problem-note.tsx'
import { Steps } from '../proof/proof-card.tsx'
import { verifyHead } from '../proof/verify.ts'
import { Moment } from '../style/time.tsx'

export function BookProof({ book }: { book: string }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['head', book],
    queryFn: async () => {
      const head = await call('readProof', { path: { book } })
      return { head, steps: await verifyHead(head) }
    },
  })
  if (error) return <ProblemNote error={error} retry={() => void refetch()} />
  if (!data) return <p>正在读取…</p>
  const { head, steps } = data
  return (
    <section className="card" aria-label="树头">
      <h2>签名的树头</h2>
      <p className="note">
        每张凭证的摘要按记账顺序连成一棵树；树头是全部凭证的摘要，由服务签名。改动任何一张凭证的一个字，树头即不相符。
      </p>
      <dl className="facts">
        <dt>凭证张数</dt>
        <dd>{head.size}</dd>
        <dt>树头</dt>
        <dd className="mono">{head.hash}</dd>
        <dt>期间事项</dt>
        <dd>{head.acts.count} 项</dd>
        <dt>签于</dt>
        <dd>
          <Moment at={head.at} />
        </dd>
        <dt>公钥</dt>
        <dd className="mono">{head.keyId}</dd>
      </dl>
      <Steps steps={steps} />
    </section>
  )
}
