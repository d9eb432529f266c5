/**
 * One trial calculation: a form from its schema, its example, the result with the clauses it rests on. What was entered
 * stands in the address after `#`, which a browser keeps to itself: whoever opens it gets the same.
 */
import { useMutation } from '@tanstack/react-query'
import { Button } from 'antd'
import { useEffect, useState } from 'react'
import type { CalculationForm, Json, Operations } from '../api/operations.ts'
import { call } from '../api/call.ts'
import { useRead } from '../api/read.ts'
import { ProblemNote } from '../form/problem-note.tsx'
import { type Schema, SchemaField } from '../form/schema-form.tsx'
import { JsonView } from '../form/json-view.tsx'
import { useParam } from '../params.ts'
import { Head } from '../style/head.tsx'

export default function Calc() {
  const name = useParam('name')
  const { data, error, refetch } = useRead('readCalculation', { path: { name } })
  if (error) return <ProblemNote error={error} retry={() => void refetch()} />
  if (!data || data.calc !== name) return <p>正在读取…</p>
  return <Trial key={name} form={data} />
}

const inAddress = (): Json | undefined => {
  try {
    return location.hash.length > 1 ? (JSON.parse(decodeURIComponent(location.hash.slice(1))) as Json) : undefined
  } catch {
    return undefined
  }
}

type CalcId = Extract<keyof Operations, `calc-${string}`>
type Outcome = { readonly result: Json; readonly uses: readonly { readonly parameter: string }[] }

function Trial({ form }: { form: CalculationForm }) {
  const [value, setValue] = useState<Json | undefined>(inAddress)
  // An address, and no more: it is not a place the browser goes to.
  useEffect(() => {
    if (value !== undefined) history.replaceState(history.state, '', `#${encodeURIComponent(JSON.stringify(value))}`)
  }, [value])
  const run = useMutation({
    mutationFn: () => call(`calc-${form.calc}` as CalcId, { body: value as never }) as Promise<Outcome>,
  })
  const schema = form.input as Schema
  return (
    <>
      <Head title={`试算：${form.description.zh}`} sub={<code>{form.calc}</code>}>
        <Button onClick={() => setValue(form.example.input)}>填入示例</Button>
        <Button type="primary" disabled={run.isPending} onClick={() => run.mutate()}>
          试算
        </Button>
      </Head>
      <div className="grid half">
        <section className="card" aria-label="输入">
          <SchemaField schema={schema} root={schema} label="输入" value={value} change={setValue} />
        </section>
        <div>
          {run.error && <ProblemNote error={run.error} />}
          {run.data && <OutcomeCard outcome={run.data} />}
          <section className="card" aria-label="示例出处">
            <h2>示例出处</h2>
            <p className="note">{form.example.oracle}</p>
          </section>
        </div>
      </div>
    </>
  )
}

const OutcomeCard = ({ outcome }: { outcome: Outcome }) => (
  <section className="card" aria-label="结果" role="status">
    <h2>结果</h2>
    <JsonView value={outcome.result} />
    {outcome.uses.length > 0 && (
      <>
        <h2>依据</h2>
        <ul>
          {outcome.uses.map((use) => (
            <li key={use.parameter}>
              {'clause' in use ? String(use.clause) : use.parameter}
              <span className="note">（{use.parameter}）</span>
            </li>
          ))}
        </ul>
      </>
    )}
  </section>
)
