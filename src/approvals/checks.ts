/**
 * Approvals and the record of changes checked again, by plain SQL over the rows and nothing of the code that decides:
 * that no one approved what he made, that everybody decided on the content that stands, that delegations were in force,
 * and that entries rest on decisions that were taken. Each query gives the faults in words, none where the promise
 * holds.
 */
import { byQuery, type Check } from '../base/check.ts'
import { parameters } from '../policy/parameters.ts'

// Steps that a person takes upon himself; withdrawing is the maker's, superseding whoever's change it is.
const takesPart = `decision in ('submitted', 'checked', 'approved', 'rejected')`

// Whatever was only checked once: an approval keeps the rule of the day on which it was opened.
const checkedOnly = parameters.approval_checked_only.values
  .flatMap(({ value }) => value)
  .map((kind) => `'${kind}'`)
  .join(', ')

export const approvalChecks: readonly Check[] = [
  {
    check: 'approvals_by_different_persons',
    zh: '经办、复核、审批由不同的人办理，委托人与受托人都计入',
    en: 'no person made, checked or approved twice under one approval, delegators among them',
    run: byQuery(
      'approval_decision',
      `select 'A-' || approval_id || ': ' || who || ' stands under ' || count(*) || ' steps' as fault
       from approval_decision, unnest(array_remove(array[person, acting_for], null)) who
       where ${takesPart} group by approval_id, who having count(*) > 1
       union all
       select 'A-' || d.approval_id || ': ' || who || ' at step ' || d.step || ' is not among the parties'
       from approval_decision d, unnest(array_remove(array[d.person, d.acting_for], null)) who
       where ${takesPart} and not exists (
         select from approval_party p where p.approval_id = d.approval_id and p.person = who and p.step = d.step)
       union all
       select 'A-' || d.approval_id || ': ' || d.person || ' had a hand in what he decided at step ' || d.step
       from approval_decision d join approval_party p on p.approval_id = d.approval_id and p.step = 1
         and p.person in (d.person, d.acting_for)
       where d.step > 1 and ${takesPart}`,
    ),
  },
  {
    check: 'approvals_follow_decisions',
    zh: '审批事项的状态与各步办理一致，步骤连续，人数足够；无须审批的只有规定的种类，须经复核',
    en: 'an approval stands where its decisions lead, in order, with as many approvers as it needs; only the kinds that may need none',
    run: byQuery(
      'approval',
      `select 'A-' || approval_id || ' is ' || state || ' after ' || coalesce(path, 'nothing') as fault
       from (
         select a.approval_id, a.state, a.steps, a.maker, a.approvers, string_agg(d.decision, ',' order by d.step) as path,
                count(d.step) as decisions, min(d.step) as low, max(d.step) as high,
                min(d.person) filter (where d.step = 1) as first_person,
                min(d.person) filter (where d.decision = 'withdrawn') as withdrawer
         from approval a left join approval_decision d using (approval_id) group by a.approval_id
       ) a
       where path is null or decisions <> steps or low <> 1 or high <> steps or first_person <> maker or withdrawer <> maker
          or (approvers = 0 and state = 'approving')
          or path !~ case
            when state = 'checking' then '^submitted$'
            when state = 'approved' then '^submitted,checked(,approved){' || approvers || '}$'
            when approvers = 0 then '^submitted,' || state || '$'
            when state = 'approving' then '^submitted,checked(,approved){0,' || approvers - 1 || '}$'
            else '^submitted(,checked(,approved){0,' || approvers - 1 || '})?,' || state || '$' end
       union all
       select 'A-' || approval_id || ' is of kind ' || kind || ' and would need no approver'
       from approval where approvers = 0 and kind not in (${checkedOnly})
       union all
       select 'A-' || approval_id || ' step ' || step || ' was taken at ' || decided_at || ', the one before at ' || before
       from (select approval_id, step, decided_at, lag(decided_at) over (partition by approval_id order by step) as before
             from approval_decision) d where decided_at <= before`,
    ),
  },
  {
    check: 'approvals_bound_to_content',
    zh: '每一步办理所依据的摘要都是该内容的摘要，内容写明种类和针对什么',
    en: 'every decision names the hash of the content that stands, and the content names its kind and subject',
    run: byQuery(
      'approval',
      `select 'A-' || approval_id || ': its content does not fit its hash' as fault
       from approval where sha256(convert_to(content, 'UTF8')) <> content_hash
       union all
       select 'A-' || approval_id || ': its content is of another kind or subject'
       from approval where (content::json ->> 'kind', content::json ->> 'subject') is distinct from (kind, subject)
       union all
       select 'A-' || approval_id || ' step ' || step || ' was decided on ' || encode(d.content_hash, 'hex')
       from approval_decision d join approval a using (approval_id) where d.content_hash <> a.content_hash`,
    ),
  },
  {
    check: 'delegations_in_force',
    zh: '代办的每一步当时都有有效委托',
    en: 'whoever decided in another’s place had his delegation in force',
    run: byQuery(
      'delegation',
      `select 'A-' || approval_id || ' step ' || step || ': ' || d.person || ' had no delegation of ' || acting_for as fault
       from approval_decision d join approval a using (approval_id)
       where acting_for is not null and not exists (
         select from delegation g
         where g.delegator = d.acting_for and g.delegate = d.person
           and (d.decision, g.permission) in (('checked', 'approval.check'), ('approved', 'approval.approve'),
                                              ('rejected', 'approval.check'), ('rejected', 'approval.approve'))
           and (d.decided_at at time zone 'Asia/Shanghai')::date between g.valid_from and g.valid_to
           and (g.revoked_at is null or g.revoked_at >= d.decided_at) and (g.district is null or g.district = a.district))`,
    ),
  },
  {
    check: 'entries_rest_on_decisions',
    zh: '凭证所记的复核、审批都真实存在，且所依据的事项已办结',
    en: 'what entries keep as their approvals was decided so, under approvals that are settled',
    run: byQuery(
      'entry',
      `select 'E' || e.book_id || '-' || e.sequence || ' names ' || (k ->> 'decision') || ' by ' || (k ->> 'person') || ', which nobody took' as fault
       from entry e cross join lateral jsonb_array_elements(e.approvals) k
       where not exists (
         select from approval_decision d join approval a using (approval_id)
         where encode(a.content_hash, 'hex') = k ->> 'of' and d.person = k ->> 'person' and a.state not in ('checking', 'approving')
           and d.decision || coalesce(' for ' || d.acting_for, '') = k ->> 'decision')`,
    ),
  },
  {
    check: 'changes_dense',
    zh: '每个事物的变更版本从 1 起连续无缺',
    en: 'the recorded versions of everything run from 1 without a gap',
    run: byQuery(
      'change',
      `select noun || ' ' || id || ': ' || count(*) || ' changes, versions ' || min(version) || '–' || max(version) as fault
       from change group by id, noun having min(version) <> 1 or max(version) <> count(*)`,
    ),
  },
]
