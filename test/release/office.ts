/** Officers at the door of a test: who drafts, checks and approves, and the runner that does the queued work. */
import { expect } from 'vitest'
import { registryWith, type Registry } from '../../jobs/registry.ts'
import { Runner } from '../../jobs/runner.ts'
import { soundChecks } from '../support/sound.ts'
import type { Answer, Door } from '../support/door.ts'

export type Office = {
  draft(body: object, path?: string): Promise<Answer>
  get(path: string): Promise<Answer>
  /** Checks and approves with as many as it takes; gives the last answer. */
  approve(approval: string): Promise<Answer>
  decide(approval: string, verdict: string, person?: string): Promise<Answer>
  /** Enters a result of a quarter with its original, correcting whatever score stands, and has it checked. */
  enterScore(quarter: string, given: EnteredResult): Promise<Answer>
  /** Runs every job that is due. */
  runJobs(registry?: Registry): Promise<void>
  soundBooks(): Promise<void>
}

export type EnteredResult = { readonly district: string; readonly indicator: string; readonly value: string }

export function openOffice(door: Door, treasury?: string): Office {
  const as = async (role: 'finance_maker' | 'finance_checker' | 'finance_approver', person: string = role) =>
    door.token(role, { person })
  const decide: Office['decide'] = async (approval, verdict, person = verdict) => {
    const role = verdict === 'check' ? 'finance_checker' : verdict === 'withdraw' ? 'finance_maker' : 'finance_approver'
    const token = await as(role, verdict === 'withdraw' ? undefined : person)
    const { json } = await door.ask(`/v1/approvals/${approval}`, { token })
    const reason = verdict === 'reject' ? { reason: '不符' } : {}
    return door.ask(`/v1/approvals/${approval}/decision`, { token, body: { verdict, hash: json.hash, ...reason } })
  }
  const draft: Office['draft'] = async (body, path = '/v1/releases') =>
    door.ask(path, { token: await as('finance_maker'), body })
  const get: Office['get'] = async (path) => door.ask(path, { token: await as('finance_maker') })
  return {
    draft,
    get,
    decide,
    enterScore: async (quarter, given) => {
      const book = `/v1/books/D${given.district}/attachments`
      const original = { body: Buffer.from('调查报告'), headers: { 'content-type': 'text/plain' } }
      const { sha256 } = (await door.ask(book, original)).json
      const stands = (await get(`/v1/scores/${quarter}/${given.district}`)).json.items?.at(-1)
      const body = { ...given, document: '调查报告', sha256, sampleSize: 500 }
      const corrects = stands && { corrects: stands.version }
      const asked = await draft({ ...body, ...corrects }, `/v1/scores/${quarter}/entries`)
      expect(asked.status, asked.text).toBe(202)
      const checked = await decide(asked.json.approval, 'check')
      expect(checked.json.state, checked.text).toBe('approved')
      return checked
    },
    approve: async (approval) => {
      let answer = await decide(approval, 'check')
      expect(answer.status, answer.text).toBe(200)
      for (const person of ['wang', 'liu']) {
        if (answer.json.state === 'approved') break
        answer = await decide(approval, 'approve', person)
        if (answer.status !== 200) break
      }
      return answer
    },
    runJobs: async (registry = registryWith({ treasury })) => {
      const failures: unknown[] = []
      const log = (level: string, event: string, fields?: object) => {
        if (level === 'error') failures.push([event, fields])
      }
      const runner = new Runner({ ledger: door.ledger, registry, log, settings: { backoffMs: 5 } })
      while (await runner.runNext());
      expect(failures).toEqual([])
    },
    soundBooks: async () => {
      for await (const { check, faults } of soundChecks(door.ledger.database)) expect(faults, check).toEqual([])
    },
  }
}
