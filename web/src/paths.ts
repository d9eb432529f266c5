/** Every address of the console is built here. What a page shows is in its address: a colleague opens the same. */

/** The addresses as patterns, `$` before what varies. The service gives the page at these and at no others. */
export const patterns = {
  home: '/',
  try: '/try',
  signIn: '/signin',
  invitation: '/signin/$code',
  todo: '/todo',
  approval: '/todo/$approval',
  projects: '/projects',
  project: '/projects/$project',
  projectTab: '/projects/$project/$tab',
  indicators: '/indicators',
  indicator: '/indicators/$indicator',
  allocations: '/allocations',
  allocation: '/allocations/$allocation',
  scores: '/scores/$quarter',
  early: '/early/$quarter',
  releases: '/releases',
  release: '/releases/$release',
  communities: '/communities',
  community: '/communities/$community',
  plans: '/plans',
  plan: '/plans/$district/$year',
  books: '/books',
  book: '/books/$book/$tab',
  entry: '/entries/$entry',
  verify: '/verify',
  calcs: '/calc',
  calc: '/calc/$name',
  policy: '/policy',
  jobs: '/jobs',
  people: '/people',
  me: '/me',
} as const

/** As regular expressions, for the service. */
export const pagePatterns: readonly string[] = Object.values(patterns).map(
  (pattern) => `^${pattern.replaceAll(/\$[a-z]+/gi, '[^/]+')}$`,
)

export type Search = Readonly<Record<string, string | undefined>>

function at(pattern: string, params: Readonly<Record<string, string>>, search: Search = {}): string {
  const path = pattern.replaceAll(/\$([a-z]+)/gi, (_, name: string) => encodeURIComponent(params[name] ?? ''))
  return path + searchText(search)
}

/** A query, in the order given, without what is empty. */
export function searchText(search: Search): string {
  const given = Object.entries(search).filter(([, value]) => value !== undefined && value !== '')
  if (given.length === 0) return ''
  return `?${given.map(([name, value = '']) => `${name}=${encodeURIComponent(value).replaceAll('%2C', ',')}`).join('&')}`
}

export const bookTabs = ['trial', 'statement', 'entries', 'accounts', 'periods', 'proof'] as const
export type BookTab = (typeof bookTabs)[number]
export const projectTabs = ['money', 'plan', 'shares', 'works', 'documents', 'history'] as const
export type ProjectTab = (typeof projectTabs)[number]

export const paths = {
  home: (search?: Search) => at(patterns.home, {}, search),
  try: () => patterns.try,
  signIn: () => patterns.signIn,
  todo: (search?: Search) => at(patterns.todo, {}, search),
  approval: (approval: string) => at(patterns.approval, { approval }),
  projects: (search?: Search) => at(patterns.projects, {}, search),
  project: (project: string, tab: ProjectTab = 'money', search?: Search) =>
    at(patterns.projectTab, { project, tab }, search),
  indicators: (search?: Search) => at(patterns.indicators, {}, search),
  indicator: (indicator: string) => at(patterns.indicator, { indicator }),
  allocations: (search?: Search) => at(patterns.allocations, {}, search),
  allocation: (allocation: string, search?: Search) => at(patterns.allocation, { allocation }, search),
  scores: (quarter: string) => at(patterns.scores, { quarter }),
  early: (quarter: string, search?: Search) => at(patterns.early, { quarter }, search),
  releases: (search?: Search) => at(patterns.releases, {}, search),
  release: (release: string) => at(patterns.release, { release }),
  communities: (search?: Search) => at(patterns.communities, {}, search),
  community: (community: string) => at(patterns.community, { community }),
  plans: (search?: Search) => at(patterns.plans, {}, search),
  plan: (district: string, year: string) => at(patterns.plan, { district, year }),
  books: () => patterns.books,
  book: (book: string, tab: BookTab = 'trial', search?: Search) => at(patterns.book, { book, tab }, search),
  entry: (entry: string) => at(patterns.entry, { entry }),
  verify: () => patterns.verify,
  calcs: () => patterns.calcs,
  calc: (name: string) => at(patterns.calc, { name }),
  policy: () => patterns.policy,
  jobs: (search?: Search) => at(patterns.jobs, {}, search),
  people: () => patterns.people,
  me: () => patterns.me,
} as const
