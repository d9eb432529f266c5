/** Where a thing stands in the console, by the noun the service calls it. */
import { paths } from './paths.ts'

const places: Readonly<Record<string, (id: string) => string>> = {
  project: (id) => paths.project(id),
  community: paths.community,
  book: (id) => paths.book(id),
  entry: paths.entry,
  approval: paths.approval,
  indicator: paths.indicator,
  allocation: (id) => paths.allocation(id),
  release: paths.release,
  score: paths.scores,
  job: (id) => paths.jobs({ job: id }),
}

export const whereIs = (noun: string, id: string): string | undefined => places[noun]?.(id)
