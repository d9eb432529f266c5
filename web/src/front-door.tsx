/** Around every page: where the person is asked again, in place, so that nothing on the page is lost. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Outlet } from '@tanstack/react-router'
import { Button, Modal } from 'antd'
import { useEffect, useState } from 'react'
import { type Question, whenAsked } from './api/asking.ts'
import { call } from './api/call.ts'
import type { Session } from './api/operations.ts'
import { ProblemNote } from './form/problem-note.tsx'
import { dutyOf } from './sign-in/choose-duty.tsx'
import { CodeField, PasswordField, SignInForm } from './sign-in/sign-in-form.tsx'
import { TrialPeople, trialKey } from './trial-people.tsx'

type Asking = {
  /** Who was signed in when it was asked. */
  readonly session: Session | undefined
  readonly answer: (again: boolean) => void
}

export function FrontDoor() {
  const [asking, setAsking] = useState<Readonly<Partial<Record<Question, Asking>>>>({})
  const client = useQueryClient()
  useEffect(() => {
    whenAsked(
      (question) =>
        new Promise((resolve) => {
          const answer = (again: boolean) => {
            setAsking(({ [question]: _, ...others }) => others)
            resolve(again)
          }
          setAsking((now) => ({ ...now, [question]: { session: client.getQueryData<Session>(['session']), answer } }))
        }),
    )
    return () => whenAsked(undefined)
  }, [client])
  const { sign_in: signIn, step_up: stepUp } = asking
  const signedIn = async ({ person, role, district }: Session) => {
    const was = signIn?.session
    // What one person read is not the other's to see, and what he was about to do is not the other's to send.
    if (was?.person !== person || was.role !== role || was.district !== district) return location.reload()
    await client.invalidateQueries({ queryKey: ['session'] })
    signIn?.answer(true)
  }
  return (
    <>
      <Outlet />
      {stepUp && <StepUp trial={stepUp.session?.trial ?? false} answer={stepUp.answer} />}
      {/* Above the other: nobody proves himself again before he is signed in. */}
      {signIn && <SignInAgain session={signIn.session} done={signedIn} cancel={() => signIn.answer(false)} />}
    </>
  )
}

function SignInAgain({
  session,
  done,
  cancel,
}: {
  session: Session | undefined
  done: (session: Session) => Promise<void>
  cancel: () => void
}) {
  const trial = trialKey()
  return (
    <Modal open title="登录已到期，请重新登录" footer={null} onCancel={cancel} width={720}>
      <p>页面上的内容仍在。以同一人员登录后，刚才的操作会继续。</p>
      {session?.trial && trial !== undefined ? (
        <TrialPeople trial={trial} done={(one) => void done(one)} />
      ) : (
        <SignInForm person={session?.person} duty={session && dutyOf(session)?.id} done={(one) => void done(one)} />
      )}
    </Modal>
  )
}

function StepUp({ trial, answer }: { trial: boolean; answer: (again: boolean) => void }) {
  const [by, setBy] = useState<'code' | 'password'>('code')
  const [given, setGiven] = useState('')
  const prove = useMutation({
    mutationFn: () => call('stepUp', { body: trial ? { confirm: true } : byWhich[by](given) }),
    onSuccess: () => answer(true),
    onError: () => setGiven(''),
  })
  const other = by === 'code' ? 'password' : 'code'
  return (
    <Modal open title="再次确认身份" onCancel={() => answer(false)} footer={null}>
      <p>此项操作须再次确认身份，五分钟内有效。{trial && '试用中只须确认。'}</p>
      <form
        aria-label="再次确认身份"
        onSubmit={(event) => {
          event.preventDefault()
          if (!prove.isPending) prove.mutate()
        }}
      >
        {!trial && by === 'code' && <CodeField value={given} change={setGiven} />}
        {!trial && by === 'password' && <PasswordField label="密码" value={given} change={setGiven} />}
        {prove.error && <ProblemNote error={prove.error} />}
        <Button type="primary" htmlType="submit" disabled={prove.isPending || (!trial && given === '')}>
          确认是我本人
        </Button>
        {!trial && (
          <Button
            type="link"
            onClick={() => {
              setBy(other)
              setGiven('')
            }}
          >
            {other === 'password' ? '改用密码' : '改用动态口令'}
          </Button>
        )}
      </form>
    </Modal>
  )
}

const byWhich = { code: (code: string) => ({ code }), password: (password: string) => ({ password }) } as const
