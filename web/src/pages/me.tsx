/** 我: who I am here, what I may do, how it looks, how long I stay. */
import { Segmented } from 'antd'
import { Head } from '../style/head.tsx'
import { useSession } from '../session.tsx'
import { type Choice, chooseTheme, useChoice } from '../style/theme.ts'
import { timeText } from '../style/time.tsx'
import { useTerms } from '../terms.ts'

export default function Me() {
  const { person, role, district, permissions, until, endsAt, trial } = useSession()
  const { name } = useTerms()
  const choice = useChoice()
  return (
    <>
      <Head title="我" sub={person} />
      <div className="grid half">
        <section className="card" aria-label="会话">
          <h2>会话</h2>
          <dl className="facts">
            <dt>职责</dt>
            <dd>
              {name('roles', role)}（{district === undefined ? '全市' : name('districts', district)}）
            </dd>
            {trial && (
              <>
                <dt>试用</dt>
                <dd>示例人员</dd>
              </>
            )}
            {until !== undefined && (
              <>
                <dt>无操作时到期</dt>
                <dd>{timeText(until)}</dd>
              </>
            )}
            {endsAt !== undefined && (
              <>
                <dt>最迟到期</dt>
                <dd>{timeText(endsAt)}</dd>
              </>
            )}
          </dl>
          <h2>外观</h2>
          <Segmented
            aria-label="外观"
            name="theme"
            value={choice}
            onChange={(next: Choice) => chooseTheme(next)}
            options={[
              { value: 'system', label: '随系统' },
              { value: 'light', label: '浅色' },
              { value: 'dark', label: '深色' },
            ]}
          />
        </section>
        <section className="card" aria-label="权限">
          <h2>我可以</h2>
          <ul className="plain">
            {permissions.map((permission) => (
              <li key={permission}>{name('permissions', permission)}</li>
            ))}
          </ul>
        </section>
      </div>
    </>
  )
}
