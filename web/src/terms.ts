/**
 * Codes have names, and the service has them all: the console knows no word of the domain. In Chinese; in English where
 * the browser prefers it and the service has it.
 */
import { useCallback } from 'react'
import { useRead } from './api/read.ts'

type Named = { readonly code: string; readonly zh: string; readonly en?: string; readonly group?: string }
type Lists = Readonly<Record<string, { readonly zh: string; readonly items: readonly Named[] } | undefined>>

const english = navigator.language.startsWith('en')
const forever = Number.POSITIVE_INFINITY

const index = new WeakMap<object, Map<string, Named>>()

function indexOf(lists: Lists, list: string): Map<string, Named> | undefined {
  const items = lists[list]?.items
  if (!items) return undefined
  const known = index.get(items)
  if (known) return known
  const made = new Map(items.map((item) => [item.code, item]))
  index.set(items, made)
  return made
}

export type Terms = {
  /** The name of a code; the code itself where it has none. */
  readonly name: (list: string, code: string | null | undefined) => string
  /** `F21 市级改造补助`. */
  readonly both: (list: string, code: string) => string
  readonly items: (list: string) => readonly Named[]
  /** For choosing: value and label. */
  readonly options: (list: string) => { value: string; label: string }[]
}

export function useTerms(): Terms {
  const { data } = useRead('readTerms', {}, { staleTime: forever })
  const lists = data?.lists as Lists | undefined
  const name = useCallback(
    (list: string, code: string | null | undefined): string => {
      if (code === null || code === undefined) return '—'
      const found = lists && indexOf(lists, list)?.get(code)
      return (found && (english ? found.en : undefined)) ?? found?.zh ?? code
    },
    [lists],
  )
  const items = useCallback((list: string) => lists?.[list]?.items ?? [], [lists])
  return {
    name,
    both: (list, code) => (name(list, code) === code ? code : `${code} ${name(list, code)}`),
    items,
    options: (list) => items(list).map(({ code }) => ({ value: code, label: name(list, code) })),
  }
}
