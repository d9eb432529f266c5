/**
 * The approvals that entries rest on: each one's text and the decisions on it. An entry keeps who decided what, when, on
 * which hash, and is itself under the signed heads; so an approval is the entry's only if its text has that hash and its
 * decisions are those, none more and none less.
 */
import { hexOf, isForm, parseJson, redOf } from './examination.mjs'

/** What entries keep of decisions, as one text. */
const trailOf = (decisions) =>
  JSON.stringify(decisions.map(({ at, decision, of, person }) => [at, decision, of, person]))
const keptOf = ({ actingFor, decision, ...rest }) => ({
  ...rest,
  decision: actingFor ? `${decision} for ${actingFor}` : decision,
})

/** The pack's approvals, by what entries keep of them. */
export function readApprovals(exam) {
  exam.approvals = new Map()
  const known = new Set()
  for (const line of exam.lines('approvals.ndjson')) {
    const approval = parseJson(line)
    const sound = isForm(approval, 'approvalRecord') && JSON.stringify(approval) === line.toString()
    const trail = sound && trailOf(approval.decisions.map(keptOf))
    const first = sound && !known.has(approval.approval) && !exam.approvals.has(trail)
    if (!exam.expect(`批准无法识读或重复 approval not understood, or twice: ${approval.approval}`, first)) continue
    known.add(approval.approval)
    exam.approvals.set(trail, approval)
  }
}

/** Every approval an entry names is there, holds by itself, and says what the entry says. */
export function examineApprovals(exam, entry) {
  const { approvals: decided = [] } = entry
  if (exam.approvals === undefined) return
  for (const hash of new Set(decided.map(({ of }) => of))) {
    const approval = exam.approvals.get(trailOf(decided.filter(({ of }) => of === hash)))
    if (!approval) {
      const like = [...exam.approvals.values()].find((other) => other.hash === hash)
      const what = like
        ? `批准 ${like.approval} 的经过与凭证所记不符 the decisions on ${like.approval} are not those the entry keeps`
        : `缺少批准文本 no approval has the text of hash ${hash}`
      exam.expect(what, false)
      continue
    }
    const expect = (what, found, expected) => exam.expect(`批准 ${approval.approval}: ${what}`, found, expected)
    if (!approval.content) examineApproval(expect, approval)
    examineSaid(expect, entry, approval)
  }
}

const folded = (person) => person.normalize('NFKC').toLowerCase()

/** An approval by itself: its text, and who decided on it in which order. */
function examineApproval(expect, approval) {
  const { kind, subject, hash, text, decisions } = approval
  expect('文本与摘要不符 the text does not hash to what was decided on', hexOf(text), hash)
  const stored = parseJson(text)
  const own =
    Object.keys(stored).join() === 'content,kind,subject' && stored.kind === kind && stored.subject === subject
  expect('文本不是该事项的 the text is of another approval', own)
  approval.content = Object(stored.content)
  const steps = decisions.map(({ decision }) => decision).join(' ')
  expect(
    '步骤编号不连续 steps are not numbered 1 to n',
    decisions.map(({ step }) => step).join(),
    [...decisions.keys()].map((n) => n + 1).join(),
  )
  const wanted = ['submitted', 'checked', ...Array.from({ length: Number(approval.approvers) }, () => 'approved')]
  expect('经办、复核、审批不齐 not submitted, checked and approved as it needs', steps, wanted.join(' '))
  expect(
    '有决定不是对该文本作出的 a decision was on another text',
    decisions.every(({ of }) => of === hash),
  )
  const times = decisions.map(({ at }) => at)
  expect(
    '决定时刻未递增 decisions are not in the order of time',
    times.every((time, n) => n === 0 || times[n - 1] < time),
  )
  const persons = decisions.flatMap(({ person, actingFor }) => [person, actingFor ?? []].flat())
  expect('同一人办理两个步骤 one person took two steps', new Set(persons.map(folded)).size, persons.length)
}

// An action of these kinds puts the number of its approval among the documents of what it posts.
const numbered = ['release', 'clawback', 'claim_settlement']

/** What the entry says is what the text says, where the text carries an entry's lines. */
function examineSaid(expect, entry, { approval, kind, content, decisions }) {
  const same = (what, found, expected) =>
    expect(`${what} differs from the entry`, JSON.stringify(found), JSON.stringify(expected))
  if (kind !== 'channel_advance')
    expect('经办人不是凭证的制单人 submitted by another than the entry’s maker', decisions[0]?.person, entry.maker)
  if (kind === 'voucher') {
    const { book, on, summary, type, documents = [], lines } = entry
    const said = [content.book, content.on, content.summary, content.type, content.documents ?? []]
    same('账套、日期、摘要、类型或附件 book, day, summary, type or documents', said, [
      book,
      on,
      summary,
      type,
      documents,
    ])
    // A red voucher is written in plain amounts and booked in negative ones.
    const written = [content.lines].flat().map((line) => (content.type === 'red' ? redOf(line) : line))
    same('分录 the lines', written, lines)
  }
  if (kind === 'reversal') {
    const reversed = [content.entries].flat().find((one) => one?.entry === entry.reverses)
    same('日期 the day', content.on, entry.on)
    same('分录 the lines', reversed?.lines, entry.lines)
  }
  if (numbered.includes(kind)) {
    const numbers = (entry.documents ?? []).map(({ number }) => number)
    expect('凭证未引用该事项 the entry refers to another approval', numbers.includes(approval))
  }
}

/** No approval is in the pack that no entry rests on. */
export function examineUnused(exam) {
  for (const { approval, content } of exam.approvals?.values() ?? [])
    exam.expect(`无凭证依据 no entry rests on ${approval}`, content !== undefined)
}
