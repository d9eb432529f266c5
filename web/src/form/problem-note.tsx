/** What was refused: what happened, the clause, the code, and what of the input is meant. */
import { problemOf } from '../api/problem.ts'
import { Button } from 'antd'

export function ProblemNote({ error, retry }: { error: unknown; retry?: () => void }) {
  const { title, detail, code, clause, errors } = problemOf(error)
  return (
    <div className="problem" role="alert">
      <strong>{title}</strong>
      <div>{detail}</div>
      {clause !== undefined && <div>依据：{clause}</div>}
      {errors && errors.length > 0 && (
        <ul>
          {errors.map(({ path, message }) => (
            <li key={path + message}>
              <code>{path}</code> {message}
            </li>
          ))}
        </ul>
      )}
      <div className="note">
        代码 <code>{code}</code>
      </div>
      {retry && <Button onClick={retry}>重试</Button>}
    </div>
  )
}
