/**
 * Trial calculations over HTTP: a route for each of the registry, documented by the same schemas that check its input.
 */
import * as z from 'zod'
import { type Calculation, schemaOf } from '../../calc/calculation.ts'
import { calculationOf, calculations } from '../../calc/registry.ts'
import { answerAside, asideFromBytes } from '../aside/desk.ts'
import { jsonBytes, parseBytes } from '../body.ts'
import { about, anyJson as anyJsonOut, inBoth } from '../../form/field.ts'
import { Problem } from '../problem.ts'
import { none, reply, type Route, route } from '../route.ts'
import { pageOf } from '../views.ts'

const useView = z.looseObject({ parameter: z.string() }).meta({
  id: 'PolicyUse',
  ...about('用到的政策参数及其依据', 'a policy number that took part, and the clause it comes from'),
})

const calculationRoute = ({ name, about: summary, input, result, run }: Calculation): Route => {
  return route({
    method: 'POST',
    path: `/v1/calc/${name}`,
    id: `calc-${name}`,
    tag: 'calc',
    summary,
    right: 'signed_in',
    params: none,
    query: none,
    // Any JSON reaches the calculation, which checks it by its own form and says what is wrong in its own words.
    body: jsonBytes(input),
    keyed: false,
    answers: {
      200: { about: { zh: '结果', en: 'The result' }, schema: z.strictObject({ result, uses: z.array(useView) }) },
    },
    refuses: [],
    handle: async ({ actor, body, language, service }) => {
      await service.limits.mayCalculate(actor.person)
      if (body.length > asideFromBytes) {
        const { answered, ms } = await answerAside(name, body, language)
        await service.limits.calculated(actor.person, ms)
        return answered
      }
      const outcome = run(parseBytes(body))
      if (outcome.kind === 'invalid') throw new Problem('input_invalid', outcome.faults)
      return reply(200, { result: outcome.result, uses: outcome.uses })
    },
  })
}

const listed = z
  .strictObject({
    name: z.string(),
    about: inBoth,
    path: z.string().meta(about('提交输入的地址', 'where input goes')),
  })
  .meta({ id: 'Calculation', ...about('一种试算', 'a trial calculation') })

const list = route({
  method: 'GET',
  path: '/v1/calc',
  id: 'listCalculations',
  tag: 'calc',
  summary: { zh: '全部试算', en: 'All trial calculations' },
  right: 'signed_in',
  answers: { 200: { about: { zh: '名称与用途', en: 'Names and what they are for' }, schema: pageOf(listed) } },
  refuses: [],
  handle: () => {
    const items = calculations.map(({ name, about: said }) => ({ name, about: said, path: `/v1/calc/${name}` }))
    return reply(200, { items, next: null })
  },
})

const described = z
  .strictObject({
    calc: z.string(),
    description: inBoth,
    example: z.strictObject({
      oracle: z.string().meta(about('算例出处', 'where the example comes from')),
      input: anyJsonOut,
      result: anyJsonOut,
    }),
    input: anyJsonOut.meta(about('输入的 JSON Schema', 'JSON Schema of the input')),
    output: anyJsonOut.meta(about('结果的 JSON Schema', 'JSON Schema of the result')),
  })
  .meta({ id: 'CalculationForm', ...about('一种试算的格式与算例', 'forms and example of a calculation') })

const read = route({
  method: 'GET',
  path: '/v1/calc/{name}',
  id: 'readCalculation',
  tag: 'calc',
  summary: { zh: '一种试算的格式与算例', en: 'Forms and example of a trial calculation' },
  right: 'signed_in',
  params: z.strictObject({ name: z.string() }),
  answers: { 200: { about: { zh: '格式与算例', en: 'Forms and example' }, schema: described } },
  refuses: [],
  handle: ({ params }) => {
    const found = calculationOf(params.name)
    if (!found) throw new Problem('not_found')
    return reply(200, schemaOf(found))
  },
})

export const calcRoutes: readonly Route[] = [list, read, ...calculations.map(calculationRoute)]
