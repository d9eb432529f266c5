/** The container: a zip, the manifest of its members, and its seal. */
import zlib from 'node:zlib'
import { hexOf, parseJson } from './examination.mjs'

const always = ['entries.ndjson', 'manifest.json', 'verify.mjs']
const lists = ['acts.ndjson', 'checkpoints.ndjson', 'cosignatures.ndjson', 'keys.ndjson', 'trial-balance.ndjson']
const ofBook = [...always, ...lists, 'leaves.txt', 'book.json']
const tied = ['books.ndjson', 'proofs.ndjson', 'attachments.ndjson', 'totals.ndjson', 'approvals.ndjson']
/** What a pack of each format holds besides attachments; the first had no approvals. */
const formats = {
  'yiben-evidence-1': ofBook,
  'yiben-evidence-2': [...ofBook, 'approvals.ndjson'],
  'yiben-project-1': [...always, ...tied, 'project.json'],
}
export const memberNames = [...new Set(Object.values(formats).flat())]

// What honest packs unpack to is far below both: a text of the books packs to a tenth, seldom to a fiftieth.
const unpackedLeast = 2 ** 26
const unpackedMost = 200

/** The members, each known, each once. One begins where the one before it ends, and its header agrees with the directory. */
function readMembers(zip, end) {
  const closed = end >= 0 && end + 22 <= zip.length && end + 22 + zip.readUInt16LE(end + 20) === zip.length
  const [length, directory] = closed ? [12, 16].map((at) => zip.readUInt32LE(end + at)) : []
  if (!closed || directory + length !== end) throw new Error('不是完整的 zip 文件 not a complete zip file, or in ZIP64')
  const members = new Map()
  let [record, header, unpacked] = [directory, 0, 0]
  while (record < end) {
    const [flags, method, nameLength, extra, comment] = [8, 10, 28, 30, 32].map((at) => zip.readUInt16LE(record + at))
    const [packed, size, offset] = [20, 24, 42].map((at) => zip.readUInt32LE(record + at))
    const name = zip.toString('latin1', record + 46, record + 46 + nameLength)
    const start = header + 30 + nameLength + zip.readUInt16LE(header + 28)
    // Bit 3: CRC and sizes stand behind the data, with or without a signature, instead of in the header.
    const behind = start + packed + (zip.readUInt32LE(start + packed) === 0x08074b50 ? 4 : 0)
    const [sizes, next] = flags & 8 ? [behind, behind + 12] : [header + 14, start + packed]
    const same = (a, b, count) => zip.compare(zip, a, a + count, b, b + count) === 0
    const agrees = offset === header && same(record + 16, sizes, 12) && same(record + 46, header + 30, nameLength)
    if (!agrees) throw new Error(`zip 有空隙或成员头不符 there is a gap, or headers differ: ${name}`)
    const known = memberNames.includes(name) || /^attachments\/([0-9a-f]{64})?$/.test(name)
    const sound = known && !members.has(name) && size < 2 ** 31
    if (!sound) throw new Error(`zip 成员超过 2 GB、未知或重名 over 2 GB, unknown or repeated: ${name}`)
    unpacked += size
    if (unpacked > Math.max(unpackedLeast, unpackedMost * zip.length)) {
      throw new Error('解压后的大小与文件不相称 unpacks to more than its size can hold')
    }
    if (name !== 'attachments/') members.set(name, { method, size, data: zip.subarray(start, start + packed) })
    record += 46 + nameLength + extra + comment
    header = next
  }
  if (record !== end || header !== directory) throw new Error('zip 目录有误 there is a gap, or a broken directory')
  return members
}

/** What a member holds; of damaged data what comes before the damage, so that the first bad entry can be named. */
function contentOf({ method, size, data }) {
  if (method === 0) return data
  const options = { finishFlush: zlib.constants.Z_SYNC_FLUSH, maxOutputLength: size + 1, chunkSize: size + 64 }
  let [content, good, bad] = [Buffer.alloc(0), 0, data.length + 1]
  for (let tried = data.length; good + 1 < bad; tried = Math.floor((good + bad) / 2)) {
    try {
      content = zlib.inflateRawSync(data.subarray(0, tried), options)
      good = tried
    } catch {
      bad = tried
    }
  }
  return content
}

/**
 * Reads every member and compares it with the manifest, and all of it with the seal. Of attachments only hashes are
 * kept. Answers the pack's format.
 */
export function readContents(exam, zip) {
  const end = zip.lastIndexOf('PK\x05\x06')
  for (const [name, member] of readMembers(zip, end)) {
    const content = contentOf(member)
    exam.expect(`成员已损坏 damaged: ${name}`, content.length, member.size)
    exam.hashes.set(name, hexOf(content))
    if (memberNames.includes(name)) exam.contents.set(name, content)
  }
  const { format, members = [] } = parseJson(exam.contents.get('manifest.json'))
  const own = Object.hasOwn(formats, format) ? formats[format] : undefined
  exam.expect(`清单格式未知 manifest of an unknown format: ${format}`, own !== undefined)
  const listed = new Map(members.map(({ name, sha256 }) => [name, sha256]))
  for (const name of [...(own ?? ofBook), ...listed.keys()])
    exam.expect(`缺少成员 missing: ${name}`, exam.hashes.has(name))
  for (const name of exam.contents.keys())
    exam.expect(`不属于该格式 not of this format: ${name}`, !own || own.includes(name))
  exam.hashes.delete('manifest.json')
  for (const [name, sha] of exam.hashes) exam.expect(`清单不符 not as in the manifest: ${name}`, sha, listed.get(name))
  // The seal covers every byte before the comment it stands in. A pack zipped again by another program has no comment.
  const comment = zip.toString('latin1', end + 22)
  if (comment === '') exam.notes.push('容器无封印（曾被重新打包） no seal (zipped again): contents alone verified')
  const seal = comment && `yiben-seal-1 sha256 ${hexOf(zip.subarray(0, end + 22))}`
  exam.expect('容器封印不符：文件被改动 the seal does not hold: the file was changed', comment, seal)
  return format
}
