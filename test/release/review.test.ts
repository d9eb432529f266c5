/**
 * The review of early releases tells what a claw-back may ask for, also where another release of the same allotment has
 * an open claim.
 */
import { beforeAll, expect, it } from 'vitest'
import { quarter } from '../../src/base/quarter.ts'
import { runEarly } from '../../src/release/early/verbs.ts'
import { actOnce } from '../../src/ledger/act.ts'
import { useDoor } from '../support/door.ts'
import { openOffice, type Office } from './office.ts'
import { addProject, allocate, openBooks, planned, spent, testClock } from './programme.ts'

const time = testClock('2026-07-15')
const door = useDoor({ clock: time.clock })
let office: Office
const district = '110105'

const approved = async (approval: string): Promise<void> => {
  const answer = await office.approve(approval)
  expect(answer.json.state, answer.text).toBe('approved')
}
/** The satisfaction is corrected, and the score computed anew. */
async function satisfied(value: string): Promise<void> {
  await office.enterScore('2026Q2', { district, indicator: 'satisfaction', value })
  const { status, text } = await office.draft({}, `/v1/scores/2026Q2/${district}`)
  expect(status, text).toBe(201)
}
/** Runs the quarter, and has the release it drafts approved. */
async function paidEarly(run: number): Promise<string> {
  await actOnce(door().ledger, (act) => runEarly(act, { quarter: quarter('2026Q2'), run, askedBy: 'finance_maker' }))
  const [drafted] = (await office.get('/v1/releases?state=drafted')).json.items
  await approved(drafted.approval)
  return drafted.release
}
const claw = (release: string, more: object) =>
  office.draft({ document: '更正通知〔2026〕1号', reason: '复核', ...more }, `/v1/releases/${release}/clawback`)

beforeAll(async () => {
  office = openOffice(door())
  const { ledger } = door()
  await openBooks(ledger, [district])
  await allocate(ledger, { shares: [{ district, amount: '10000000' }], cashPlan: '60000000' })
  await actOnce(ledger, async (act) => {
    const progress = [['2026-06-20', '0.45']] as const
    await addProject(act.tx, { project: 'X1', district, area: 1_000n, planBook: 'PLANS', progress })
    await planned(act, 'X1', [
      ['F21', '10000000'],
      ['F81', '5000000'],
    ])
  })
  const first = { allocation: 'FP-2026', district, tranche: 1, amount: '5000000', on: '2026-02-10' }
  await approved((await office.draft(first)).json.approval)
  await actOnce(ledger, (act) => spent(act, district, 'LJ2026', '5000000', '2026-05-08'))
  await office.enterScore('2026Q2', { district, indicator: 'integrity', value: '1' })
})

it('of a release counts once what is claimed of another of its allotment', async () => {
  await satisfied('0.95')
  const first = await paidEarly(1)
  await actOnce(door().ledger, (act) => spent(act, district, 'LJ2026', '1200000', '2026-07-15'))
  await satisfied('0.50')
  // 1.8 of 3 million come back, 1.2 are spent and claimed.
  await approved((await claw(first, { cause: 'score_corrected' })).json.approval)
  await satisfied('0.96')
  const second = await paidEarly(2)
  const [normal] = (await office.get('/v1/releases?kind=normal')).json.items
  await approved((await claw(normal.release, { ground: 'error', amount: '1000000' })).json.approval)
  await satisfied('0.51')
  // Paid are 7 million, due are 5: of the 2 that are early 1.2 are claimed of the first.
  const { json } = await office.get('/v1/early-disbursement/2026Q2/review')
  const asked = await claw(second, { cause: 'score_corrected' })
  expect(asked.json.clawback?.asked, asked.text).toBe('800000.00')
  const told = json.items.map(({ release, early }: { release: string; early: string }) => [release, early])
  expect(told).toContainEqual([second, '800000.00'])
})
