/**
 * Allocations checked again by plain SQL over the rows and nothing of the code that decides: that every version's
 * shares add up to its total, that what was approved is what was posted, district by district and project by project,
 * and that no project and no item of one is given more than the register says that it costs.
 */
import { byQuery, type Check } from '../base/check.ts'

// The lines that an approval of an allocation posted: its record names the entries.
const posted = `
  posted as (
    select c.id as allocation, x.subject, x.counterparty, x.project, x.indicator,
           sum(coalesce(l.debit_fen, 0) - coalesce(l.credit_fen, 0)) as fen
    from change c
    cross join lateral jsonb_array_elements_text(c.body -> 'entries') e
    join line l on l.book_id = split_part(ltrim(e, 'E'), '-', 1)::int and l.sequence = split_part(e, '-', 2)::bigint
    join account x on x.book_id = l.book_id and x.account = l.account
    where c.noun = 'allocation' and c.verb = 'approved' and x.subject in ('910401', '910301')
    group by c.id, x.subject, x.counterparty, x.project, x.indicator),
  given as (
    select a.allocation, a.programme, a.recipients, s.district, s.recipient, s.amount_fen as fen
    from allocation a join allocation_share s on s.allocation = a.allocation and s.version = a.version
    where exists (select from posted p where p.allocation = a.allocation))`

// Plans that are in force or were: a project may have been given what it cost before its scope was changed.
const approvedPlans = `
  plans as (
    select project, approved as version from funding_plan where approved is not null
    union all
    select v.project, v.basis from plans p join funding_plan_version v using (project, version) where v.basis is not null)`

export const allocationChecks: readonly Check[] = [
  {
    check: 'allocation_shares_add_up',
    zh: '每一稿的份额合计等于总额',
    en: 'the shares of every version add up to its total',
    run: byQuery(
      'allocation_version',
      `select v.allocation || ' version ' || v.version || ': total ' || v.total_fen || ', shares ' || coalesce(sum(s.amount_fen), 0) as fault
       from allocation_version v left join allocation_share s on s.allocation = v.allocation and s.version = v.version
       group by v.allocation, v.version having v.total_fen <> coalesce(sum(s.amount_fen), 0)`,
    ),
  },
  {
    check: 'allocations_posted_as_approved',
    zh: '已批准的分配与所记凭证逐区、逐项目一致',
    en: 'what was approved is what was posted, by district and by project',
    run: byQuery(
      'allocation',
      `with ${posted}
       select coalesce(g.allocation, p.allocation) || ' ' || coalesce(g.district, p.counterparty) || ': approved '
         || coalesce(g.fen, 0) || ', posted ' || coalesce(p.fen, 0) as fault
       from (select g.allocation, g.district, sum(g.fen) as fen from given g join allocation a using (allocation)
             where a.district is null group by 1, 2) g
       full join (select allocation, counterparty, sum(fen) as fen from posted where subject = '910401' group by 1, 2) p
         on p.allocation = g.allocation and p.counterparty = g.district
       where coalesce(g.fen, 0) <> coalesce(p.fen, 0)
       union all
       select coalesce(g.allocation, p.allocation) || ' ' || coalesce(g.recipient, p.project) || ': approved '
         || coalesce(g.fen, 0) || ', posted ' || coalesce(p.fen, 0)
       from (select allocation, recipient, sum(fen) as fen from given where recipients = 'projects' group by 1, 2) g
       full join (select p.allocation, p.project, sum(p.fen) as fen from posted p join allocation a using (allocation)
                  where p.subject = '910301' and p.project <> a.programme group by 1, 2) p
         on p.allocation = g.allocation and p.project = g.recipient
       where coalesce(g.fen, 0) <> coalesce(p.fen, 0)`,
    ),
  },
  {
    check: 'subsidies_within_cost',
    zh: '同一项目同一内容的各级补助合计不超过登记造价',
    en: 'the subsidies of all levels for an item of a project do not exceed what the register says it costs',
    run: byQuery(
      'allocation_item',
      `with recursive ${approvedPlans}
       select g.recipient || ' ' || g.item || ': subsidies ' || g.fen || ', registered cost ' || coalesce(c.fen, 0) as fault
       from (select i.recipient, i.item, sum(i.amount_fen) as fen
             from allocation_item i join allocation a on a.allocation = i.allocation and a.version = i.version
             where a.state = 'approved' group by 1, 2) g
       left join (select project, item, max(fen) as fen from (
           select project, item, cost_fen as fen from project_item
           union all
           select l.project, l.item, sum(l.amount_fen) from plans p join funding_plan_line l using (project, version)
           where l.item is not null group by l.project, l.version, l.item) x group by 1, 2) c
         on c.project = g.recipient and c.item = g.item
       where g.fen > coalesce(c.fen, 0)`,
    ),
  },
  {
    check: 'projects_assigned_within_cost',
    zh: '各来源安排给项目的指标合计不超过其登记造价',
    en: 'what all indicators were assigned to a project does not exceed what it is registered to cost',
    run: byQuery(
      'project',
      `with recursive ${approvedPlans}
       select p.project || ': assigned ' || g.fen || ', registered cost ' || coalesce(c.fen, 0) as fault
       from project p
       join (select a.project, sum(t.debit_fen - t.credit_fen) as fen
             from account a cross join lateral balance_on(a.book_id, a.account, 'infinity') t
             where a.subject in ('910301', '910302', '910303') and a.indicator is not null group by 1) g using (project)
       left join (select project, max(fen) as fen from (
           select project, sum(fen) as fen from (
             select project, cost_fen as fen from project_item
             union all
             select l.project, l.amount_fen from funding_plan f
             join funding_plan_line l on l.project = f.project and l.version = f.approved where l.item is null) x group by 1
           union all
           select v.project, v.total_fen from plans p join funding_plan_version v using (project, version)) y group by 1) c
         using (project)
       where g.fen > coalesce(c.fen, 0)`,
    ),
  },
]
