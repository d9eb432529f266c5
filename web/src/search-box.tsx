/** Finding things by what they are called: exact, or as they begin. */
import { Input } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { A } from './address.tsx'
import { useRead } from './api/read.ts'
import { useTerms } from './terms.ts'
import { whereIs } from './where.ts'

const waitMs = 250

export function SearchBox() {
  const [typed, setTyped] = useState('')
  const [q, setQ] = useState('')
  const [open, setOpen] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const timer = setTimeout(() => setQ(typed.trim()), waitMs)
    return () => clearTimeout(timer)
  }, [typed])
  const { data } = useRead('search', { query: { q } }, { enabled: q !== '' })
  const { name } = useTerms()
  const close = () => {
    setOpen(false)
    setTyped('')
  }
  return (
    <div
      className="search"
      ref={box}
      onBlur={(event) => {
        if (!box.current?.contains(event.relatedTarget)) setOpen(false)
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') close()
      }}
      role="search"
    >
      <Input
        type="search"
        aria-label="搜索"
        placeholder="项目、凭证、事项、指标"
        value={typed}
        onFocus={() => setOpen(true)}
        onChange={(event) => {
          setTyped(event.target.value)
          setOpen(true)
        }}
      />
      {open && q !== '' && data && (
        <div className="found" aria-label="搜索结果" role="region">
          {data.groups.length === 0 && <p className="note">没有找到“{q}”。请写编号或名称的开头。</p>}
          {data.groups.map((group) => (
            <div key={group.noun}>
              <h2>{group.zh}</h2>
              <ul className="plain">
                {group.items.map((item) => (
                  <li key={item.id}>
                    <A href={whereIs(group.noun, item.id) ?? '/'} onClick={close}>
                      {item.id} {item.name}
                    </A>
                    <span className="note">{item.district && name('districts', item.district)}</span>
                  </li>
                ))}
              </ul>
            </div>
          ))}
        </div>
      )}
    </div>
  )
}
