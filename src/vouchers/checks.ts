/**
 * What nobody may have posted alone, looked at again by plain SQL: that every line of an account an action keeps stands
 * on a decision, a commitment or a job; that what was posted is what was approved; that what upper books paid out lower
 * books took in; and that financial and budget accounting moved together. What a machine client brought and no record
 * here explains is a warning (提示), not a fault: its records are kept elsewhere.
 */
import { byQuery, type Check } from '../base/check.ts'
import { chartOf, standards } from '../ledger/chart.ts'
import { controlAccounts as control } from '../ledger/charts/control-accounts.ts'

const keptFromEverybody = standards.flatMap((standard) =>
  [...chartOf(standard).subjects.values()].filter(({ kept }) => kept?.from === 'everybody').map(({ code }) => code),
)
const keptList = keptFromEverybody.map((code) => `'${code}'`).join(', ')

const entryName = `'E' || e.book_id || '-' || e.sequence`

/** An approval that was given, among those an entry keeps. */
const isApproved = `exists (
  select from jsonb_array_elements(e.approvals) k join approval a on encode(a.content_hash, 'hex') = k ->> 'of'
  where a.state = 'approved')`

/** By signs: what of an entry's lines moved on the financial side of each account of 资金结存. */
const parallel = (subject: string): string => `
  case when ${subject} like '1011%' or ${subject} = '800101' then '800101'
       when ${subject} like '1201%' or ${subject} = '800103' then '800103'
       when ${subject} ~ '^(1001|1002|1021|2307|2103)' or ${subject} in ('121803', '800102') then '800102' end`

export const voucherChecks: readonly Check[] = [
  {
    check: 'kept_accounts_founded',
    zh: '指标、承诺、用款计划和债券台账的每一行都有审批、承诺或作业为据',
    en: 'every line of an account an action keeps stands on an approval, a commitment or a job',
    run: byQuery(
      'entry_effect',
      `select ${entryName} || ' moves ' || string_agg(distinct a.subject, ', ') || ' in ' || b.code
         || coalesce(' by ' || f.effect, ' by nobody’s action') || ', on no approval, commitment or job' as fault
       from line l join account a using (book_id, account) join entry e using (book_id, sequence)
       join book b using (book_id) left join entry_effect f using (book_id, sequence)
       where a.subject in (${keptList}) and (b.standard = 'memo' or a.basis = 3) and b.standard in ('government', 'memo')
         and e.type <> 'carry_over' and not ${isApproved}
         and not (f.effect is not null and (
           f.effect = 'before:0019'
           or (f.effect like 'sample:%' and b.sample_of is not null)
           or (f.effect like 'commitment:%' and exists (
             select from commitment c where 'C-' || c.commitment_id = split_part(f.effect, ':', 2)))
           or (f.effect like 'indicator\\_lapse:%' and exists (
             select from indicator i where i.state = 'lapsed' and i.indicator = substr(f.effect, length('indicator_lapse:') + 1)))
           or f.effect like 'cash\\_plan\\_lapse:%'))
       group by e.book_id, e.sequence, b.code, f.effect`,
    ),
  },
  {
    check: 'entries_as_approved',
    zh: '指标、用款计划、额度和记账凭证记入账簿的金额就是批准的金额',
    en: 'what was posted of indicators, cash plans, quota and vouchers is what was approved',
    run: byQuery(
      'entry_effect',
      `with posted as (
         select f.effect, a.subject, a.indicator, sum(coalesce(l.debit_fen, 0) - coalesce(l.credit_fen, 0)) as fen
         from entry_effect f join line l using (book_id, sequence) join account a using (book_id, account)
         group by f.effect, a.subject, a.indicator),
       wanted as (
         select 'indicator:' || (content::json #>> '{content,indicator}') || ':' as prefix, '${control.approved}' as subject,
           content::json #>> '{content,indicator}' as indicator, -(content::json #>> '{content,amount}')::numeric * 100 as fen
         from approval where kind = 'indicator' and state = 'approved'
         union all
         select 'cash_plan:A-' || approval_id, '${control.cashPlanApproved}', null, -(content::json #>> '{content,amount}')::numeric * 100
         from approval where kind = 'cash_plan' and state = 'approved'
         union all
         select 'quota:A-' || approval_id, '1011', content::json #>> '{content,indicator}', (content::json #>> '{content,amount}')::numeric * 100
         from approval where kind = 'quota' and state = 'approved')
       select w.prefix || ': approved ' || abs(w.fen / 100)::numeric(20, 2) || ', posted ' || coalesce(abs(sum(p.fen) / 100), 0)::numeric(20, 2)
         as fault
       from wanted w left join posted p on p.effect like replace(w.prefix, '_', '\\_') || '%' and p.subject = w.subject
         and (w.indicator is null or p.indicator is null or p.indicator = w.indicator)
         and (w.prefix like '%:' or p.effect = w.prefix)
       group by w.prefix, w.subject, w.indicator, w.fen having coalesce(sum(p.fen), 0) <> w.fen`,
    ),
  },
  {
    check: 'vouchers_posted',
    zh: '已记账的凭证都有审批，所记凭证存在；未记账的没有凭证',
    en: 'vouchers that are posted were approved and have their entries; the others have none',
    run: byQuery(
      'voucher',
      `select 'V-' || v.voucher_id || ' is ' || v.state || ', its approval ' || coalesce(a.state, 'is not there') || ', entries '
         || coalesce(array_to_string(v.entries, ' '), '') as fault
       from voucher v left join approval a on 'A-' || a.approval_id = v.approval
       where a.approval_id is null or a.kind <> case v.kind when 'entry' then 'voucher' else 'reversal' end
         or (v.state = 'posted') <> (a.state = 'approved')
         or exists (select from unnest(v.entries) name where not exists (
           select from entry e join entry_effect f using (book_id, sequence)
           where ${entryName} = name and f.effect = 'voucher:V-' || v.voucher_id))`,
    ),
  },
  {
    check: 'take_overs_as_approved',
    zh: '期初余额就是批准接转的余额，逐科目、逐项目、逐来源、逐指标一致',
    en: 'opening balances are what was approved to be taken over, by account, project, source and indicator',
    run: byQuery(
      'take_over',
      `with wanted as (
         select 'K-' || t.take_over_id as name, b ->> 'account' as subject, b ->> 'project' as project, b ->> 'source' as source,
           coalesce(b ->> 'indicator', '') as indicator, sum(coalesce(b ->> 'debit', '0')::numeric - coalesce(b ->> 'credit', '0')::numeric) * 100 as fen
         from take_over t join approval a on 'A-' || a.approval_id = t.approval
         cross join lateral json_array_elements(a.content::json #> '{content,balances}') b
         where t.state in ('posted', 'reversed') group by 1, 2, 3, 4, 5),
       posted as (
         select split_part(f.effect, ':', 2) as name, a.subject, a.project, a.source, coalesce(a.indicator, l.indicator, '') as indicator,
           sum(coalesce(l.debit_fen, 0) - coalesce(l.credit_fen, 0)) as fen
         from entry_effect f join line l using (book_id, sequence) join account a using (book_id, account)
         where f.effect ~ '^take_over(_register)?:' group by 1, 2, 3, 4, 5)
       select concat_ws(' ', name, subject, project, source, nullif(indicator, '')) || ': approved ' || (coalesce(w.fen, 0) / 100)::numeric(20, 2)
         || ', posted ' || (coalesce(p.fen, 0) / 100.0)::numeric(20, 2) as fault
       from wanted w full join posted p using (name, subject, project, source, indicator)
       where coalesce(w.fen, 0) <> coalesce(p.fen, 0) or w.name is null or p.name is null`,
    ),
  },
  {
    check: 'take_overs_founded',
    zh: '期初凭证都有经批准的接转和已上传的原件为据，一个科目只接转一次',
    en: 'every opening entry rests on an approved take-over and originals that are here; an account is opened once',
    run: byQuery(
      'take_over',
      `select 'K-' || t.take_over_id || ' is ' || t.state || ', its approval ' || coalesce(a.kind || ' ' || a.state, 'is not there') as fault
       from take_over t left join approval a on 'A-' || a.approval_id = t.approval
       where a.approval_id is null or a.kind <> 'take_over'
         or (t.state in ('posted', 'reversed')) <> (a.state = 'approved')
         or (t.state = 'reversed') <> exists (
           select from entry e join entry r on r.book_id = e.book_id and r.reverses = e.sequence where ${entryName} = any(t.entries))
       union all
       select ${entryName} || ' opens a book by ' || f.effect || ', on no approval of a take-over'
       from entry_effect f join entry e using (book_id, sequence)
       where f.effect ~ '^take_over(_register)?:' and not exists (
         select from take_over t join approval a on 'A-' || a.approval_id = t.approval
         where 'K-' || t.take_over_id = split_part(f.effect, ':', 2) and ${entryName} = any(t.entries) and a.kind = 'take_over'
           and e.approvals @> jsonb_build_array(jsonb_build_object('of', encode(a.content_hash, 'hex'))))
       union all
       select 'K-' || t.take_over_id || ': no original ' || (d ->> 'number')
       from take_over t join approval a on 'A-' || a.approval_id = t.approval join book b on b.code = t.book
       cross join lateral json_array_elements(a.content::json #> '{content,documents}') d
       where t.state in ('posted', 'reversed') and not exists (
         select from attachment o where o.book_id = b.book_id and encode(o.sha256, 'hex') = d ->> 'sha256')
       union all
       select b.code || ' ' || a.subject || ' ' || a.project || ' ' || a.source || ' was opened by ' || string_agg(distinct f.effect, ', ')
       from entry_effect f join line l using (book_id, sequence) join account a using (book_id, account) join book b using (book_id)
       where f.effect ~ '^take_over(_register)?:'
         and not exists (select from entry r where r.book_id = f.book_id and r.reverses = f.sequence)
       group by b.code, a.book_id, a.account having count(distinct f.effect) > 1`,
    ),
  },
  {
    check: 'scored_quarters_stand',
    zh: '季度评分之后，该季度内的项目状态只由经批准的接转补登',
    en: 'once a quarter is scored, no state of a project in it came but by an approved take-over',
    run: byQuery(
      'score',
      `select 'project ' || c.id || ' was moved on ' || (c.body ->> 'on') || ' after ' || s.quarter || ' of ' || s.district || ' was scored' as fault
       from change c join project p on p.project = c.id
       join score s on s.district = p.district and s.version = 1 and s.known_at < c.at
         and s.quarter >= to_char((c.body ->> 'on')::date, 'YYYY"Q"Q')
       where c.noun = 'project' and c.verb = 'moved' and c.body ->> 'on' is not null and not exists (
         select from take_over t where 'K-' || t.take_over_id = c.body ->> 'takeOver' and t.state in ('posted', 'reversed'))`,
    ),
  },
  {
    check: 'upper_paid_lower_received',
    zh: '上级账簿拨付某区多少，同一笔事务中该区账簿就收到多少',
    en: 'what an upper book paid out to a district, a book of that district took in, in one transaction',
    run: byQuery(
      'entry',
      `with moved as (
         select e.book_id, e.sequence, coalesce(e.transaction_id::text, ${entryName}) as place, b.district,
           a.subject, a.counterparty, a.source, coalesce(l.debit_fen, 0) - coalesce(l.credit_fen, 0) as fen
         from line l join account a using (book_id, account) join entry e using (book_id, sequence) join book b using (book_id)
         where a.subject in ('${control.released}', '${control.claimed}', '${control.issued}') and b.standard = 'government'),
       paid as (select place, counterparty as district, source, sum(fen) as fen from moved
                where subject <> '${control.issued}' group by 1, 2, 3),
       received as (select place, district, source, sum(fen) as fen from moved
                    where subject = '${control.issued}' group by 1, 2, 3)
       select p.place || ': paid ' || coalesce(p.district, '?') || ' ' || p.source || ' ' || (p.fen / 100.0)::numeric(20, 2) || ', its books took in '
         || (coalesce(r.fen, 0) / 100.0)::numeric(20, 2) as fault
       from paid p left join received r using (place, district, source)
       where p.fen <> coalesce(r.fen, 0)
         and not exists (select from entry e join entry_effect f using (book_id, sequence) join book b using (book_id)
                         where coalesce(e.transaction_id::text, ${entryName}) = p.place and (b.sample_of is not null and f.effect like 'sample:%'
                           -- Money that a district pays back comes from what its books spent, not from quota.
                           or exists (select from claim_settlement s where s.way = 'money'
                             and f.effect = 'claim_settlement:T-' || s.settlement_id)))`,
    ),
  },
  {
    check: 'parallel_accounts',
    zh: '各项目各来源：额度与资金结存一致，财政应返还额度一致，货币资金除代管和待上缴外一致',
    en: 'by project and source: quota, quota to be returned, and cash but for custody, stand the same in budget accounting',
    run: byQuery(
      'book',
      `with moved as (
         select e.book_id, e.sequence, a.project, a.source, ${parallel('a.subject')} as budget, a.subject like '8%' as of_budget,
           coalesce(l.debit_fen, 0) - coalesce(l.credit_fen, 0) as fen,
           ${isApproved} or exists (select from entry_effect f where f.book_id = e.book_id and f.sequence = e.sequence
             and f.effect not like 'sample:%') or e.type = 'carry_over' as ours
         from line l join account a using (book_id, account) join entry e using (book_id, sequence) join book b using (book_id)
         where b.standard = 'government' and ${parallel('a.subject')} is not null)
       select b.code || ' ' || project || ' ' || source || ': financial accounting has ' ||
           (sum(fen) filter (where not of_budget) / 100.0)::numeric(20, 2) || ', ' || budget || ' '
           || (coalesce(sum(fen) filter (where of_budget), 0) / 100.0)::numeric(20, 2) as fault,
         coalesce(sum(case when of_budget then -fen else fen end) filter (where ours), 0) = 0 as warning
       from moved join book b using (book_id) group by b.code, project, source, budget
       having sum(case when of_budget then -fen else fen end) <> 0`,
    ),
  },
  {
    check: 'projects_known',
    zh: '凭证所写的项目都已登记，或是未分解指标的名称',
    en: 'projects named in entries are registered, or are the name of an indicator’s money',
    run: byQuery(
      'account',
      `select b.code || ': no project ' || a.project || ' (' || count(*) || ' accounts)' as fault, true as warning
       from account a join book b using (book_id)
       where b.sample_of is null and not exists (select from project p where p.project = a.project)
         and not exists (select from indicator i where i.programme = a.project)
       group by b.code, a.project`,
    ),
  },
]
