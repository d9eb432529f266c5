/**
 * Releases checked again by plain SQL over the rows and nothing of the code that decides: that nobody was paid more
 * than allotted, that what is noted as paid is the sum of its parts, that the books hold at least that, that what came
 * early had earned it, that what a person entered for a score was checked, and that the treasury was told of each
 * payment once, of its amount.
 */
import { byQuery, type Check } from '../base/check.ts'

export const releaseChecks: readonly Check[] = [
  {
    check: 'releases_within_allotments',
    zh: '各区累计拨付不超过已批准的分配额，已拨数等于各笔拨付减收回',
    en: 'no district was paid more than it was allotted, and what is noted as paid is the sum of what was paid and clawed back',
    run: byQuery(
      'allotment_release',
      `select r.allocation || ' ' || r.district || ': paid ' || r.released_fen || ', allotted ' || coalesce(a.fen, 0) as fault
       from allotment_release r left join (
         select coalesce(h.supplements, h.allocation) as allocation, s.district, sum(s.amount_fen) as fen
         from allocation h join allocation_share s on s.allocation = h.allocation and s.version = h.version
         where h.state = 'approved' group by 1, 2) a on a.allocation = r.allocation and a.district = r.district
       where r.released_fen > coalesce(a.fen, 0)
       union all
       select r.allocation || ' ' || r.district || ': noted ' || r.released_fen || ', released ' || coalesce(p.fen, 0)
       from allotment_release r left join (
         select allocation, district, sum(fen) as fen from (
           select allocation, district, amount_fen - clawed_fen as fen from release where state = 'released'
           union all
           select r.allocation, r.district, s.amount_fen from claim_settlement s join clawback c using (clawback_id)
           join release r on r.release_id = c.release_id
           where s.state = 'posted' and s.way = 'kept' and c.ground <> 'early') moved group by 1, 2) p
         on p.allocation = r.allocation and p.district = r.district
       where r.released_fen <> coalesce(p.fen, 0)`,
    ),
  },
  {
    check: 'releases_by_project',
    zh: '每笔拨付、收回按项目的合计等于其金额',
    en: 'a release is the sum of its projects, and so is a claw-back; nothing comes back that a project did not have',
    run: byQuery(
      'release',
      `select 'R-' || release_id || ': ' || amount_fen || ', its projects ' || coalesce(parts, 0) as fault
       from (select r.release_id, r.amount_fen, r.state, (select sum(p.amount_fen) from release_part p where p.release_id = r.release_id) as parts
             from release r) r
       where coalesce(parts, 0) <> case when state = 'released' then amount_fen else 0 end
       union all
       select 'R-' || r.release_id || ': clawed ' || r.clawed_fen || ', came back ' || coalesce(sum(b.fen), 0)
       from release r left join (
         select release_id, taken_fen as fen from clawback where state = 'posted'
         union all
         select c.release_id, s.amount_fen from claim_settlement s join clawback c using (clawback_id)
         where s.state = 'posted' and s.way <> 'kept') b on b.release_id = r.release_id
       group by r.release_id having r.clawed_fen <> coalesce(sum(b.fen), 0)
       union all
       select 'B-' || c.clawback_id || ': ' || c.taken_fen || ', its projects ' || coalesce(sum(p.amount_fen), 0)
       from clawback c left join clawback_part p on p.clawback_id = c.clawback_id where c.state = 'posted'
       group by c.clawback_id having c.taken_fen <> coalesce(sum(p.amount_fen), 0)
       union all
       select 'R-' || c.release_id || ' ' || b.project || ': came back ' || sum(b.amount_fen) || ', had ' || coalesce(max(p.amount_fen), 0)
       from clawback c join clawback_part b on b.clawback_id = c.clawback_id
       left join release_part p on p.release_id = c.release_id and p.project = b.project
       group by c.release_id, b.project having sum(b.amount_fen) > coalesce(max(p.amount_fen), 0)`,
    ),
  },
  {
    check: 'releases_posted',
    zh: '已拨付数在市级账上均有已拨付记录',
    en: 'the books above hold as paid at least what releases say was paid',
    run: byQuery(
      'release',
      `select paid.indicator || ' ' || paid.district || ': released ' || paid.fen || ', booked ' || coalesce(booked.fen, 0) as fault
       from (select a.indicator, r.district, sum(r.amount_fen - r.clawed_fen) as fen from release r join allocation a on a.allocation = r.allocation
             where r.state = 'released' group by 1, 2) paid
       left join (select a.indicator, a.counterparty, sum(c.debit_fen - c.credit_fen) as fen from account a
             cross join lateral balance_on(a.book_id, a.account, 'infinity') c where a.subject in ('910402', '910403') group by 1, 2) booked
         on booked.indicator = paid.indicator and booked.counterparty = paid.district
       where paid.fen > coalesce(booked.fen, 0)`,
    ),
  },
  {
    check: 'released_within_final_budget',
    zh: '各指标累计拨付、下达不超过正式预算（清算时已超拨、待以额度交回的除外）',
    en: 'no indicator has paid more than its final budget, but for what was paid before it was final and is to be returned',
    run: byQuery(
      'indicator',
      `with held as (
         select i.indicator, sum(case a.subject when '9901' then c.credit_fen - c.debit_fen end) as approved,
                sum(case a.subject when '9901' then null else c.debit_fen - c.credit_fen end) as paid
         from indicator i join book b on b.code = i.book
         join account a on a.book_id = b.book_id and a.indicator = i.indicator
         cross join lateral balance_on(a.book_id, a.account, 'infinity') c
         where a.subject in ('9901', '910201', '910202', '910402', '910403') group by i.indicator),
       owed as (
         select indicator, sum(due_fen - done_fen) as fen, sum(least(return_fen, due_fen - done_fen)) as returning
         from indicator_recovery group by indicator)
       select h.indicator || ': paid ' || h.paid || ', final budget ' || coalesce(h.approved, 0) - coalesce(o.fen, 0)
         || ', to be returned ' || coalesce(o.returning, 0) as fault
       from held h left join owed o using (indicator)
       where h.paid > coalesce(h.approved, 0) - coalesce(o.fen, 0) + coalesce(o.returning, 0)`,
    ),
  },
  {
    check: 'recoveries_by_project',
    zh: '按正式预算收回数等于各笔扣回，各笔扣回等于其项目合计',
    en: 'what came back by a final budget is the sum of its entries, and each of these of its projects',
    run: byQuery(
      'indicator_recovery',
      `select r.indicator || ' ' || r.district || ': done ' || r.done_fen || ', noted ' || sum(t.amount_fen) as fault
       from indicator_recovery r join recovery_taken t using (indicator, district)
       group by r.indicator, r.district having sum(t.amount_fen) > max(r.done_fen)
       union all
       select t.indicator || ' ' || t.district || ' ' || t.allocation || ': ' || t.amount_fen || ', its projects '
         || coalesce(sum(p.amount_fen), 0)
       from recovery_taken t left join recovery_part p using (recovery_id) group by t.recovery_id
       having t.amount_fen <> coalesce(sum(p.amount_fen), 0)`,
    ),
  },
  {
    check: 'claims_stand_in_the_books',
    zh: '应收回款余额与账上应收回一致，已清偿数等于各笔清偿',
    en: 'what is open of claims is what the books say is to be given back, and what is settled is the sum of what settled it',
    run: byQuery(
      'clawback_claim',
      `select coalesce(k.place, b.place) || ': claims ' || coalesce(k.fen, 0) || ', books ' || coalesce(b.fen, 0) as fault
       from (
         select a.indicator || ' ' || r.district as place, sum(k.amount_fen - k.settled_fen) as fen
         from clawback_claim k join clawback c using (clawback_id) join release r on r.release_id = c.release_id
         join allocation a on a.allocation = r.allocation group by 1) k
       full join (
         select a.indicator || ' ' || a.counterparty as place, sum(c.debit_fen - c.credit_fen) as fen
         from account a cross join lateral balance_on(a.book_id, a.account, 'infinity') c
         where a.subject = '910403' group by 1) b using (place)
       where coalesce(k.fen, 0) <> coalesce(b.fen, 0)
       union all
       select 'B-' || k.clawback_id || ': settled ' || k.settled_fen || ', settlements ' || coalesce(sum(s.amount_fen), 0)
       from clawback_claim k left join claim_settlement s on s.clawback_id = k.clawback_id and s.state = 'posted'
       group by k.clawback_id having k.settled_fen <> coalesce(sum(s.amount_fen), 0)
       union all
       select 'T-' || s.settlement_id || ': ' || s.amount_fen || ', its projects ' || coalesce(sum(p.amount_fen), 0)
       from claim_settlement s left join settlement_part p using (settlement_id)
       where s.state = 'posted' and s.way <> 'kept' group by s.settlement_id
       having s.amount_fen <> coalesce(sum(p.amount_fen), 0)`,
    ),
  },
  {
    check: 'score_entries_checked',
    zh: '人工录入的考核结果均有原件并经另一人复核，内容与所复核的一致；系统接口录入而没有原件的作提示',
    en: 'a result that a person entered has its original and was checked by another, as it stands; what a machine client brought without one is a warning',
    run: byQuery(
      'score_entry',
      `select 'S-' || e.score_entry_id || ' ' || e.district || ' ' || e.quarter || ' ' || e.indicator || ' ' || e.value
         || ': not what was checked under ' || e.approval as fault, false as warning
       from score_entry e where e.origin = 'checked' and not exists (
         select from approval a cross join lateral (select a.content::json -> 'content' as of) c
         where 'A-' || a.approval_id = e.approval and a.kind = 'score_entry' and a.state = 'approved' and a.maker = e.person
           and (c.of ->> 'district', c.of ->> 'quarter', c.of ->> 'indicator', c.of ->> 'value', c.of ->> 'document',
                c.of ->> 'sha256', c.of ->> 'sampleSize')
             = (e.district, e.quarter, e.indicator, e.value, e.document, encode(e.sha256, 'hex'), e.sample_size::text)
           and exists (select from book b join attachment f using (book_id)
                       where b.code = c.of ->> 'keptIn' and f.sha256 = e.sha256))
       union all
       select 'S-' || e.score_entry_id || ': ' || e.person || ', who is no machine client, entered it unchecked', false
       from score_entry e where e.origin = 'brought' and not exists (
         select from person p join duty d on d.person = p.id where p.name = e.person and d.role = 'integration')
       union all
       select 'A-' || a.approval_id || ': checked, and counts nowhere', false
       from approval a where a.kind = 'score_entry' and a.state = 'approved'
         and not exists (select from score_entry e where e.approval = 'A-' || a.approval_id)
       union all
       select 'S-' || e.score_entry_id || ': ' || e.person || ' brought it, and its original is in no book', true
       from score_entry e where e.origin = 'brought' and not exists (select from attachment f where f.sha256 = e.sha256)`,
    ),
  },
  {
    check: 'early_releases_by_score',
    zh: '早拨付均由季度运行拟定，所依据的得分已冻结',
    en: 'what came early was drafted by a run, on a score that run kept',
    run: byQuery(
      'release',
      `select 'R-' || r.release_id || ': run ' || r.run || ' of ' || r.quarter || ' did not use version ' || r.score_version as fault
       from release r where r.kind = 'early' and not exists (
         select from early_run_score s where s.quarter = r.quarter and s.run = r.run and s.district = r.district
           and s.version = r.score_version)`,
    ),
  },
  {
    check: 'instructions_once',
    zh: '每笔拨付、收回恰有一条国库指令，金额、内容摘要相符',
    en: 'the treasury has one instruction for each release and claw-back, of its amount, under its reference',
    run: byQuery(
      'treasury_instruction',
      `select 'R-' || r.release_id || ': no instruction of its amount' as fault from release r
       where r.state = 'released' and not exists (
         select from treasury_instruction i where i.release_id = r.release_id and i.reference = 'R-' || r.release_id
           and i.amount_fen = r.amount_fen)
       union all
       select 'B-' || c.clawback_id || ': no instruction of its amount' from clawback c
       where c.state = 'posted' and c.taken_fen > 0 and not exists (
         select from treasury_instruction i where i.clawback_id = c.clawback_id and i.reference = 'B-' || c.clawback_id
           and i.amount_fen = c.taken_fen)
       union all
       select 'T-' || s.settlement_id || ': no instruction of its amount' from claim_settlement s
       where s.state = 'posted' and s.way = 'quota' and not exists (
         select from treasury_instruction i where i.settlement_id = s.settlement_id and i.reference = 'T-' || s.settlement_id
           and i.amount_fen = s.amount_fen)
       union all
       select i.reference || ': its release is not released' from treasury_instruction i join release r on r.release_id = i.release_id
       where r.state <> 'released'
       union all
       select reference || ': its content does not fit its hash' from treasury_instruction
       where sha256(convert_to(content, 'UTF8')) <> content_hash`,
    ),
  },
]
