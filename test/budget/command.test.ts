/** `yiben indicators …`: the list and one indicator's holdings, to the fen, and what it refuses. */
import { beforeAll, expect, it } from 'vitest'
import { runCommand, spawnCommand } from '../support/command.ts'
import { useDoor } from '../support/door.ts'
import { assignTo, home, inForce, newProject, openBook, openOffice } from './office.ts'

const door = useDoor()

beforeAll(async () => {
  const office = openOffice(door())
  await openBook(door(), 'CITY', '110000')
  await openBook(door(), 'HOME')
  await newProject(door(), 'P1')
  await inForce(office, 'Z-1', '1000.00')
  await inForce(office, 'Z-2', '500.05', { year: 2023, on: '2023-01-10' })
  await inForce(office, 'Z-1-H', '300.00', { book: 'HOME', parent: 'Z-1' })
  await assignTo(office, 'Z-1', 'P1', '250.00')
})

const run = (...words: string[]) => runCommand(door().test, ['indicators', ...words])
const throughDoor = (...words: string[]) => spawnCommand(door().test, ['indicators', ...words])

it('lists what the books say of each, and takes filters', async () => {
  const all = await run('list', '--format', 'csv')
  expect(all.status, all.err).toBe(0)
  const lines = all.out.trim().split(/\r?\n/)
  expect(lines.find((line) => line.includes('Z-1,') || line.includes('"Z-1"'))).toMatch(
    /1000\.00.*700\.00.*300\.00.*700\.00/,
  )
  expect(all.out).toContain('500.05')
  const some = await run('list', '--format', 'csv', '--year', '2022', '--book', 'HOME')
  expect(some.out).toContain('Z-1-H')
  expect(some.out).not.toContain('Z-2')
  expect((await run('list', '--year', 'soon')).status).toBe(2)
})

it('shows one by project and district', async () => {
  const shown = await throughDoor('show', 'Z-1')
  expect(shown.status, shown.err).toBe(0)
  for (const word of ['LJ2022（未分解）', 'P1', home, '合计', '450.00', '250.00', '300.00', '市级', '财政授权支付'])
    expect(shown.out).toContain(word)
  const none = await run('show', 'Z-NONE')
  expect(none.status).toBe(1)
  expect(none.err).toContain('Z-NONE')
})
