/**
 * Does an owners' vote on the maintenance fund carry (民法典 第二百七十八条; O-54)? Both the floor area and the number of owners
 * count. Raising the fund needs three quarters of those present, using it more than half; fractions are compared
 * crosswise.
 */
import { type Decimal, whole } from '../../base/decimal.ts'
import type { Law } from '../../policy/parameters.ts'

export type OwnersVote = {
  kind: 'raise' | 'use'
  totalArea: Decimal
  totalHouseholds: number
  presentArea: Decimal
  presentHouseholds: number
  yesArea: Decimal
  yesHouseholds: number
}

type Fraction = { numerator: number; denominator: number }
type Share = { of: Decimal; in: Decimal }

/** Whether enough took part, and whether enough of them agreed. Without the quorum nothing passes. */
export function ownersVote(vote: OwnersVote, law: Law): { quorum: boolean; passes: boolean } {
  const present = { area: vote.presentArea, households: whole(vote.presentHouseholds) }
  const quorum = [
    { of: present.area, in: vote.totalArea },
    { of: present.households, in: whole(vote.totalHouseholds) },
  ].every((share) => reaches(share, law.take('vote_quorum')))
  const agreed = [
    { of: vote.yesArea, in: present.area },
    { of: whole(vote.yesHouseholds), in: present.households },
  ]
  const passes =
    vote.kind === 'raise'
      ? agreed.every((share) => reaches(share, law.take('vote_raise')))
      : agreed.every((share) => exceeds(share, law.take('vote_use')))
  return { quorum, passes: quorum && passes }
}

/** 以上: at least the fraction. */
function reaches(share: Share, { numerator, denominator }: Fraction): boolean {
  return share.of.times(whole(denominator)).gte(share.in.times(whole(numerator)))
}

/** 过半数: more than the fraction. */
function exceeds(share: Share, { numerator, denominator }: Fraction): boolean {
  return share.of.times(whole(denominator)).gt(share.in.times(whole(numerator)))
}
