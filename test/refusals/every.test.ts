/**
 * Every code of every catalogue in the source is provoked. Catalogues are found, not listed: whatever file makes a
 * `refuse` with `catalogue(…)` exports the forms it makes it from. A code is provoked by a text in this folder, played
 * by the test beside it, or by the test named below, where no text can say it. A new code without either fails here.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { RefusalForm } from '../../src/base/refusal.ts'
import { apiRoutes } from '../../src/http/routes.ts'
import { readScenario } from '../../src/sample/scenario.ts'
import { codesOfEffects } from '../../src/workflow/decide.ts'
import { readStory } from '../stories/story.ts'
import { missingOf } from './sentences.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

/** What no text can say, and the test that provokes it. */
const elsewhere: Readonly<Record<string, string>> = {
  // The ledger's own: bytes, signatures, a process that dies.
  entry_too_long: 'test/refusals/refusals.test.ts',
  carry_over_pending: 'test/refusals/refusals.test.ts',
  entry_kept_by_action: 'test/ledger/reversal.test.ts',
  transaction_not_found: 'test/ledger/reversal.test.ts',
  attachment_not_found: 'test/refusals/refusals.test.ts',
  checkpoint_not_found: 'test/ledger/proof.test.ts',
  cosignature_invalid: 'test/ledger/proof.test.ts',
  signing_key_other: 'test/process/history.test.ts',
  head_contradicts_signed: 'test/process/history.test.ts',
  // A content no program of today writes, and a permission the door's form does not take.
  approval_content_unreadable: 'test/approvals/actions.test.ts',
  permission_not_lendable: 'test/approvals/actions.test.ts',
  // No route pays a commitment yet.
  plan_below_claims: 'test/financing/owners.test.ts',
  // Links, passwords, codes of the minute, and a session: no story has them.
  invitation_not_found: 'test/http/sign-in.test.ts',
  password_unfit: 'test/http/sign-in.test.ts',
  one_time_code_wrong: 'test/http/sign-in.test.ts',
  sign_in_failed: 'test/http/sign-in.test.ts',
  sign_in_of_own: 'test/http/sign-in.test.ts',
  sign_in_nothing_to_disable: 'test/http/sign-in.test.ts',
  step_up_needed: 'test/http/sign-in.test.ts',
  // A quarter that is scored rests on a quarter of books.
  quarter_scored: 'test/release/dated.test.ts',
  // A job in the middle of its run, a payload of 16,000 characters, the other side of the treasury.
  job_running: 'test/jobs/doors.test.ts',
  job_payload_too_large: 'test/jobs/doors.test.ts',
  treasury_reference_taken: 'test/release/jobs.test.ts',
  treasury_not_set_up: 'test/release/jobs.test.ts',
  // A district that earns an early release, and a claim on it that has become overdue meanwhile.
  release_blocked_by_clawback: 'test/release/early-rules.test.ts',
  // A coupon that fell due, which a job drafts.
  bond_due_out_of_order: 'test/funds/bonds.test.ts',
  // The calendar of holidays is asked by the scheduler alone.
  holidays_not_announced: 'test/policy/workdays.test.ts',
}

type Forms = Readonly<Record<string, RefusalForm<never>>>

/** Files that make a `refuse`, with the names of the forms they make it from. */
const makers = ['src', 'jobs']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
  )
  .filter((path) => path.endsWith('.ts') && path !== 'src/base/refusal.ts')
  .map((path) => ({ path, calls: [...read(path).matchAll(/\bcatalogue\(([^)]*)\)?/g)].map(([, given = '']) => given) }))
  .filter(({ calls }) => calls.length > 0)

/** Every code with its form. */
const all = new Map<string, RefusalForm<never>>()
beforeAll(async () => {
  for (const { path, calls } of makers) {
    const exported = (await import(join(root, path))) as Readonly<Record<string, Forms>>
    for (const name of calls.flatMap((given) => given.match(/\w+/g) ?? [])) {
      for (const [code, form] of Object.entries(exported[name] ?? {})) all.set(code, form)
    }
  }
})

/** Codes that texts of this folder provoke. */
function provoked(): Set<string> {
  const ledger = textsIn('test/refusals').flatMap((path) =>
    readScenario(read(path), path).steps.flatMap(({ refused, does }) => {
      const { entries = [] } = does as { entries?: readonly { refused?: string }[] }
      return [refused, ...entries.map((entry) => entry.refused)]
    }),
  )
  const rooms = textsIn('test/refusals/rooms').flatMap((path) =>
    readStory(read(path), path).steps.flatMap(({ does }) => {
      if (does.kind !== 'operation' && does.kind !== 'decision') return []
      const parked = does.kind === 'operation' ? does.says.filter(({ name }) => name === 'error.code') : []
      return [does.refused?.code, ...parked.map(({ value }) => value)]
    }),
  )
  return new Set([...ledger, ...rooms].filter((code) => code !== undefined))
}

const textsIn = (folder: string): string[] =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.txt'))
    .map((name) => `${folder}/${name}`)

describe('every catalogue', () => {
  it('is made of exported forms', async () => {
    expect(makers.length).toBeGreaterThan(12)
    for (const { path, calls } of makers) {
      const exported = (await import(join(root, path))) as Readonly<Record<string, unknown>>
      for (const given of calls) {
        expect(given, `${path} names its forms`).toMatch(/^(\w+|\{ \.\.\.\w+(, \.\.\.\w+)* \})$/)
        expect(Object.keys(exported), path).toEqual(expect.arrayContaining(given.match(/\w+/g) ?? []))
      }
    }
  })
})

describe('every code', () => {
  it('is provoked', () => {
    const texts = provoked()
    expect([...all.keys()].filter((code) => !texts.has(code) && !(code in elsewhere)).toSorted()).toEqual([])
  })

  it('that no text says is provoked by the test that is named, and is a code', () => {
    const texts = provoked()
    for (const [code, path] of Object.entries(elsewhere)) {
      expect(all.has(code), code).toBe(true)
      expect(texts.has(code), `${code} has a text: take it off the list`).toBe(false)
      expect(read(path), path).toMatch(new RegExp(`['/(]${code}\\b`))
    }
  })

  it('of a text is one of a catalogue', () => {
    expect([...provoked()].filter((code) => !all.has(code))).toEqual([])
  })

  it('names all it was given, in both languages, each whole and in its own words', () => {
    const faults = [...all].flatMap(([code, form]) => missingOf(form).map((fault) => `${code}: ${fault}`))
    expect(faults).toEqual([])
  })
})

describe('a decision', () => {
  it('declares what every room with a proposal may refuse', async () => {
    const nouns = read('src/workflow/nouns.ts')
    const rooms = new Set(
      [...nouns.matchAll(/import \{[^}]*Proposal\b[^}]*\} from '\.\.\/(\w+)\//g)].map(([, room]) => room),
    )
    expect(rooms.size).toBeGreaterThanOrEqual(5)
    const codes = new Set(codesOfEffects)
    for (const room of rooms) {
      const catalogues = (await import(join(root, `src/${room}/refusals.ts`))) as Readonly<Record<string, Forms>>
      for (const [name, forms] of Object.entries(catalogues)) {
        // The rows of the trial calculations are no proposal.
        if (!name.endsWith('Refusals') || ['carryForwardRefusals', 'ruleRefusals'].includes(name)) continue
        expect(
          Object.keys(forms).filter((code) => !codes.has(code)),
          `${room}: ${name}`,
        ).toEqual([])
      }
    }
  })
})

describe('every route', () => {
  it('lists codes that are of a catalogue', () => {
    const listed = new Set(apiRoutes.flatMap(({ refuses }) => [...refuses] as string[]))
    expect([...listed].filter((code) => !all.has(code))).toEqual([])
  })
})
