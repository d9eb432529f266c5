/** Moving about: links that are links, and what of a page is in its address. */
import { useRouter, useRouterState } from '@tanstack/react-router'
import { type AnchorHTMLAttributes, type MouseEvent, useCallback, useMemo } from 'react'
import { type Search, searchText } from './paths.ts'

/** Goes to an address of the console. */
export function useGo(): (address: string, how?: { replace?: boolean }) => void {
  const { history } = useRouter()
  return useCallback(
    (address, { replace = false } = {}) => (replace ? history.replace(address) : history.push(address)),
    [history],
  )
}

/** A link to an address of the console; with Ctrl, or the middle button, the browser opens it as any other. */
export function A({ href, onClick, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement> & { href: string }) {
  const go = useGo()
  const clicked = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event)
    const elsewhere = event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0
    if (event.defaultPrevented || elsewhere || rest.target !== undefined) return
    event.preventDefault()
    go(href)
  }
  return <a href={href} onClick={clicked} {...rest} />
}

export const useHere = (): string => useRouterState({ select: ({ location }) => location.pathname })

/** What stands after the question mark, and a way to change a part of it. */
export function useSearch(): [Search, (change: Search) => void] {
  const here = useHere()
  const text = useRouterState({ select: ({ location }) => location.searchStr })
  const go = useGo()
  const search = useMemo(() => Object.fromEntries(new URLSearchParams(text)) as Search, [text])
  const change = useCallback(
    (part: Search) => go(here + searchText({ ...search, ...part }), { replace: true }),
    [go, here, search],
  )
  return [search, change]
}
