/** Name, password, one-time code: on the page of signing in, and in place where a session has ended. */
import { useMutation } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { call } from '../api/call.ts'
import type { Session } from '../api/operations.ts'
import { Field } from '../form/fields.tsx'
import { ProblemNote } from '../form/problem-note.tsx'

/** `person`: who signs in again, in the duty of that id. */
export function SignInForm({
  person,
  duty,
  done,
}: {
  person?: string | undefined
  duty?: string | undefined
  done: (session: Session) => void
}) {
  const [name, setName] = useState(person ?? '')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const signIn = useMutation({
    mutationFn: () =>
      call('beginSession', { body: { person: name.trim(), password, code, ...(duty !== undefined && { duty }) } }),
    onSuccess: done,
    // A code is good once: the next try has another.
    onError: () => setCode(''),
  })
  return (
    <form
      aria-label="登录"
      onSubmit={(event) => {
        event.preventDefault()
        if (!signIn.isPending) signIn.mutate()
      }}
    >
      <Field label="姓名或编号">
        {(id) => (
          <Input
            id={id}
            autoComplete="username"
            value={name}
            readOnly={person !== undefined}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <PasswordField label="密码" value={password} change={setPassword} />
      <CodeField value={code} change={setCode} />
      {signIn.error && <ProblemNote error={signIn.error} />}
      <Button type="primary" htmlType="submit" disabled={signIn.isPending || !name || !password || code.length !== 6}>
        登录
      </Button>
    </form>
  )
}

export const PasswordField = ({
  label,
  value,
  change,
  isNew = false,
}: {
  label: string
  value: string
  change: (value: string) => void
  isNew?: boolean
}) => (
  <Field label={label}>
    {(id) => (
      <Input
        id={id}
        type="password"
        autoComplete={isNew ? 'new-password' : 'current-password'}
        value={value}
        onChange={(event) => change(event.target.value)}
      />
    )}
  </Field>
)

/** Six digits, in whatever width they are typed. */
export const CodeField = ({ value, change }: { value: string; change: (value: string) => void }) => (
  <Field label="动态口令（六位）">
    {(id) => (
      <Input
        id={id}
        inputMode="numeric"
        autoComplete="one-time-code"
        style={{ width: 140 }}
        maxLength={12}
        value={value}
        onChange={(event) =>
          change(
            event.target.value
              .normalize('NFKC')
              .replaceAll(/[^0-9]/g, '')
              .slice(0, 6),
          )
        }
      />
    )}
  </Field>
)
