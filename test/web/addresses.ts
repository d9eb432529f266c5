/** Every address of the console with something of the sample behind it, made from the patterns that are served. */
import { bookTabs, patterns, projectTabs } from '../../web/src/paths.ts'

export type PageName = keyof typeof patterns

const examples: Readonly<Record<string, readonly string[]>> = {
  approval: ['A-1'],
  indicator: ['SZ-LJ2025'],
  allocation: ['FP-LJ2025-1'],
  quarter: ['2025Q4'],
  release: ['R-1'],
  community: ['XQ-110101-001'],
  district: ['110101'],
  year: ['2025'],
  book: ['SAMPLE-E2E'],
  entry: ['E1-2'],
  name: ['split'],
}
/** What is shown at these is not of the person signed in. */
const ofNobody: readonly string[] = ['try', 'signIn', 'invitation']

/** All of them, for one project; a pattern without an example fails. */
export function addressesFor(project: string): { readonly page: PageName; readonly address: string }[] {
  return Object.entries(patterns)
    .filter(([page]) => !ofNobody.includes(page))
    .flatMap(([page, pattern]) => {
      const tabs = page === 'book' ? bookTabs : projectTabs
      const given: Readonly<Record<string, readonly string[]>> = { ...examples, project: [project], tab: tabs }
      let addresses = [pattern as string]
      for (const [, name = ''] of pattern.matchAll(/\$([a-z]+)/gi)) {
        const values = given[name]
        if (!values) throw new Error(`no example of ${name} for ${pattern}`)
        addresses = addresses.flatMap((one) => values.map((value) => one.replace(`$${name}`, value)))
      }
      return addresses.map((address) => ({ page: page as PageName, address }))
    })
}
