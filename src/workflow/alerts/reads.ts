/** Reading alerts: each kind for whoever may read what it tells of, in the districts he sees. */
import { type Actor, may } from '../../access/actor.ts'
import { yearOf } from '../../base/calendar.ts'
import { type Ledger, todayOf } from '../../ledger/ledger.ts'
import { lawOn } from '../../policy/parameters.ts'
import { officeSeenBy } from '../../approvals/approval.ts'
import { type Alert, approvalAlert, cashAlert, closingAlert, conditionsAlert, headAlert, lapseAlert } from './alerts.ts'
import { readBookStates, readCash, readLatestScores, readOpenIndicators, readWaiting } from './store.ts'

const microsecondsADay = 86_400_000_000n

/** What stands now, in the order of the kinds; nothing for whoever may read none of it. */
export async function readAlerts(ledger: Ledger, actor: Actor): Promise<Alert[]> {
  const { sql } = ledger.database
  const { district } = actor
  const [now, today] = [ledger.clock(), todayOf(ledger)]
  const law = lawOn(today)
  const readsMoney = may(actor, 'allocation.read')
  const waitingSince = now - BigInt(law.take('alert_waiting_days')) * microsecondsADay
  const through = yearOf(today) - law.take('indicator_open_years') + 1
  const [cash, scores, waiting, indicators, books] = await Promise.all([
    readsMoney ? readCash(sql, { district }, today) : [],
    readsMoney ? readLatestScores(sql, { district }) : [],
    may(actor, 'approval.read') ? readWaiting(sql, { district, office: officeSeenBy(actor) }, waitingSince) : [],
    readsMoney ? readOpenIndicators(sql, { district }, { through, on: today }) : [],
    may(actor, 'book.read') ? readBookStates(sql, { district }) : [],
  ])
  return [
    ...cash.flatMap(cashAlert),
    ...scores.flatMap((latest) => conditionsAlert(latest, law)),
    ...waiting.map((one) => approvalAlert(one, today)),
    ...indicators.flatMap((one) => lapseAlert(one, today, law)),
    ...books.flatMap((one) => closingAlert(one, today, law)),
    ...books.flatMap((one) => headAlert(one, now, law)),
  ]
}
