/** What owners pay, how they vote, and what of their public revenue tops up the maintenance fund (clauses 13, 30). */
import * as z from 'zod'
import { toWeights, whole } from '../base/decimal.ts'
import { sumFen } from '../base/money.ts'
import { maintenanceLine, maintenanceTopUp } from '../funds/maintenance/maintenance.ts'
import { type Dwelling, dwellingWeights, givenCoefficient, ownerShares } from '../funds/owner/elevator-shares.ts'
import { type OwnersVote, ownersVote } from '../funds/maintenance/vote.ts'
import type { Law } from '../policy/parameters.ts'
import { calculation } from './calculation.ts'
import { type Fault, fault, faultIf, repeatedIds, weightsZero } from './fault.ts'
import { amount, amountOut, count, flag, form, id, list, onDate, oneOf, ratio, ratioUpTo } from './form.ts'

const floorKey = z.string().regex(/^(0|[1-9][0-9]{0,14})$/, { error: 'floor' })

const sharesInput = form({
  total: amount('待分摊金额', 'the amount to share'),
  dwellings: list(
    form({
      id: id('住户', 'dwelling'),
      floor: count('楼层', 'floor'),
      area: ratio('专有面积（㎡），全部填写或全部不填', 'area in m², given for all or for none').optional(),
    }),
    '住户',
    'the dwellings',
  ),
  coefficients: z
    .record(floorKey, ratio('系数', 'coefficient'), { error: 'an object of coefficients by floor' })
    .meta({
      description:
        '各楼层系数，给出即全部取代默认值 / coefficients by floor; given, they replace the default altogether',
    })
    .optional(),
})

export const ownerSharesCalculation = calculation({
  name: 'owner-shares',
  about: { zh: '加装电梯按楼层和面积分摊', en: 'Share the cost of an elevator by floor and area' },
  example: {
    oracle: 'O-43',
    input: {
      total: '160000.00',
      dwellings: [
        { id: '301', floor: 3 },
        { id: '401', floor: 4 },
        { id: '501', floor: 5 },
        { id: '601', floor: 6 },
      ],
    },
    result: {
      shares: [
        { id: '301', amount: '32941.18' },
        { id: '401', amount: '37647.06' },
        { id: '501', amount: '42352.94' },
        { id: '601', amount: '47058.82' },
      ],
    },
  },
  input: sharesInput,
  result: form({
    shares: list(form({ id: id(), amount: amountOut('分摊额', 'share') }), '各户分摊额', 'the shares'),
  }),
  faults: shareFaults,
  rule: ownerShares,
})

function shareFaults({ dwellings, coefficients }: z.output<typeof sharesInput>, law: Law): Fault[] {
  const found = [...repeatedIds(dwellings, '/dwellings'), ...areaFaults(dwellings)]
  const unknown = coefficients
    ? dwellings.flatMap(({ floor }, index) =>
        givenCoefficient(coefficients, floor)
          ? []
          : [fault(`/dwellings/${index}/floor`, `系数表中没有 ${floor} 层`, `the coefficients lack floor ${floor}`)],
      )
    : []
  if (found.length + unknown.length > 0) return [...found, ...unknown]
  const weights = toWeights(dwellingWeights({ dwellings, coefficients }, law))
  return sumFen(weights) === 0n ? [weightsZero('/dwellings')] : []
}

function areaFaults(dwellings: readonly Dwelling[]): Fault[] {
  const missing = dwellings.findIndex(({ area }) => area === undefined)
  const some = dwellings.some(({ area }) => area !== undefined)
  if (missing === -1 || !some) return []
  return [fault(`/dwellings/${missing}/area`, '面积须全部填写或全部不填', 'give the area of all dwellings or of none')]
}

export const maintenanceLineCalculation = calculation({
  name: 'maintenance-line',
  about: {
    zh: '维修资金余额是否低于首期应筹集金额的30%',
    en: 'Is the maintenance fund below 30 % of its initial amount',
  },
  example: {
    oracle: 'O-54',
    input: { area: '78.45', standard: '100', balance: '1950.30', on: '2024-03-01' },
    result: { due: '7845.00', line: '2353.50', below: true, shortfall: '5894.70' },
  },
  input: form({
    area: ratio('面积（㎡）', 'area in m²'),
    standard: amount('每平方米首期标准', 'initial standard per m²'),
    balance: amount('现有余额', 'the balance'),
    on: onDate(),
  }),
  result: form({
    due: amountOut('首期应筹集金额', 'initial amount due'),
    line: amountOut('续筹线', 'the line'),
    below: flag('余额低于续筹线', 'the balance is below the line'),
    shortfall: amountOut('须补足金额', 'what is missing to the amount due'),
  }),
  on: (input) => input.on,
  rule: maintenanceLine,
})

export const maintenanceTopUpCalculation = calculation({
  name: 'maintenance-topup',
  about: { zh: '公共收益优先补充维修资金的金额', en: 'What of the public revenue tops up the maintenance fund first' },
  example: {
    oracle: 'O-52',
    input: {
      revenue: '300000.00',
      cost: '116666.67',
      balance: '736799.99',
      line: '736800.00',
      on: '2024-03-01',
    },
    result: { net: '183333.33', obliged: true, minimum: '91666.67', topup: '91666.67', rest: '91666.66' },
  },
  input: form({
    revenue: amount('公共收益总额', 'gross public revenue'),
    cost: amount('合理成本', 'reasonable cost'),
    balance: amount('维修资金余额', 'balance of the fund'),
    line: amount('续筹线', 'the line'),
    voted: ratioUpTo('1', '业主决定投入的比例', 'the part the owners chose to put in').optional(),
    on: onDate(),
  }),
  result: form({
    net: amountOut('净收益', 'net revenue'),
    obliged: flag('须补充', 'a top-up is obligatory'),
    minimum: amountOut('最低补充额', 'the least top-up'),
    topup: amountOut('补充额', 'the top-up'),
    rest: amountOut('其余由业主决定', 'the rest, for the owners to decide'),
  }),
  on: (input) => input.on,
  rule: maintenanceTopUp,
})

export const voteCalculation = calculation({
  name: 'vote',
  about: {
    zh: '业主表决（筹集或使用维修资金）是否通过',
    en: 'Does an owners’ vote on raising or using the fund carry',
  },
  example: {
    oracle: 'O-54',
    input: {
      kind: 'raise',
      totalArea: '9000.00',
      totalHouseholds: 120,
      presentArea: '6000.00',
      presentHouseholds: 80,
      yesArea: '4500.00',
      yesHouseholds: 60,
    },
    result: { quorum: true, passes: true },
  },
  input: form({
    kind: oneOf(['raise', 'use'], '事项：筹集或使用', 'raising or using the fund'),
    totalArea: ratio('总面积', 'area of all'),
    totalHouseholds: count('总户数', 'households of all'),
    presentArea: ratio('参与表决面积', 'area present'),
    presentHouseholds: count('参与表决户数', 'households present'),
    yesArea: ratio('同意面积', 'area that agrees'),
    yesHouseholds: count('同意户数', 'households that agree'),
  }),
  result: form({ quorum: flag('达到参与表决比例', 'enough took part'), passes: flag('通过', 'it carries') }),
  faults: voteFaults,
  rule: ownersVote,
})

function voteFaults(vote: OwnersVote): Fault[] {
  const pairs = [
    { unit: 'Area', total: vote.totalArea, present: vote.presentArea, yes: vote.yesArea },
    {
      unit: 'Households',
      total: whole(vote.totalHouseholds),
      present: whole(vote.presentHouseholds),
      yes: whole(vote.yesHouseholds),
    },
  ]
  return pairs.flatMap(({ unit, total, present, yes }) => [
    ...faultIf(!total.gt('0'), `/total${unit}`, '须大于0', 'must be above 0'),
    ...faultIf(present.gt(total), `/present${unit}`, '参与的不得多于全体', 'those present cannot be more than all'),
    ...faultIf(
      yes.gt(present),
      `/yes${unit}`,
      '同意的不得多于参与的',
      'those who agree cannot be more than those present',
    ),
  ])
}
