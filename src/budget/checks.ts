/**
 * Indicators and commitments checked again, by plain SQL over the rows and the books: that each axis of each indicator
 * adds up, that what was allotted took its right to commit along, that commitments in their table and in the books are
 * the same to the fen, and that no item is claimed above its cost. Each query gives the faults in words, none where the
 * promise holds.
 */
import { byQuery, type Check } from '../base/check.ts'
import { controlAccounts as control } from '../ledger/charts/control-accounts.ts'

const listed = (accounts: readonly string[]): string => accounts.map((account) => `'${account}'`).join(', ')
const issueAxis = [
  control.approved,
  control.availableDirect,
  control.availableAuthorised,
  control.carried,
  control.usedDirect,
  control.issued,
  control.allotted,
  control.released,
  control.claimed,
]
const commitmentAxis = [
  control.committableApproved,
  control.committable,
  control.committed,
  control.committedPaid,
  control.committableAllotted,
]

/** Balances of the control basis, by account; only books that take indicators. */
const balances = `
  select a.book_id, a.subject, a.project, a.source, a.indicator, a.counterparty, a.item, c.debit_fen - c.credit_fen as fen
  from account a cross join lateral balance_on(a.book_id, a.account, 'infinity') c
  where a.subject in (${listed([...issueAxis, ...commitmentAxis])})`

const unbalanced = (accounts: readonly string[], what: string): string => `
  select i.book || ' ' || i.indicator || ': ${what} is out by ' || sum(x.fen) as fault
  from (${balances}) x join book b using (book_id) join indicator i on i.indicator = x.indicator and i.book = b.code
  where x.subject in (${listed(accounts)}) group by i.indicator having sum(x.fen) <> 0`

export const fundChecks: readonly Check[] = [
  {
    check: 'indicator_axes_balance',
    zh: '每个指标：批复 = 可用 + 上年结转 + 已用 + 分配下级；可承诺总额 = 可承诺 + 已承诺 + 已支付 + 分配下级',
    en: 'each indicator: approved = available + carried + used + allotted; the right to commit = free + committed + paid + allotted',
    run: byQuery(
      'indicator',
      `${unbalanced(issueAxis, 'what is approved')} union all ${unbalanced(commitmentAxis, 'the right to commit')}`,
    ),
  },
  {
    check: 'allotments_take_commitment_along',
    zh: '分配下级的指标，可拨付与可承诺两方面数额相同',
    en: 'what is allotted to a district is the same on both axes',
    run: byQuery(
      'indicator',
      `select b.code || ' ' || x.indicator || ' ' || coalesce(x.counterparty, '') || ': ' || sum(
           case when x.subject = '${control.committableAllotted}' then -x.fen else x.fen end) || ' apart' as fault
       from (${balances}) x join book b using (book_id) join indicator i on i.indicator = x.indicator and i.book = b.code
       where x.subject in (${listed([control.allotted, control.released, control.claimed, control.committableAllotted])})
       group by b.code, x.indicator, x.counterparty
       having sum(case when x.subject = '${control.committableAllotted}' then -x.fen else x.fen end) <> 0`,
    ),
  },
  {
    check: 'commitments_stand_in_the_books',
    zh: '承诺台账与总账逐笔来源、项目、内容一致',
    en: 'commitments in their table and in the books are the same',
    run: byQuery(
      'commitment',
      `select coalesce(t.place, l.place) || ': table ' || coalesce(t.open, 0) || ' open, ' || coalesce(t.paid, 0) || ' paid; books '
           || coalesce(l.open, 0) || ', ' || coalesce(l.paid, 0) as fault
       from (
         select concat_ws(' ', book, project, item, source, indicator) as place,
                sum(amount_fen - released_fen - paid_fen) as open, sum(paid_fen) as paid
         from commitment group by 1) t
       full join (
         select concat_ws(' ', b.code, x.project, x.item, x.source, x.indicator) as place,
                sum(x.fen) filter (where x.subject = '${control.committed}') as open,
                sum(x.fen) filter (where x.subject = '${control.committedPaid}') as paid
         from (${balances}) x join book b using (book_id)
         where x.subject in (${listed([control.committed, control.committedPaid])}) group by 1) l using (place)
       where coalesce(t.open, 0) <> coalesce(l.open, 0) or coalesce(t.paid, 0) <> coalesce(l.paid, 0)`,
    ),
  },
  {
    check: 'items_claimed_once',
    zh: '各来源对一项内容的承诺合计不超过其造价',
    en: 'all sources together claim of an item no more than it costs',
    run: byQuery(
      'commitment',
      `select c.project || ' ' || c.item || ': costs ' || coalesce(i.cost_fen, 0) || ', claimed ' || c.fen as fault
       from (select project, item, sum(amount_fen - released_fen) as fen from commitment group by project, item) c
       left join project_item i using (project, item)
       where c.fen > coalesce(i.cost_fen, 0)`,
    ),
  },
]
