/**
 * An applied migration is never edited again: each file that was released has the hash under which databases recorded
 * it. A new migration adds its line (`sha256sum migrations/0041_x.sql`); no line is ever changed or removed, and none
 * is put before another.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const root = new URL('../../', import.meta.url)
const text = (path: string): string => readFileSync(new URL(path, root), 'utf8')

/** What is released, `sha256 tag` a line, in the order in which the files run. */
const released = text('test/base/released-migrations.txt').trimEnd().split('\n')

type Journal = { readonly entries: readonly { readonly tag: string; readonly when: number }[] }
const journal = (JSON.parse(text('migrations/meta/_journal.json')) as Journal).entries.toSorted(
  (a, b) => a.when - b.when,
)

const lineOf = (tag: string, content: string): string => `${createHash('sha256').update(content).digest('hex')}  ${tag}`

/** Lines that are not what was released; a migration that is only there is named too: it lacks its line. */
function edited(contentOf: (tag: string) => string, tags: readonly string[]): string[] {
  const lines = tags.map((tag) => lineOf(tag, contentOf(tag)))
  return [...released.filter((line) => !lines.includes(line)), ...lines.filter((line) => !released.includes(line))]
}

describe('released migrations', () => {
  const tags = journal.map(({ tag }) => tag)
  const file = (tag: string): string => text(`migrations/${tag}.sql`)

  it('are what databases recorded, in their order', () => {
    expect(edited(file, tags)).toEqual([])
    expect(released.map((line) => line.slice(66))).toEqual(tags)
    expect(released.length).toBeGreaterThan(30)
  })

  it('the control: an edit, a loss and a file without its line are found', () => {
    expect(edited((tag) => (tag === '0009_funds' ? `${file(tag)}\n` : file(tag)), tags)).toHaveLength(2)
    expect(edited(file, tags.slice(1))).toEqual([released[0]])
    expect(edited((tag) => (tag === '0999_new' ? '' : file(tag)), [...tags, '0999_new'])).toHaveLength(1)
  })
})
