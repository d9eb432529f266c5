/** 登录. */
import { useQueryClient } from '@tanstack/react-query'
import { useGo } from '../address.tsx'
import { paths } from '../paths.ts'
import { SigningIn } from '../sign-in/signing-in.tsx'

export default function SignIn() {
  const client = useQueryClient()
  const go = useGo()
  const done = () => {
    client.clear()
    go(paths.home(), { replace: true })
  }
  return <SigningIn done={done} />
}
