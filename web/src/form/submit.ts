/**
 * The one way to send what was typed. A key is made when the form opens and kept with the draft, for this person in
 * this tab, through a reload. What is silent or 503 is sent again under the same key; after a definite refusal the next
 * try is another request and has another key.
 */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { newKey } from '../api/call.ts'
import { Problem } from '../api/problem.ts'
import { changed } from '../api/read.ts'
import { useSession } from '../session.tsx'

/** What stood when a form was begun: the version the service compares, and in words what a person saw. */
export type Base = { readonly version: number; readonly seen: Readonly<Record<string, string>> }
type Kept<Draft> = { readonly key: string; readonly draft: Draft; readonly base?: Base | undefined }

/** A draft that outlives a reload, and the key under which it will be sent. */
function useKept<Draft>(name: string, empty: Draft) {
  const { person } = useSession()
  const place = `yiben.draft.${person}.${name}`
  const [kept, setKept] = useState(() => keptAt(place, empty))
  // The form of another thing has its own draft.
  const [keptOf, setKeptOf] = useState(place)
  if (keptOf !== place) {
    setKeptOf(place)
    setKept(keptAt(place, empty))
  }
  const keep = useCallback(
    (next: Kept<Draft>) => {
      sessionStorage.setItem(place, JSON.stringify(next))
      setKept(next)
    },
    [place],
  )
  const drop = useCallback(() => {
    sessionStorage.removeItem(place)
    setKept({ key: newKey(), draft: empty })
  }, [place, empty])
  return { kept, keep, drop, isKept: sessionStorage.getItem(place) !== null }
}

function keptAt<Draft>(place: string, empty: Draft): Kept<Draft> {
  const found: unknown = JSON.parse(sessionStorage.getItem(place) ?? 'null')
  return isKept<Draft>(found) ? found : { key: newKey(), draft: empty }
}

const isKept = <Draft>(value: unknown): value is Kept<Draft> =>
  value !== null && typeof value === 'object' && 'key' in value && 'draft' in value

export type Submitting<Draft> = {
  readonly draft: Draft
  readonly change: (part: Partial<Draft>) => void
  readonly send: () => void
  readonly discard: () => void
  readonly isPending: boolean
  readonly error: Error | null
  /** What stood when the form was begun, where something else stands now. */
  readonly former: Base | undefined
  /** Goes on from what stands now, with what was typed. */
  readonly renew: () => void
}

/**
 * A form: its draft, and sending it. `send` gets the key and, with `base`, the version that stood when the form was
 * begun, whatever was read since; `done` gets what was answered.
 */
export function useSubmit<Draft extends object, Answer>(
  name: string,
  empty: Draft,
  {
    send,
    done,
    base,
  }: {
    send: (draft: Draft, key: string, version: number) => Promise<Answer>
    done: (answer: Answer) => void
    base?: Base
  },
): Submitting<Draft> {
  const client = useQueryClient()
  const { kept, keep, drop, isKept: dirty } = useKept(name, empty)
  const once = useOnce()
  const mutation = useMutation({
    mutationFn: () => send(kept.draft, kept.key, (kept.base ?? base)?.version ?? 0),
    onSuccess: async (answer) => {
      drop()
      await changed(client)
      done(answer)
    },
    onError: (error) => {
      if (!(error instanceof Problem) || error.isSilence) return
      keep({ ...kept, key: newKey() })
      // Somebody was first: what stands now is read, and shown beside what was typed.
      if (error.view.status === 412) void changed(client)
    },
  })
  // Leaving the page with a draft asks, as the browser asks.
  useEffect(() => {
    if (!dirty) return undefined
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    addEventListener('beforeunload', ask)
    return () => removeEventListener('beforeunload', ask)
  }, [dirty])
  return {
    draft: kept.draft,
    change: (part) => keep({ ...kept, base: kept.base ?? base, draft: { ...kept.draft, ...part } }),
    send: () => once(() => mutation.mutateAsync()),
    discard: () => {
      drop()
      mutation.reset()
    },
    isPending: mutation.isPending,
    error: mutation.error,
    former: kept.base !== undefined && base !== undefined && kept.base.version !== base.version ? kept.base : undefined,
    renew: () => {
      keep({ ...kept, base, key: newKey() })
      mutation.reset()
    },
  }
}

/** Does one thing at a time: what is clicked before the page has drawn the first click does nothing. */
function useOnce(): (work: () => Promise<unknown>) => void {
  const underWay = useRef(false)
  return (work) => {
    if (underWay.current) return
    underWay.current = true
    // What went wrong is shown from the mutation.
    void work()
      .catch(() => undefined)
      .finally(() => (underWay.current = false))
  }
}

/** An action without a form: one key a click that is meant, the same while nothing is known of it. */
export function useAction<Answer, Input = void>(
  send: (key: string, input: Input) => Promise<Answer>,
  done: (answer: Answer) => void = () => undefined,
) {
  const client = useQueryClient()
  const [key, setKey] = useState(newKey)
  const once = useOnce()
  const mutation = useMutation({
    mutationFn: (input: Input) => send(key, input),
    onSuccess: async (answer) => {
      setKey(newKey())
      await changed(client)
      done(answer)
    },
    onError: (error) => {
      if (error instanceof Problem && !error.isSilence) setKey(newKey())
    },
  })
  return { ...mutation, mutate: (input: Input) => once(() => mutation.mutateAsync(input)) }
}
