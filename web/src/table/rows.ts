/** Which rows of a long table stand in the document: those in sight and a few beside, never more than 80. */
import { type RefObject, useEffect, useState } from 'react'

export type Range = { readonly from: number; readonly to: number }

const beside = 10
const most = 70

/** The rows in sight of a box that scrolls, of `count` rows of one height. */
export function useRange(box: RefObject<HTMLElement | null>, count: number, height: number): Range {
  const [range, setRange] = useState<Range>({ from: 0, to: Math.min(count, 40) })
  useEffect(() => {
    const element = box.current
    if (!element) return undefined
    const look = () => {
      const first = Math.max(0, Math.floor(element.scrollTop / height) - beside)
      const from = Math.min(first, Math.max(0, count - 1))
      const inSight = Math.ceil(element.clientHeight / height) + 2 * beside
      const to = Math.min(count, from + Math.min(most, inSight))
      setRange((now) => (now.from === from && now.to === to ? now : { from, to }))
    }
    look()
    element.addEventListener('scroll', look, { passive: true })
    const watch = new ResizeObserver(look)
    watch.observe(element)
    return () => {
      element.removeEventListener('scroll', look)
      watch.disconnect()
    }
  }, [box, count, height])
  // Until the box has been looked at, and while rows are fewer than they were.
  const to = Math.min(count, range.to === 0 ? 40 : range.to)
  return { from: Math.min(range.from, to), to }
}
