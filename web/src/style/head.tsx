/** The head of a page: its one h1, what it is about, what can be done. */
import { type ReactNode, useEffect } from 'react'

export function Head({ title, sub, children }: { title: string; sub?: ReactNode; children?: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · 一本账`
  }, [title])
  return (
    <div className="head">
      <h1>{title}</h1>
      {sub !== undefined && <span className="sub">{sub}</span>}
      {children && <div className="actions">{children}</div>}
    </div>
  )
}
