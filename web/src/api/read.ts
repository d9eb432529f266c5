/** Reading through the cache of what was read: one name a question, old answers shown while new ones come. */
import { keepPreviousData, type QueryClient, useQuery, type UseQueryResult } from '@tanstack/react-query'
import { type Answer, anyCall, anyCallAll, type Given, type Items, looseOf } from './call.ts'
import type { Operations } from './operations.ts'

type Settings = { readonly enabled?: boolean; readonly staleTime?: number; readonly refetchInterval?: number | false }

/** The answer of an operation. */
export const useRead = <Id extends keyof Operations>(
  id: Id,
  given: Given<Id>,
  settings: Settings = {},
): UseQueryResult<Answer<Id>> =>
  useQuery({
    queryKey: [id, looseOf(given)],
    queryFn: ({ signal }) => anyCall(id, { ...looseOf(given), signal }) as Promise<Answer<Id>>,
    placeholderData: keepPreviousData,
    ...settings,
  })

/** All pages of a bounded list. */
export const useReadAll = <Id extends keyof Operations>(id: Id, given: Given<Id>, settings: Settings = {}) =>
  useQuery({
    queryKey: [id, 'all', looseOf(given)],
    queryFn: ({ signal }) => anyCallAll(id, { ...looseOf(given), signal }) as Promise<Items<Id>>,
    placeholderData: keepPreviousData,
    ...settings,
  })

/** After something was changed: whatever is on the page is asked anew. */
export const changed = (client: QueryClient): Promise<void> => client.invalidateQueries()
