/**
 * Funding plans and the split of ownership checked again, by plain SQL over the rows and the books and nothing of the
 * code that decides: that what is in force closes, that the memo books say the same, and that every certificate was
 * divided whole. Each query gives the faults in words, none where the promise holds.
 */
import { byQuery, type Check } from '../base/check.ts'

export const planChecks: readonly Check[] = [
  {
    check: 'withdrawals_within_contributions',
    zh: '同一房屋准予提取的公积金与公积金贷款合计不超过账上出资或应缴',
    en: 'what was granted for a dwelling, and what the fund lent, is no more than it contributed or owes',
    run: byQuery(
      'withdrawal',
      `select w.project || ' ' || w.community || '/' || w.building || '/' || w.dwelling || ' was granted ' || w.fen
         || ' fen and lent ' || coalesce(m.lent, 0) || ' of ' || greatest(coalesce(m.paid, 0), coalesce(s.due, 0)) as fault
       from (select project, community, building, dwelling, sum(granted_fen) as fen
             from withdrawal where state = 'decided' group by project, community, building, dwelling) w
       left join (select project, community, building, dwelling, sum(applied_fen) as paid,
                         sum(applied_fen) filter (where source = 'F53') as lent
                  from owner_movement group by project, community, building, dwelling) m
         using (project, community, building, dwelling)
       left join (select h.project, s.community, s.building, s.dwelling, sum(s.amount_fen) as due
                  from funding_plan h join funding_plan_share s on s.project = h.project and s.version = h.approved
                  where s.dwelling is not null group by h.project, s.community, s.building, s.dwelling) s
         using (project, community, building, dwelling)
       where w.fen + coalesce(m.lent, 0) > greatest(coalesce(m.paid, 0), coalesce(s.due, 0))`,
    ),
  },
  {
    check: 'withdrawals_as_decided',
    zh: '已决定的提取都有公积金复核人员的决定，备查账记出的数额相同',
    en: 'every withdrawal that was decided rests on a decision, and is booked at what was granted',
    run: byQuery(
      'withdrawal',
      `select 'W-' || w.withdrawal_id || ' is ' || w.state || ', its approval ' || coalesce(a.state, 'is not there') as fault
       from withdrawal w left join approval a on 'A-' || a.approval_id = w.approval and a.kind = 'withdrawal'
       where (w.state = 'decided') <> (a.state is not distinct from 'approved')
          or (w.state = 'validated') <> (a.state is not distinct from 'checking')
       union all
       select b.code || ' booked ' || coalesce(k.fen, 0) || ' fen for ' || w.dwelling || ', decided ' || w.fen
       from (select book, community || '/' || building || '/' || dwelling as dwelling, sum(granted_fen) as fen
             from withdrawal where state = 'decided' group by 1, 2) w
       join book b on b.code = w.book
       left join (
         select a.book_id, a.dwelling, sum(c.debit_fen) as fen
         from account a cross join lateral balance_on(a.book_id, a.account, 'infinity') c
         where a.subject = '201' group by a.book_id, a.dwelling) k on k.book_id = b.book_id and k.dwelling = w.dwelling
       where coalesce(k.fen, 0) < w.fen`,
    ),
  },
  {
    check: 'plans_close',
    zh: '现行资金方案每行费用足额落实，不缺不重',
    en: 'every line of a plan in force is paid in full and by nobody twice',
    run: byQuery(
      'funding_plan',
      `select l.project || ' version ' || l.version || ' line ' || l.line || ' costs ' || l.amount_fen || ' fen and is paid '
         || coalesce(s.fen, 0) as fault
       from funding_plan p
       join funding_plan_line l on l.project = p.project and l.version = p.approved
       left join lateral (
         select sum(amount_fen) as fen from funding_plan_share s
         where s.project = l.project and s.version = l.version and s.line = l.line) s on true
       where l.amount_fen <> coalesce(s.fen, 0)
       union all
       select s.project || ' version ' || s.version || ' pays a line ' || s.line || ' that it does not have'
       from funding_plan p join funding_plan_share s on s.project = p.project and s.version = p.approved
       where not exists (select from funding_plan_line l
                         where l.project = s.project and l.version = s.version and l.line = s.line)`,
    ),
  },
  {
    check: 'plans_in_the_books',
    zh: '备查账中各来源的计划资金等于现行资金方案',
    en: 'the memo book plans of each source what the plan in force says',
    run: byQuery(
      'funding_plan',
      `select coalesce(n.project, k.project) || ' ' || coalesce(n.source, k.source) || ' is planned at ' || coalesce(n.fen, 0)
         || ' fen and booked at ' || coalesce(k.fen, 0) as fault
       from (select o.project, o.plan_book, s.source, sum(s.amount_fen) as fen
             from funding_plan p join project o using (project)
             join funding_plan_share s on s.project = p.project and s.version = p.approved
             group by o.project, o.plan_book, s.source) n
       full join (
         select a.project, b.code as plan_book, a.source, sum(c.credit_fen - c.debit_fen) as fen
         from account a join book b using (book_id)
         join project o on o.project = a.project and o.plan_book = b.code
         join funding_plan p on p.project = a.project and p.approved is not null
         cross join lateral balance_on(a.book_id, a.account, 'infinity') c
         where a.subject = '951' group by a.project, b.code, a.source
         having sum(c.credit_fen - c.debit_fen) <> 0) k using (project, plan_book, source)
       where n.fen is distinct from k.fen`,
    ),
  },
  {
    check: 'certificates_divided_whole',
    zh: '每期进度款按产权分摊的各份额合计等于该期金额，累计数连续',
    en: 'the parts of every certificate add up to it, and its running totals go on from the one before',
    run: byQuery(
      'ownership_certificate',
      `select c.project || ' ' || c.certificate || ' of ' || c.amount_fen || ' fen is divided into ' || coalesce(s.fen, 0) || ' fen, '
         || coalesce(s.total, 0) || ' of ' || c.cumulative_fen || ' in all' as fault
       from (select *, sum(amount_fen) over (partition by project, scheme order by sequence) as running
             from ownership_certificate) c
       left join lateral (
         select sum(amount_fen) as fen, sum(cumulative_fen) as total from ownership_split s
         where s.project = c.project and s.sequence = c.sequence) s on true
       where s.fen is distinct from c.amount_fen or s.total is distinct from c.cumulative_fen or c.running <> c.cumulative_fen`,
    ),
  },
]
