/**
 * Persons and their duties checked again, by plain SQL over the rows and nothing of the code that gives them: what was
 * given before the rule, or by hand, is told here.
 */
import { byQuery, type Check } from '../base/check.ts'

const apart = `('finance_maker', 'finance_checker', 'finance_approver')`
const alone = `('integration', 'operator', 'security_admin', 'auditor')`

export const accessChecks: readonly Check[] = [
  {
    check: 'duties_apart',
    zh: '无人兼任不相容职责，令牌都有在任的职责',
    en: 'nobody holds duties that exclude each other, and every token rests on a duty in force',
    run: byQuery(
      'duty',
      `select p.name || ' is ' || a.role || coalesce(' of ' || a.district, '') || ' and ' || b.role || coalesce(' of ' || b.district, '') as fault
       from duty a join duty b on b.person = a.person and b.duty_id > a.duty_id and b.role <> a.role join person p on p.id = a.person
       where a.ended_at is null and b.ended_at is null
         and (a.role in ${alone} or b.role in ${alone}
           or (a.role in ${apart} and b.role in ${apart} and (a.district is null or b.district is null or a.district = b.district)))
       union all
       select 'token ' || t.token_id || ' of ' || t.person || ' opens for ' || t.role || ', which is no duty of his'
       from token t where t.revoked_at is null and not exists (
         select from person p join duty d on d.person = p.id
         where p.name = t.person and d.role = t.role and d.district is not distinct from t.district and d.ended_at is null)`,
    ),
  },
]
