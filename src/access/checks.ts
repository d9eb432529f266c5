/**
 * Persons and their duties checked again, by plain SQL over the rows and nothing of the code that gives them: what was
 * given before the rule, or by hand, is told here.
 */
import { byQuery, type Check } from '../base/check.ts'

const [finance, provident] = [
  `('finance_maker', 'finance_checker', 'finance_approver')`,
  `('pf_officer', 'pf_reviewer')`,
]
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
           or (((a.role in ${finance} and b.role in ${finance}) or (a.role in ${provident} and b.role in ${provident}))
             and (a.district is null or b.district is null or a.district = b.district)))
       union all
       select 'token ' || t.token_id || ' of ' || t.person || ' opens for ' || t.role || ', which is no duty of his'
       from token t where t.revoked_at is null and not exists (
         select from person p join duty d on d.person = p.id
         where p.name = t.person and d.role = t.role and d.district is not distinct from t.district and d.ended_at is null)`,
    ),
  },
  {
    check: 'sessions_proved',
    zh: '控制台的会话都属于可登录的人员，由其后未被停用或重设的密码登录',
    en: 'every open session of the console is of a person who may sign in, by a password that was not disabled or set anew since',
    run: byQuery(
      'session',
      `select 'session ' || s.session_id || ' of ' || s.person || case when c.person is null then ' rests on no password'
          when c.disabled_at is not null then ' goes on though he is disabled' else ' began before his password was set' end as fault
       from session s left join credential c on c.person = s.person
       where not s.trial and s.ended_at is null and s.ends_at > now()
         and (c.person is null or c.disabled_at is not null or s.began_at < c.set_at)`,
    ),
  },
]
