/** The trial link: choose whom of the sample to be. */
import { useQueryClient } from '@tanstack/react-query'
import { useGo } from '../address.tsx'
import { paths } from '../paths.ts'
import { TrialPeople, trialKey } from '../trial-people.tsx'

export default function Try() {
  const trial = trialKey()
  const client = useQueryClient()
  const go = useGo()
  const done = () => {
    client.clear()
    go(paths.home())
  }
  return (
    <main className="door">
      <h1>试用一本账</h1>
      <p>
        这里是示例数据：16 个区、303
        个项目。选择一名示例人员即可登录；随时可以从右上角切换身份，一个人便能走完经办、复核、审批。
      </p>
      {trial === undefined ? (
        <p>链接不完整。请使用启动时打印的链接，或运行 npm run -s yiben -- try 再次打印。</p>
      ) : (
        <TrialPeople trial={trial} done={done} />
      )}
    </main>
  )
}
