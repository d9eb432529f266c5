/** The map: which page stands at which address. A page is loaded when it is first opened. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import type { ComponentType } from 'react'
import { patterns } from './paths.ts'
import { Failed, NotHere, Shell } from './shell.tsx'
import { FrontDoor } from './front-door.tsx'

type Page = () => Promise<{ readonly default: ComponentType }>

const pages: Readonly<Partial<Record<keyof typeof patterns, Page>>> = {
  home: () => import('./pages/home.tsx'),
  todo: () => import('./pages/todo.tsx'),
  approval: () => import('./pages/approval.tsx'),
  projects: () => import('./pages/projects.tsx'),
  project: () => import('./pages/project.tsx'),
  projectTab: () => import('./pages/project.tsx'),
  books: () => import('./pages/books.tsx'),
  book: () => import('./pages/book.tsx'),
  entry: () => import('./pages/entry.tsx'),
  releases: () => import('./pages/releases.tsx'),
  release: () => import('./pages/release.tsx'),
  allocations: () => import('./pages/allocations.tsx'),
  allocation: () => import('./pages/allocation.tsx'),
  indicators: () => import('./pages/indicators.tsx'),
  indicator: () => import('./pages/indicator.tsx'),
  scores: () => import('./pages/scores.tsx'),
  early: () => import('./pages/early.tsx'),
  communities: () => import('./pages/communities.tsx'),
  community: () => import('./pages/community.tsx'),
  plans: () => import('./pages/plans.tsx'),
  plan: () => import('./pages/plan.tsx'),
  calcs: () => import('./pages/calcs.tsx'),
  calc: () => import('./pages/calc.tsx'),
  policy: () => import('./pages/policy.tsx'),
  jobs: () => import('./pages/jobs.tsx'),
  people: () => import('./pages/people.tsx'),
  me: () => import('./pages/me.tsx'),
}
/** What nobody has to be signed in for. */
const openPages: Readonly<Partial<Record<keyof typeof patterns, Page>>> = {
  try: () => import('./pages/try.tsx'),
  signIn: () => import('./pages/sign-in.tsx'),
  invitation: () => import('./pages/invitation.tsx'),
  verify: () => import('./pages/verify.tsx'),
}

const root = createRootRoute({ component: FrontDoor, notFoundComponent: NotHere, errorComponent: Failed })
const signedIn = createRoute({ getParentRoute: () => root, id: 'signed-in', component: Shell })

const routeOf = (parent: typeof root | typeof signedIn, [name, page]: [string, Page | undefined]) =>
  createRoute({
    getParentRoute: () => parent as typeof root,
    path: patterns[name as keyof typeof patterns],
    ...(page && { component: lazyRouteComponent(page) }),
    // A page keeps what was typed and chosen on it: of another thing it is another page. A tab is of the same.
    remountDeps: ({ params }) => ({ ...params, tab: undefined }),
  })

const inside = Object.entries(pages).map((entry) => routeOf(signedIn, entry))
const outside = Object.entries(openPages).map((entry) => routeOf(root, entry))

export const makeRouter = () =>
  createRouter({
    routeTree: root.addChildren([signedIn.addChildren(inside), ...outside]),
    // Everything after the question mark is text, as the address says it.
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch: (search) => {
      const text = new URLSearchParams(search as Record<string, string>).toString()
      return text === '' ? '' : `?${text}`
    },
    defaultPreload: 'intent',
    defaultErrorComponent: Failed,
  })
