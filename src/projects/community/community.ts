/**
 * Communities, their buildings and dwellings (clause 1). Who owns a dwelling decides which money may pay its share
 * (clause 32), so ownership and area are the base of every split. An area is a whole number of dm² (0.01 m²), written
 * as m² with two decimals.
 */
import { formatScaled, quotient, type Decimal, parseRatio, whole } from '../../base/decimal.ts'

/** 业主所有 · 中央产权 · 市属国企 · 区属国企 · 直管公房. */
export const ownerships = ['private', 'central', 'municipal_soe', 'district_soe', 'public_rental'] as const
export type Ownership = (typeof ownerships)[number]

export const ownershipNamesZh: Record<Ownership, string> = {
  private: '业主所有',
  central: '中央单位产权',
  municipal_soe: '市属国企产权',
  district_soe: '区属国企产权',
  public_rental: '直管公房',
}

/** Areas have so many decimals, in m². */
const areaDecimals = 2
/** The form of an area coming in: m², at most 9 digits before the point and 2 after. */
export const areaPattern = /^(0|[1-9][0-9]{0,8})(\.[0-9]{1,2})?$/

/** Reads m² as dm²; `undefined` for anything else. */
export function parseArea(text: string): bigint | undefined {
  const area: Decimal | undefined = areaPattern.test(text) ? parseRatio(text) : undefined
  return area && quotient(area, whole(1), areaDecimals)
}

/** dm² as m² with two decimals: `426000000n` is `4260000.00`. */
export const formatArea = (areaDm2: bigint): string => formatScaled(areaDm2, areaDecimals)
