/** What comes in for all nouns of financing: a project, its owners and dwellings, areas, sources and papers. */
import * as z from 'zod'
import { about, identifier, oneOf, parsed, projectCode, sha256, text } from '../form/field.ts'
import { formatArea, ownerships, parseArea } from '../projects/community/community.ts'

export const inProject = z.strictObject({ project: projectCode })

export const countMost = 1_000_000
export const positive = z.int({ error: 'positive' }).min(1, { error: 'positive' }).max(countMost, { error: 'positive' })

/** m² as text ↔ dm², that is hundredths of a m². */
export const area = parsed(parseArea, 'area', formatArea).meta(
  about('面积（㎡），至多两位小数', 'area in m², at most two decimals'),
)

export const dwellingName = z
  .strictObject({
    community: identifier('小区', 'community'),
    building: identifier('楼栋', 'building'),
    dwelling: identifier('房屋', 'dwelling'),
  })
  .meta({ id: 'DwellingName', ...about('房屋：小区、楼栋、房号', 'a dwelling by community, building and number') })

export const ownershipForm = oneOf(ownerships).meta(
  about('产权性质：业主、央产、市属国企、区属国企、直管公房', 'class of owners'),
)

export const sourceCode = identifier('资金来源，如 F21', 'fund source, such as F21')

export const proofDocument = z
  .strictObject({
    number: text(200, '文号', 'document number'),
    title: z.exactOptional(text(200, '标题', 'title')),
    sha256: z.exactOptional(sha256),
  })
  .meta({ id: 'ProofDocument', ...about('依据文件', 'the paper it rests on') })
