/**
 * What comes in and goes out of communities, their buildings and dwellings. Areas are dm² inside and m² with two
 * decimals outside.
 */
import * as z from 'zod'
import { about, day, districtCode, flag, identifier, namesOf, oneOf, text } from '../../form/field.ts'
import { areaPattern, formatArea, ownerships, ownershipNamesZh, parseArea } from './community.ts'
import { evidenceOf, waitingFact, waits } from '../fact/forms.ts'
import type { BuildingRow, DwellingRow } from './store.ts'

export const area = z
  .codec(z.string({ error: 'area' }).regex(areaPattern, { error: 'area', abort: true }), z.bigint(), {
    decode: (written): bigint => parseArea(written) ?? 0n,
    encode: formatArea,
  })
  .meta(about('面积（㎡）', 'area in m²'))
export const positiveArea = area.refine((areaDm2) => areaDm2 > 0n, { error: 'area' })
export const areaOut = (zh: string, en: string) =>
  z
    .string()
    .regex(/^(0|[1-9][0-9]*)\.[0-9]{2}$/)
    .meta(about(zh, en))
export const wholeNumber = (zh: string, en: string, most = 100_000_000) =>
  z.int({ error: 'size' }).min(0, { error: 'size' }).max(most, { error: 'size' }).meta(about(zh, en))

export const communityCode = identifier('小区编号', 'code of the community')
export const buildingCode = identifier('楼栋编号，在小区内唯一', 'code of the building, its own within the community')
export const dwellingCode = identifier('房号，在楼栋内唯一', 'number of the dwelling, its own within the building')
const ownership = oneOf(ownerships).meta(about(`产权：${namesOf(ownershipNamesZh)}`, 'who owns it'))
export const dayOut = z.string().meta({ ...about('日期', 'day'), format: 'date' })
export const versionOut = z
  .int()
  .meta(about('版本，修改时在 If-Match 中引用', 'version; a change names it in If-Match'))
export const changeForm = z
  .strictObject({ version: z.int(), verb: z.string(), person: z.string(), at: z.string(), body: z.unknown() })
  .meta({ id: 'Change', ...about('一次变更：何人何时把它改成什么', 'who changed it to what, when') })

export const ofCommunity = z.strictObject({ community: communityCode })

// --- Requests -------------------------------------------------------------------------------------------------------

const detailShape = {
  name: text(200, '小区名称', 'name'),
  builtYear: z.exactOptional(
    z
      .int({ error: 'year' })
      .min(1900, { error: 'year' })
      .max(2100, { error: 'year' })
      .meta(about('建成年份', 'built in')),
  ),
  ownersBody: flag.default(false).meta(about('已组建业委会（物管会）', 'has an owners’ body')),
  trustService: flag.default(false).meta(about('实行物业服务信托制', 'keeps a trust-style property service')),
  fundPromisedOn: z.exactOptional(
    day.meta(
      about('业主作出维修资金补建、续筹承诺的日期', 'since when its owners promise to top up the maintenance fund'),
    ),
  ),
  ownersBodyOn: z.exactOptional(
    day.meta(about('业委会（物管会）自哪天起有或无；有变化而不填为今天', 'since when; today where it changes')),
  ),
  trustServiceOn: z.exactOptional(
    day.meta(about('信托制自哪天起有或无；有变化而不填为今天', 'since when; today where it changes')),
  ),
  document: z.exactOptional(
    text(
      200,
      '证明事实的文件；早于今天的、由人录入的须填',
      'the document that shows it: of an earlier day, and of a person',
    ),
  ),
  sha256: z.exactOptional(evidenceOf),
}
export const communityDetails = z.strictObject(detailShape)
export type CommunityDetails = z.output<typeof communityDetails>
export const newCommunity = z.strictObject({ community: communityCode, district: districtCode, ...detailShape })

const listMost = 5_000
const list = <Form extends z.ZodType>(form: Form) =>
  z
    .array(form, { error: `list:0:${listMost}` })
    .max(listMost, { error: `list:0:${listMost}` })
    .default([])

/** Buildings and dwellings are registered where new and corrected where known. */
export const buildingsForm = z.strictObject({
  buildings: list(
    z.strictObject({
      building: buildingCode,
      name: text(100, '楼栋名称', 'name'),
      floors: z.exactOptional(
        z
          .union([wholeNumber('层数', 'floors', 200), z.null()], { error: 'size' })
          .meta(about('层数；不填为不变，null 为不详', 'floors; absent leaves them, null says not known')),
      ),
    }),
  ),
  dwellings: list(z.strictObject({ building: buildingCode, dwelling: dwellingCode, area: positiveArea, ownership })),
  remove: list(z.strictObject({ building: buildingCode, dwelling: z.exactOptional(dwellingCode) })).meta(
    about('删除：只写楼栋则连同其全部房屋', 'taken out; a building alone goes with all its dwellings'),
  ),
})
export type BuildingsGiven = z.output<typeof buildingsForm>

// --- Answers --------------------------------------------------------------------------------------------------------

const communityShape = {
  community: communityCode,
  district: districtCode,
  name: z.string(),
  builtYear: z.union([z.int(), z.null()]),
  ownersBody: z.boolean(),
  trustService: z.boolean(),
  fundPromisedOn: z.union([dayOut, z.null()]),
  version: versionOut,
  ownersBodyOn: z.union([dayOut, z.null()]).meta(about('业委会（物管会）情况自何日起', 'since when')),
  trustServiceOn: z.union([dayOut, z.null()]).meta(about('信托制情况自何日起', 'since when')),
}
export const communityForm = z.strictObject(communityShape).meta({ id: 'Community', ...about('小区', 'a community') })
export const waitingCommunity = z.strictObject({ ...communityShape, ...waits }).meta({
  id: 'CommunityOfWaitingFact',
  ...about('小区现状；所报事实待另一人复核', 'as it stands; what was said of it waits to be checked'),
})

const ownershipAreas = z
  .strictObject(Object.fromEntries(ownerships.map((name) => [name, areaOut(ownershipNamesZh[name], name)])))
  .meta({ id: 'OwnershipAreas', ...about('各类产权的面积（㎡）', 'area by owner') })
export const buildingForm = z
  .strictObject({
    community: z.exactOptional(communityCode),
    building: buildingCode,
    name: z.string(),
    floors: z.union([z.int(), z.null()]),
    households: z.int().meta(about('户数', 'dwellings')),
    area: areaOut('面积（㎡）', 'area'),
    ownership: ownershipAreas,
  })
  .meta({ id: 'Building', ...about('楼栋', 'a building') })

export const wholeCommunityForm = z
  .strictObject({
    ...communityShape,
    buildings: z.array(buildingForm),
    history: z.array(changeForm),
    waiting: z.array(waitingFact),
  })
  .meta({ id: 'CommunityWithBuildings' })

export const dwellingForm = z
  .strictObject({ building: buildingCode, dwelling: dwellingCode, area: areaOut('面积（㎡）', 'area'), ownership })
  .meta({ id: 'Dwelling', ...about('房屋', 'a dwelling') })

/** Areas by owner, as they are shown. */
export const ownershipView = (areaOf: (name: (typeof ownerships)[number]) => bigint) =>
  Object.fromEntries(ownerships.map((name) => [name, formatArea(areaOf(name))]))

export const buildingView = (row: BuildingRow & { community?: string }): z.input<typeof buildingForm> => ({
  ...(row.community !== undefined && { community: row.community }),
  building: row.building,
  name: row.name,
  floors: row.floors,
  households: row.households,
  area: formatArea(row.area_dm2),
  ownership: ownershipView((name) => row[`${name}_dm2`]),
})

export const dwellingView = ({ areaDm2, ...rest }: DwellingRow): z.input<typeof dwellingForm> => ({
  ...rest,
  area: formatArea(areaDm2),
})
