/**
 * Amounts on the screen. They arrive as text in yuan and stay exact: what is shown in 万元 or 亿元 is rounded half up
 * from the text, by whole numbers, and the exact figure is one hover away.
 */
import { divideHalfUp, parseAmount } from '../../src/base/money.ts'

export { formatFen, sumFen } from '../../src/base/money.ts'

export const units = { yuan: '元', wan: '万元', yi: '亿元' } as const
export type Unit = keyof typeof units

const scales: Readonly<Record<Unit, { readonly fen: bigint; readonly decimals: number }>> = {
  yuan: { fen: 1n, decimals: 2 },
  wan: { fen: 10_000n, decimals: 2 },
  yi: { fen: 1_000_000n, decimals: 4 },
}

/** Whole fen of an amount as the service writes it; red figures are negative. */
export function fenOf(text: string): bigint {
  const negative = text.startsWith('-')
  const fen = parseAmount(negative ? text.slice(1) : text) ?? 0n
  return negative ? -fen : fen
}

const grouped = (digits: string): string => digits.replaceAll(/\B(?=(?:\d{3})+$)/g, ',')

/** An amount in a unit, with separators: `12,345.67`. */
export function shown(fen: bigint, unit: Unit): string {
  const { fen: scale, decimals } = scales[unit]
  const negative = fen < 0n
  const scaled = divideHalfUp(negative ? -fen : fen, scale)
  const digits = scaled.toString().padStart(decimals + 1, '0')
  const text = `${grouped(digits.slice(0, -decimals))}.${digits.slice(-decimals)}`
  return negative && scaled !== 0n ? `-${text}` : text
}

/** The exact amount, for hover and for copying. */
export const exact = (fen: bigint): string => `${shown(fen, 'yuan')} 元`

const digitNames = '零壹贰叁肆伍陆柒捌玖'
const places = ['', '拾', '佰', '仟']

/** An amount as vouchers and cheques write it: 壹拾伍万元整. */
export function capitals(fen: bigint): string {
  if (fen < 0n) return `负${capitals(-fen)}`
  const [yuan, rest] = [fen / 100n, Number(fen % 100n)]
  const whole = yuan === 0n ? '' : `${wholeCapitals(yuan)}元`
  const [jiao, cents] = [Math.floor(rest / 10), rest % 10]
  if (rest === 0) return `${whole || '零元'}整`
  const jiaoText = jiao > 0 ? `${digitNames[jiao]}角` : whole === '' ? '' : '零'
  return `${whole}${jiaoText}${cents > 0 ? `${digitNames[cents]}分` : '整'}`
}

function wholeCapitals(value: bigint): string {
  const groups = ['', '万', '亿', '万亿']
  let text = ''
  let gap = false
  for (let place = groups.length - 1; place >= 0; place -= 1) {
    const part = Number((value / 10_000n ** BigInt(place)) % 10_000n)
    if (part === 0) {
      gap = text !== ''
      continue
    }
    if (text !== '' && (gap || part < 1000)) text += '零'
    text += groupCapitals(part) + (groups[place] ?? '')
    gap = false
  }
  return text
}

function groupCapitals(part: number): string {
  let text = ''
  let zero = false
  for (let place = 3; place >= 0; place -= 1) {
    const digit = Math.floor(part / 10 ** place) % 10
    if (digit === 0) {
      zero = text !== ''
      continue
    }
    text += `${zero ? '零' : ''}${digitNames[digit]}${places[place]}`
    zero = false
  }
  return text
}

/**
 * What a person typed or pasted as an amount, as the service takes it: full-width digits and separators are read;
 * `undefined` where it is no amount.
 */
export function amountTyped(given: string): string | undefined {
  const text = given
    .normalize('NFKC')
    .replaceAll(/[,，\s￥¥]/g, '')
    .replaceAll('。', '.')
  const fen = parseAmount(text)
  return fen === undefined ? undefined : text
}
