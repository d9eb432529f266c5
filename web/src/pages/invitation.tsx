/**
 * The link that is good once. Opening the page uses nothing: previews and scanners open links too. The button uses it,
 * and what it was exchanged for is kept in this tab until the password is set, so that a reload loses nothing.
 */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { Button, QRCode } from 'antd'
import { useState } from 'react'
import { useGo } from '../address.tsx'
import { call } from '../api/call.ts'
import type { Enrolling, Session } from '../api/operations.ts'
import { TextField } from '../form/fields.tsx'
import { ProblemNote } from '../form/problem-note.tsx'
import { paths } from '../paths.ts'
import { useArrival } from '../sign-in/choose-duty.tsx'
import { CodeField, PasswordField } from '../sign-in/sign-in-form.tsx'
import { timeText } from '../style/time.tsx'

const place = 'yiben.enrolling'

const isEnrolling = (value: unknown): value is Enrolling =>
  value !== null && typeof value === 'object' && 'ticket' in value && 'address' in value

/** What was got for this very link in this tab. */
function keptFor(code: string): Enrolling | undefined {
  const found: unknown = JSON.parse(sessionStorage.getItem(`${place}.${code}`) ?? 'null')
  return isEnrolling(found) ? found : undefined
}

export default function Invitation() {
  const { code = '' } = useParams({ strict: false })
  const [got, setGot] = useState(() => keptFor(code))
  const client = useQueryClient()
  const go = useGo()
  const done = () => {
    client.clear()
    go(paths.home(), { replace: true })
  }
  const { arrive, choice } = useArrival(done)
  const open = useMutation({
    mutationFn: () => call('openInvitation', { body: { code } }),
    onSuccess: (answer) => {
      sessionStorage.setItem(`${place}.${code}`, JSON.stringify(answer))
      setGot(answer)
    },
  })
  const set = (answer: Session) => {
    sessionStorage.removeItem(`${place}.${code}`)
    arrive(answer)
  }
  if (choice) return choice
  return (
    <main className="door">
      <h1>{got ? '设定密码' : '登录链接'}</h1>
      {got ? (
        <Enrol got={got} done={set} />
      ) : (
        <>
          <p>此链接一次有效。按下按钮后，请在三十分钟内设定密码和动态口令。</p>
          {!isSecureContext && <p>须经 HTTPS 访问：本页不是经 HTTPS 打开的，浏览器不会保存登录。</p>}
          {open.error && <ProblemNote error={open.error} />}
          <p>
            <Button type="primary" disabled={open.isPending || !isSecureContext} onClick={() => open.mutate()}>
              使用此链接
            </Button>
          </p>
        </>
      )}
    </main>
  )
}

function Enrol({ got, done }: { got: Enrolling; done: (session: Session) => void }) {
  const { ticket, person, secret, address, until } = got
  const [name, setName] = useState(person ?? '')
  const [password, setPassword] = useState('')
  const [again, setAgain] = useState('')
  const [code, setCode] = useState('')
  const enrol = useMutation({
    mutationFn: () =>
      call('enrol', { body: { ticket, password, code, ...(person === undefined && { name: name.trim() }) } }),
    onSuccess: done,
    onError: () => setCode(''),
  })
  const differs = again !== '' && again !== password
  return (
    <form
      className="card"
      aria-label="设定密码和动态口令"
      onSubmit={(event) => {
        event.preventDefault()
        if (!enrol.isPending) enrol.mutate()
      }}
    >
      {person === undefined ? (
        <>
          <p>首次登录：此人为安全管理员，邀请他人、给予职责，没有任何业务权限。</p>
          <TextField label="姓名（一经登记不再改变）" value={name} change={setName} />
        </>
      ) : (
        <p>
          {person}，请于 {timeText(until)} 前设定。
        </p>
      )}
      <PasswordField label="密码（12 个字符以上，如几个互不相干的词）" value={password} change={setPassword} isNew />
      <PasswordField label="再输入一次密码" value={again} change={setAgain} isNew />
      {differs && (
        <div className="fault" role="alert">
          两次输入的密码不同
        </div>
      )}
      <h2>动态口令</h2>
      <p>用手机上的验证器应用扫描，再填入其显示的六位数字。二维码由本页画出，不经过任何网站。</p>
      <div role="img" aria-label="动态口令的二维码" className="qr">
        {/* The drawing is named by what surrounds it. */}
        <div aria-hidden="true">
          <QRCode type="svg" value={address} size={200} bordered={false} color="#000000" bgColor="#ffffff" />
        </div>
      </div>
      <p className="note">
        不能扫描的，请手工输入密钥 <code>{secret.replaceAll(/(.{4})(?=.)/g, '$1 ')}</code>（每 30 秒、六位、SHA-1）
      </p>
      <CodeField value={code} change={setCode} />
      {enrol.error && <ProblemNote error={enrol.error} />}
      <Button
        type="primary"
        htmlType="submit"
        disabled={enrol.isPending || !name || !password || again !== password || code.length !== 6}
      >
        设定并登录
      </Button>
    </form>
  )
}
