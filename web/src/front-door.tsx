/** Around every page: where the person is asked again, in place, so that nothing on the page is lost. */
import { useQueryClient } from '@tanstack/react-query'
import { Outlet } from '@tanstack/react-router'
import { Button, Modal } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { call, whenAsked } from './api/call.ts'
import { ProblemNote } from './form/problem-note.tsx'
import { TrialPeople, trialKey } from './trial-people.tsx'

type Asking = { readonly what: 'sign_in' | 'step_up'; readonly answer: (again: boolean) => void }

export function FrontDoor() {
  const [asking, setAsking] = useState<Asking>()
  const person = useRef<string>(undefined)
  const client = useQueryClient()
  useEffect(() => {
    whenAsked(
      (what) =>
        new Promise((resolve) => {
          const session = client.getQueryData<{ readonly person: string }>(['session'])
          person.current = session?.person
          setAsking({
            what,
            answer: (again) => {
              setAsking(undefined)
              resolve(again)
            },
          })
        }),
    )
    return () => whenAsked(undefined)
  }, [client])
  const signedIn = async (now: string) => {
    const same = now === person.current
    if (!same) client.clear()
    await client.invalidateQueries({ queryKey: ['session'] })
    asking?.answer(same)
  }
  return (
    <>
      <Outlet />
      {asking?.what === 'sign_in' && <SignInAgain done={signedIn} cancel={() => asking.answer(false)} />}
      {asking?.what === 'step_up' && <StepUp answer={asking.answer} />}
    </>
  )
}

function SignInAgain({ done, cancel }: { done: (person: string) => Promise<void>; cancel: () => void }) {
  const trial = trialKey()
  return (
    <Modal open title="登录已到期，请重新登录" footer={null} onCancel={cancel} width={720}>
      <p>页面上的内容仍在。以同一人员登录后，刚才的操作会继续。</p>
      {trial === undefined ? (
        <p>请打开启动时打印的链接登录。</p>
      ) : (
        <TrialPeople trial={trial} done={(p) => void done(p)} />
      )}
    </Modal>
  )
}

function StepUp({ answer }: { answer: (again: boolean) => void }) {
  const [failed, setFailed] = useState<unknown>()
  const confirm = () => {
    call('stepUp', { body: { confirm: true } })
      .then(() => answer(true))
      .catch(setFailed)
  }
  return (
    <Modal open title="再次确认身份" onCancel={() => answer(false)} footer={null}>
      <p>此项操作须再次确认身份，五分钟内有效。试用中只须确认。</p>
      {failed !== undefined && <ProblemNote error={failed} />}
      <Button type="primary" onClick={confirm}>
        确认是我本人
      </Button>
    </Modal>
  )
}
