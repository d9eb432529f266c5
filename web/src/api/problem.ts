/** One way to turn whatever went wrong into what can be shown. A form shows it in place; an action shows it beside. */
import type { Problem as ProblemView } from './operations.ts'

/** What the service refused, or that it did not answer at all. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly view: ProblemView

  constructor(view: ProblemView) {
    super(view.detail)
    this.view = view
  }

  /** Nothing is known of what became of it: it may be sent again under the same key. */
  get isSilence(): boolean {
    return this.view.status === 0 || this.view.status >= 500
  }
}

export const silence = (): Problem =>
  new Problem({
    type: 'about:blank',
    title: '没有收到答复',
    status: 0,
    detail: '没有收到答复，内容仍在，可重试。',
    code: 'no_answer',
  })

export function problemOf(error: unknown): ProblemView {
  if (error instanceof Problem) return error.view
  const detail = error instanceof Error ? error.message : String(error)
  return { type: 'about:blank', title: '页面出错', status: 0, detail, code: 'page_failed' }
}
