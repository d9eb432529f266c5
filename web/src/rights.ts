/**
 * The permission without which a page has nothing to show: it is absent from the menu, its key does nothing, and at its
 * address it says so instead of asking what would be refused.
 */
import { patterns } from './paths.ts'

export type PageName = keyof typeof patterns

export const needs: Readonly<Partial<Record<PageName, string>>> = {
  todo: 'approval.read',
  approval: 'approval.read',
  projects: 'project.read',
  project: 'project.read',
  projectTab: 'project.read',
  indicators: 'allocation.read',
  indicator: 'allocation.read',
  allocations: 'allocation.read',
  allocation: 'allocation.read',
  scores: 'allocation.read',
  early: 'allocation.read',
  releases: 'allocation.read',
  release: 'allocation.read',
  communities: 'project.read',
  community: 'project.read',
  plans: 'project.read',
  plan: 'project.read',
  books: 'book.read',
  book: 'book.read',
  entry: 'book.read',
  jobs: 'job.read',
  people: 'person.read',
}

const byPattern = new Map<string, string | undefined>(
  Object.entries(patterns).map(([page, pattern]) => [pattern, needs[page as PageName]]),
)

/** What the page of a pattern needs; undefined where anybody signed in may open it. */
export const needsAt = (pattern: string | undefined): string | undefined => byPattern.get(pattern ?? '')
