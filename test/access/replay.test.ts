/**
 * A key is a person's, and an answer is of the duty under which it was first asked: who has moved to another district
 * does not get what he was told as the former's officer (L5), and who has not gets it for ever.
 */
import { describe, expect, it } from 'vitest'
import { useDoor } from '../support/door.ts'

const door = useDoor()

describe('a key used under the duty of one district', () => {
  const body = { bundle: 'DK-1', district: '110108', name: '一批' }
  const register = (token: string, key: string) => door().ask('/v1/bundles', { token, key, body })
  const outcome = ({ status, json }: Awaited<ReturnType<typeof register>>) => [status, json.code ?? 'done']

  it('answers nothing under the duty of another', async () => {
    const city = await door().token('finance_maker', { person: 'moves' })
    const first = await register(city, 'k1')
    expect(outcome(first)).toEqual([201, 'done'])
    expect((await register(city, 'k1')).text).toBe(first.text)
    const west = await door().token('finance_maker', { person: 'moves', district: '110102' })
    expect(outcome(await register(west, 'k1'))).toEqual([422, 'idempotency_key_reused'])
    expect(outcome(await register(west, 'k2'))).toEqual([403, 'district_not_yours'])
  })

  it('answers the same under the same duty, and under one that reaches further', async () => {
    const own = await door().token('finance_maker', { person: 'stays', district: '110108' })
    const more = { ...body, bundle: 'DK-2' }
    const again = (token: string) => door().ask('/v1/bundles', { token, key: 'k3', body: more })
    const first = await again(own)
    expect(outcome(first)).toEqual([201, 'done'])
    expect((await again(own)).text).toBe(first.text)
    expect((await again(await door().token('finance_maker', { person: 'stays' }))).text).toBe(first.text)
  })
})
