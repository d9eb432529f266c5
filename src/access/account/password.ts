/**
 * Passwords: what is no password, and how one is kept (argon2id, 19 MiB, two passes: the least that OWASP names). What
 * is refused is what is guessed first: words and rows of keys that everybody tries, however they are dressed up, one's
 * own name, one thing again and again. Nothing is asked of its letters and signs; length is what counts.
 */
import { hash, verify } from '@node-rs/argon2'
import type { Text } from '../../base/refusal.ts'
import { turns } from '../../base/wire/turns.ts'

export const passwordLeast = 12
export const passwordMost = 128
const settings = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
// Of the four threads that files and names need too.
const atOnceMost = 2

/** Words that are tried first, here and elsewhere, and the defaults of machines. Without digits and signs around. */
const words = `password passwd passphrase secret letmein welcome administrator admin root superuser security manager
operator auditor guest user test demo sample example default changeme temporary login master system server database
postgres oracle yiben yibenben yibenzhang beijing zhongguo china caizheng caizhengju shenji gongjijin zhufang jiucheng
laojiu xiaoqu gaizao zhanghao mima woaini woaizhongguo qwerty qwertyuiop asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx
qazwsxedc iloveyou monkey dragon football baseball sunshine princess trustno superman batman whatever computer internet
helloworld hello correcthorsebatterystaple 一本账 密码 管理员 北京 财政局 财政 审计`.split(/\s+/)

/** Rows of keys and of numbers, forth and back. */
const rows = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890123456789',
  'qwertyuiopasdfghjklzxcvbnm',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm',
]
const backwards = (text: string): string => Array.from(text).toReversed().join('')
const allRows = rows.flatMap((row) => [row.repeat(2), backwards(row.repeat(2))])

const leet: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
}

/** As it is kept: a spelling is one, however the keyboard wrote it. */
export const asKept = (given: string): string => given.normalize('NFKC')

const lengthFault: Text = {
  zh: `须有 ${passwordLeast} 至 ${passwordMost} 个字符`,
  en: `it must have ${passwordLeast} to ${passwordMost} characters`,
}
const commonFault: Text = {
  zh: '是常见密码、默认密码、键盘顺序或其变形',
  en: 'it is, or hides, a common password, a default or a row of keys',
}
const poorFault: Text = { zh: '同一内容反复出现', en: 'it is the same thing again and again' }
const ownFault: Text = { zh: '含有本人的姓名或编号', en: 'it contains one’s own name or id' }

/** Why a text cannot be the password of somebody called so; `undefined` where it can. */
export function passwordFault(given: string, names: readonly string[]): Text | undefined {
  // Length first: normalising takes time.
  if (given.length > 4 * passwordMost) return lengthFault
  const password = asKept(given).toLowerCase()
  const signs = Array.from(password)
  if (signs.length < passwordLeast || signs.length > passwordMost) return lengthFault
  if (/^(.{1,6})\1+.{0,5}$/su.test(password) || new Set(signs).size < 5) return poorFault
  if (allRows.some((row) => row.includes(password))) return commonFault
  const own = names.map((name) => name.normalize('NFKC').toLowerCase()).filter((name) => Array.from(name).length >= 2)
  if (own.some((name) => password.includes(name))) return ownFault
  return Array.from(remainder(password)).length < restLeast ? commonFault : undefined
}

const restLeast = 5
const undressed = (text: string): string => Array.from(text, (sign) => leet[sign] ?? sign).join('')
const longFirst = words.toSorted((a, b) => b.length - a.length)

/** What stays when the usual words are taken out, also those written with figures and signs, and rows of four keys. */
function remainder(text: string): string {
  let [left, plain] = [text, undressed(text)]
  const cut = (from: number, size: number): void => {
    left = left.slice(0, from) + left.slice(from + size)
    plain = plain.slice(0, from) + plain.slice(from + size)
  }
  for (const word of longFirst) {
    for (let at = plain.indexOf(word); at >= 0; at = plain.indexOf(word)) cut(at, word.length)
  }
  for (let size = left.length; size >= 4; size -= 1) {
    for (let at = 0; at + size <= left.length; ) {
      const part = left.slice(at, at + size)
      if (allRows.some((row) => row.includes(part))) cut(at, size)
      else at += 1
    }
  }
  // Signs and digits between words, and years, are no secret.
  return left.replaceAll(/[\p{P}\p{S}\s]|(?:19|20)[0-9]{2}/gu, '')
}

// --- Keeping --------------------------------------------------------------------------------------------------------

/** Hashing takes memory and a thread: two at once, the others in turn. */
const inTurn = turns(atOnceMost)

export const hashPassword = (password: string): Promise<string> => inTurn(() => hash(asKept(password), settings))

let nobodys: Promise<string> | undefined

/** Whether it is the password; where there is none to hold it against, it takes as long to say no. */
export async function isPassword(given: string, kept: string | undefined): Promise<boolean> {
  const against = kept ?? (await (nobodys ??= hashPassword('nobody has this password')))
  const fits = given.length <= 4 * passwordMost && (await inTurn(() => verify(against, asKept(given))))
  return fits && kept !== undefined
}
