/**
 * Special bonds checked again, by plain SQL over the rows and the books: that a bond's book holds what its row says,
 * that what projects hold and use is what was allocated, that no project used more, and that every entry of a bond has
 * the lines that were approved.
 */
import { byQuery, type Check } from '../base/check.ts'
import { bondAccounts as accounts } from '../ledger/charts/bond-accounts.ts'

/** What books hold of bonds, by account, bond and project. */
const held = `
  select b.code as book, a.subject, a.debt as bond, a.project, c.debit_fen - c.credit_fen as fen
  from account a join book b using (book_id) cross join lateral balance_on(a.book_id, a.account, 'infinity') c
  where a.debt is not null and b.standard = 'memo'`

/** Of each bond its latest version. */
const latest = `
  select s.bond, s.project, s.amount_fen from bond_allocation_share s
  where s.version = (select max(version) from bond_allocation v where v.bond = s.bond)`

export const bondChecks: readonly Check[] = [
  {
    check: 'bonds_stand_in_the_books',
    zh: '已发行债券：募集资金 = 面值；待分配 + 已分配待使用 + 已使用 = 募集资金',
    en: 'of a bond that was issued, what it raised is its face, and is to be allocated, allocated or used',
    run: byQuery(
      'bond',
      `select o.bond || ': face ' || o.face_fen || ', raised ' || coalesce(-h.raised, 0) || ', held ' || coalesce(h.stands, 0) as fault
       from bond o left join (
         select book, bond, sum(fen) filter (where subject = '${accounts.raised}') as raised,
           sum(fen) filter (where subject in ('${accounts.unallocated}', '${accounts.allocated}', '${accounts.used}')) as stands
         from (${held}) x group by book, bond) h on h.bond = o.bond and h.book = o.book
       where coalesce(-h.raised, 0) <> case when o.state in ('issued', 'repaid') then o.face_fen else 0 end
          or coalesce(h.stands, 0) <> coalesce(-h.raised, 0)`,
    ),
  },
  {
    check: 'bond_allocations_stand_in_the_books',
    zh: '各项目分得的债券资金 = 已分配待使用 + 已使用，各版分配合计 = 面值',
    en: 'what each project holds of a bond is what it has used and what it has left; each version adds up to the face',
    run: byQuery(
      'bond_allocation_share',
      `select coalesce(l.bond, h.bond) || ' ' || coalesce(l.project, h.project) || ': allocated ' || coalesce(l.amount_fen, 0)
         || ', in the books ' || coalesce(h.fen, 0) as fault
       from (${latest}) l full join (
         select o.bond, x.project, sum(x.fen) as fen from (${held}) x join bond o on o.bond = x.bond and o.book = x.book
         where x.subject in ('${accounts.allocated}', '${accounts.used}') group by o.bond, x.project) h
         on h.bond = l.bond and h.project = l.project
       where coalesce(l.amount_fen, 0) <> coalesce(h.fen, 0)
       union all
       select v.bond || ' version ' || v.version || ' adds up to ' || sum(s.amount_fen) || ' of a face of ' || o.face_fen
       from bond_allocation v join bond o on o.bond = v.bond
       join bond_allocation_share s on s.bond = v.bond and s.version = v.version
       group by v.bond, v.version, o.face_fen having sum(s.amount_fen) <> o.face_fen`,
    ),
  },
  {
    check: 'bond_used_within_allocation',
    zh: '项目使用的债券资金不超过分配额',
    en: 'no project used more of a bond than it was allocated',
    run: byQuery(
      'bond_allocation_share',
      `select h.bond || ' ' || h.project || ': used ' || h.fen || ' of ' || coalesce(l.amount_fen, 0) as fault
       from (${held}) h left join (${latest}) l on l.bond = h.bond and l.project = h.project
       where h.subject = '${accounts.used}' and h.fen > coalesce(l.amount_fen, 0)`,
    ),
  },
  {
    check: 'bonds_as_approved',
    zh: '债券记入账簿的每一行就是批准的那一行',
    en: 'what was posted of bonds is what was approved, line by line',
    run: byQuery(
      'approval',
      `with posted as (
         select f.effect, a.subject, a.project, a.debt as bond, sum(coalesce(l.debit_fen, 0) - coalesce(l.credit_fen, 0)) as fen
         from entry_effect f join line l using (book_id, sequence) join account a using (book_id, account)
         where f.effect like 'bond:%' group by f.effect, a.subject, a.project, a.debt),
       given as (
         select 'bond:' || (p.content::json -> 'content' ->> 'bond') || ':A-' || p.approval_id as effect, x.account as subject, x.project,
           sum(coalesce(x.debit::numeric, 0) - coalesce(x.credit::numeric, 0)) * 100 as fen
         from approval p cross join lateral json_to_recordset(p.content::json -> 'content' -> 'lines')
           x(account text, project text, debit text, credit text)
         where p.kind like 'bond\\_%' and p.state = 'approved' group by 1, 2, 3)
       select coalesce(g.effect, p.effect) || ' ' || coalesce(g.subject, p.subject) || ' ' || coalesce(g.project, p.project)
         || ': approved ' || coalesce(g.fen, 0) || ', posted ' || coalesce(p.fen, 0) as fault
       from given g full join posted p on p.effect = g.effect and p.subject = g.subject and p.project = g.project
       where coalesce(g.fen, 0) <> coalesce(p.fen, 0)`,
    ),
  },
  {
    check: 'bond_dues_split',
    zh: '每期本息 = 各项目承担额之和，账上应付、待筹、已筹与台账一致',
    en: 'what is due of a bond is the sum of what its projects bear, and books hold what is recorded',
    run: byQuery(
      'bond_due',
      `select d.bond || ' number ' || d.number || ': ' || d.amount_fen || ' due, projects bear ' || coalesce(sum(s.amount_fen), 0) as fault
       from bond_due d left join bond_due_share s on s.bond = d.bond and s.number = d.number
       group by d.bond, d.number, d.amount_fen having d.amount_fen <> coalesce(sum(s.amount_fen), 0)
       union all
       select o.bond || ': owed ' || coalesce(t.owed, 0) || ', to raise ' || coalesce(t.raise, 0) || '; books '
         || coalesce(-h.owed, 0) || ', ' || coalesce(h.raise, 0)
       from bond o left join (
         select bond, sum(amount_fen) filter (where state <> 'paid') as owed, sum(amount_fen) filter (where state = 'due') as raise
         from bond_due group by bond) t on t.bond = o.bond
       left join (
         select book, bond, sum(fen) filter (where subject = '${accounts.owed}') as owed,
           sum(fen) filter (where subject = '${accounts.toRaise}') as raise from (${held}) x group by book, bond) h
         on h.bond = o.bond and h.book = o.book
       where coalesce(t.owed, 0) <> coalesce(-h.owed, 0) or coalesce(t.raise, 0) <> coalesce(h.raise, 0)`,
    ),
  },
]
