/** Who is not signed in: the form, then the duty where there are several; the page that was asked for stays so. */
import { useArrival } from './choose-duty.tsx'
import { SignInForm } from './sign-in-form.tsx'

export function SigningIn({ done }: { done: () => void }) {
  const { arrive, choice } = useArrival(done)
  if (choice) return choice
  return (
    <main className="door">
      <h1>登录一本账</h1>
      {isSecureContext ? (
        <div className="card narrow">
          <SignInForm done={arrive} />
        </div>
      ) : (
        <p>须经 HTTPS 访问：本页不是经 HTTPS 打开的，浏览器不会保存登录。</p>
      )}
      <p className="note">
        没有密码的，请由安全管理员邀请；尚无人可以登录的，启动本服务时打印首次登录链接。示例账套的试用链接可用 npm run
        -s yiben -- try 再次打印。<a href="/docs">接口清单</a>
      </p>
    </main>
  )
}
