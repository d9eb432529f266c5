/** Keys that work on every page, and the page that names them. */
import { Modal } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useGo } from './address.tsx'
import { paths } from './paths.ts'
import { needs, type PageName } from './rights.ts'
import { useMay } from './session.tsx'

const places: Readonly<Record<string, { readonly to: () => string; readonly page: PageName; readonly label: string }>> =
  {
    h: { to: () => paths.home(), page: 'home', label: '首页' },
    t: { to: () => paths.todo(), page: 'todo', label: '待办与审批' },
    p: { to: () => paths.projects(), page: 'projects', label: '项目' },
    b: { to: () => paths.books(), page: 'books', label: '账簿' },
  }
const withinMs = 1_000

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (/^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.isContentEditable)

export function HelpAndKeys() {
  const go = useGo()
  const may = useMay()
  const [open, setOpen] = useState(false)
  const wentAt = useRef(Number.NEGATIVE_INFINITY)
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      const place = places[event.key]
      if (event.timeStamp - wentAt.current < withinMs && place && may(needs[place.page])) {
        event.preventDefault()
        go(place.to())
      } else if (event.key === '?') setOpen(true)
      else if (event.key === '/') {
        const box = document.querySelector<HTMLInputElement>('input[type="search"]')
        if (box) event.preventDefault()
        box?.focus()
      }
      wentAt.current = event.key === 'g' ? event.timeStamp : Number.NEGATIVE_INFINITY
    }
    addEventListener('keydown', pressed)
    return () => removeEventListener('keydown', pressed)
  }, [go, may])
  return (
    <Modal open={open} title="快捷键" footer={null} onCancel={() => setOpen(false)}>
      <dl className="facts">
        {Object.entries(places)
          .filter(([, { page }]) => may(needs[page]))
          .map(([key, { label }]) => (
            <KeyLine key={key} keys={`g ${key}`} does={label} />
          ))}
        <KeyLine keys="/" does="搜索" />
        <KeyLine keys="j k Enter" does="在列表中移动、打开" />
        <KeyLine keys="Esc" does="关闭、返回" />
        <KeyLine keys="?" does="本页" />
      </dl>
    </Modal>
  )
}

const KeyLine = ({ keys, does }: { keys: string; does: string }) => (
  <>
    <dt>
      <kbd>{keys}</kbd>
    </dt>
    <dd>{does}</dd>
  </>
)
