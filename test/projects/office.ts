/**
 * Short ways to register what tests of projects and plans need, through the door; every answer is held against its
 * published schema.
 */
import { expect } from 'vitest'
import { type Clock, day, numberOfDay } from '../../src/base/calendar.ts'
import { apiRoutes } from '../../src/http/routes.ts'
import { actOnce } from '../../src/ledger/act.ts'
import { lockProject, setPlansApproved } from '../../src/projects/project/store.ts'
import type { Answer, Door, Given } from '../support/door.ts'

/** The day of these tests, whatever day it is; a millisecond later at every look. */
export const today = '2026-11-23'
let now = BigInt(numberOfDay(day(today))) * 86_400_000_000n
export const clock: Clock = () => (now += 1_000n)

export const district = '110102'
let codes = 0
export const newCode = (prefix: string): string => `${prefix}-${++codes}`

export async function ask(door: Door, path: string, given: Given = {}): Promise<Answer> {
  const answer = await door.ask(path, given)
  const method = given.method ?? (given.body === undefined ? 'GET' : 'POST')
  const pathname = decodeURIComponent(path.split('?')[0] ?? '')
  const fits = (template: string): boolean =>
    new RegExp(`^${template.replaceAll(/\{[a-z0-9]+\}/g, '[^/]+')}$`).test(pathname)
  const form = apiRoutes.find((route) => route.method === method && fits(route.path))?.answers[answer.status]
  if (form?.schema) {
    const checked = form.schema.safeParse(answer.json)
    expect(checked, `${method} ${path}: ${JSON.stringify(checked)} ${answer.text}`).toMatchObject({ success: true })
  } else expect(answer.headers.get('content-type'), answer.text).toBe('application/problem+json')
  return answer
}

export const done = (answer: Answer): Answer => {
  expect(answer.status, answer.text).toBeLessThan(300)
  return answer
}
export const codeOf = ({ json }: Answer): string => json.code

export const ifMatch = (version: number, body: unknown, method = 'PUT'): Given => ({
  method,
  body,
  headers: { 'if-match': `"${version}"` },
})

export type GivenDwelling = readonly [building: string, dwelling: string, area: string, ownership: string]

/** A community with its buildings. Its owners have promised unless said otherwise. */
export async function newCommunity(
  door: Door,
  given: {
    dwellings?: readonly GivenDwelling[]
    promisedOn?: string | null
    district?: string
    ownersBody?: boolean
  } = {},
): Promise<string> {
  const community = newCode('XQ')
  const { promisedOn = '2026-01-05', dwellings = [['1', '101', '60.00', 'private']] } = given
  const details = { name: '测试小区', ownersBody: given.ownersBody ?? false }
  const promise = promisedOn === null ? {} : { fundPromisedOn: promisedOn }
  const body = { community, district: given.district ?? district, ...details, ...promise }
  done(await ask(door, '/v1/communities', { body }))
  const buildings = [...new Set(dwellings.map(([building]) => building))]
  done(
    await ask(
      door,
      `/v1/communities/${community}/buildings`,
      ifMatch(
        1,
        {
          buildings: buildings.map((building) => ({ building, name: `${building}号楼`, floors: 6 })),
          dwellings: dwellings.map(([building, dwelling, area, ownership]) => ({
            building,
            dwelling,
            area,
            ownership,
          })),
        },
        'POST',
      ),
    ),
  )
  return community
}

export type GivenProject = {
  project?: string
  kind?: string
  dwellings?: readonly GivenDwelling[]
  promisedOn?: string | null
  items?: readonly { item: string; cost: string; quantity?: string }[]
  more?: object
}

/** A project of the reserve with a community of its own. */
export async function newProject(
  door: Door,
  given: GivenProject = {},
): Promise<{ project: string; community: string }> {
  const { project = newCode('XM'), kind = 'comprehensive', items = [{ item: 'B02', cost: '1000.00' }] } = given
  const community = await newCommunity(door, {
    ...(given.dwellings && { dwellings: given.dwellings }),
    ...(given.promisedOn !== undefined && { promisedOn: given.promisedOn }),
  })
  const buildings = [...new Set((given.dwellings ?? [['1']]).map(([building]) => building))]
  const body = {
    project,
    district,
    kind,
    name: '测试项目',
    implementer: '测试街道办事处',
    buildings: buildings.map((building) => ({ community, building })),
    items,
    ...given.more,
  }
  done(await ask(door, '/v1/projects', { body }))
  return { project, community }
}

export const readProject = async (door: Door, project: string) => (await ask(door, `/v1/projects/${project}`)).json

/** A change of a project under its present version. */
export async function changing(
  door: Door,
  project: string,
  path: string,
  body: unknown,
  method = 'PUT',
): Promise<Answer> {
  const { version } = await readProject(door, project)
  return ask(door, `/v1/projects/${project}${path}`, ifMatch(version, body, method))
}

export const move = (door: Door, project: string, to: string): Promise<Answer> =>
  changing(door, project, '/state', { to }, 'POST')

export const record = (door: Door, project: string, kind: string, more: object = {}): Promise<Answer> =>
  ask(door, `/v1/projects/${project}/documents`, { body: { kind, number: newCode('文'), on: '2026-03-02', ...more } })

let years = 2030
/** Takes projects into a plan of a year of their own, in the order given. */
export async function plan(
  door: Door,
  projects: readonly string[],
  { capacity = '1000000.00', need = '1.00', of = district }: { capacity?: string; need?: string; of?: string } = {},
): Promise<{ path: string; fix: (mode?: string, batch?: number) => Promise<Answer> }> {
  const year = ++years
  const queue = projects.map((project, index) => ({ project, priority: index + 1, need }))
  done(await ask(door, '/v1/plans', { body: { district: of, year, capacity, queue } }))
  const path = `/v1/plans/${of}/${year}`
  return {
    path,
    fix: async (mode = 'strict', batch = 1) => {
      const { version } = (await ask(door, path)).json
      return ask(door, `${path}/batches/${batch}`, ifMatch(version, { mode }, 'POST'))
    },
  }
}

/** What the room of funding plans notes when a plan is approved. */
export async function approvePlan({ ledger }: Door, project: string): Promise<void> {
  const officer = { person: 'officer', role: 'integration' } as const
  await actOnce(ledger, async ({ tx, at }) => {
    const row = await lockProject(tx, officer, project)
    await setPlansApproved(tx, [{ row, plan: `${project}.1` }], { person: officer.person, at })
    return null
  })
}

/** A project whose works have begun. */
export async function begunProject(
  door: Door,
  given: GivenProject = {},
): Promise<{ project: string; community: string }> {
  const made = await newProject(door, given)
  done(await (await plan(door, [made.project])).fix())
  await approvePlan(door, made.project)
  done(await move(door, made.project, 'under_way'))
  return made
}
