/** Reading through the cache of what was read: one name a question, old answers shown while new ones come. */
import { keepPreviousData, type QueryClient, useQuery, type UseQueryResult } from '@tanstack/react-query'
import { type Answer, call, callAll, type Given } from './call.ts'
import type { Operations } from './operations.ts'

type Settings = { readonly enabled?: boolean; readonly staleTime?: number; readonly refetchInterval?: number | false }

/** The answer of an operation. */
export const useRead = <Id extends keyof Operations>(
  id: Id,
  given: Given<Id>,
  settings: Settings = {},
): UseQueryResult<Answer<Id>> =>
  useQuery({
    queryKey: [id, given],
    queryFn: ({ signal }) => call(id, { ...given, signal }),
    placeholderData: keepPreviousData,
    ...settings,
  })

/** All pages of a bounded list. */
export const useReadAll = <Id extends keyof Operations>(id: Id, given: Given<Id>, settings: Settings = {}) =>
  useQuery({
    queryKey: [id, 'all', given],
    queryFn: ({ signal }) => callAll(id, { ...given, signal }),
    placeholderData: keepPreviousData,
    ...settings,
  })

/** After something was changed: whatever is on the page is asked anew. */
export const changed = (client: QueryClient): Promise<void> => client.invalidateQueries()
