/**
 * Trial calculations over HTTP: a route for each of the registry, documented by the same schemas that check its input.
 */
import * as z from 'zod'
import type { Json } from '../../base/json.ts'
import type { Calculation } from '../../calc/calculation.ts'
import { calculations } from '../../calc/registry.ts'
import { type BodyForm, json } from '../body.ts'
import { about } from '../../form/field.ts'
import { Problem } from '../problem.ts'
import { none, reply, type Route, route } from '../route.ts'

const useView = z.looseObject({ parameter: z.string() }).meta({
  id: 'PolicyUse',
  ...about('用到的政策参数及其依据', 'a policy number that took part, and the clause it comes from'),
})

// Any JSON reaches the calculation, which checks it by its own form and says what is wrong in its own words.
const anyJson = json(z.custom<Json>())

const calculationRoute = ({ name, about: summary, input, result, run }: Calculation): Route => {
  const body: BodyForm<Json> = { ...anyJson, schema: input }
  return route({
    method: 'POST',
    path: `/v1/calc/${name}`,
    id: `calc-${name}`,
    tag: 'calc',
    summary,
    right: 'signed_in',
    params: none,
    query: none,
    body,
    keyed: false,
    answers: {
      200: { about: { zh: '结果', en: 'The result' }, schema: z.strictObject({ result, uses: z.array(useView) }) },
    },
    refuses: [],
    handle: ({ body }) => {
      const outcome = run(body)
      if (outcome.kind === 'invalid') throw new Problem('input_invalid', outcome.faults)
      return reply(200, { result: outcome.result, uses: outcome.uses })
    },
  })
}

export const calcRoutes: readonly Route[] = calculations.map(calculationRoute)
