/**
 * The renovation catalogue (clause 5: 13 basic, 11 improvement, 12 upgrade items) and the yearly plan (clause 3). The
 * clause fixes how many items there are and names those that come first; the numbered list was not published with it,
 * so the codes are provisional. The published list replaces them as a second dated value here, and nothing else
 * changes: a code means what it meant on its day.
 */
import type { Parameter } from '../on.ts'
import { undated } from './dated.ts'

export const itemClasses = ['basic', 'improvement', 'upgrade'] as const
export type ItemClass = (typeof itemClasses)[number]

export type CatalogueItem = {
  readonly code: string
  readonly class: ItemClass
  readonly zh: string
  readonly en: string
  /** Named in the clause as to be offered first. */
  readonly first?: true
  /** Counts as seismic or energy renovation (抗震、节能) for the yearly minimum. */
  readonly seismicEnergy?: true
}

const items = (itemClass: ItemClass, ...rows: readonly Omit<CatalogueItem, 'class'>[]): readonly CatalogueItem[] =>
  rows.map(({ code, ...row }) => ({ code, class: itemClass, ...row }))

const basic = items(
  'basic',
  { code: 'B01', zh: '抗震加固与结构安全', en: 'seismic strengthening, structural safety', seismicEnergy: true },
  { code: 'B02', zh: '楼本体节能改造', en: 'energy renovation of the building', first: true, seismicEnergy: true },
  { code: 'B03', zh: '供水管线', en: 'water supply pipes', first: true },
  { code: 'B04', zh: '排水管线', en: 'drainage pipes', first: true },
  { code: 'B05', zh: '供气管线', en: 'gas pipes', first: true },
  { code: 'B06', zh: '供热管线', en: 'heating pipes' },
  { code: 'B07', zh: '供电', en: 'power supply' },
  { code: 'B08', zh: '弱电与架空线规整（入地）', en: 'low-voltage and overhead lines' },
  { code: 'B09', zh: '光纤入户与移动通信', en: 'optical fibre and mobile network' },
  { code: 'B10', zh: '小区道路', en: 'roads of the community' },
  { code: 'B11', zh: '生活垃圾分类', en: 'waste sorting' },
  { code: 'B12', zh: '消防安全与通道', en: 'fire safety and access' },
  { code: 'B13', zh: '屋面防水等楼本体修缮', en: 'roof and other repairs of the building' },
)

const improvement = items(
  'improvement',
  { code: 'I01', zh: '楼内上下水管线', en: 'water and sewer pipes in the building', first: true },
  { code: 'I02', zh: '加装电梯', en: 'elevators', first: true },
  { code: 'I03', zh: '电动自行车集中充电设施', en: 'charging of electric bicycles', first: true },
  { code: 'I04', zh: '消防设施', en: 'fire-fighting installations', first: true },
  { code: 'I05', zh: '停车与自行车棚', en: 'parking and bicycle sheds' },
  { code: 'I06', zh: '适老化与无障碍', en: 'age-friendly and barrier-free' },
  { code: 'I07', zh: '绿化环境', en: 'greenery' },
  { code: 'I08', zh: '文体休闲设施', en: 'culture, sport and leisure' },
  { code: 'I09', zh: '安防与门禁', en: 'security and access control' },
  { code: 'I10', zh: '照明', en: 'lighting' },
  { code: 'I11', zh: '空调规整与楼道粉刷', en: 'air conditioners in order, staircases painted' },
)

const upgrade = items(
  'upgrade',
  { code: 'U01', zh: '养老服务', en: 'elderly care' },
  { code: 'U02', zh: '托育', en: 'child care' },
  { code: 'U03', zh: '体育设施', en: 'sport' },
  { code: 'U04', zh: '社区食堂', en: 'community canteen' },
  { code: 'U05', zh: '卫生防疫', en: 'health and epidemic prevention' },
  { code: 'U06', zh: '便利店', en: 'convenience shop' },
  { code: 'U07', zh: '家政服务', en: 'household service' },
  { code: 'U08', zh: '快递设施', en: 'parcels' },
  { code: 'U09', zh: '社区服务站', en: 'community service' },
  { code: 'U10', zh: '智慧社区', en: 'smart community' },
  { code: 'U11', zh: '文化设施', en: 'culture' },
  { code: 'U12', zh: '物业用房', en: 'rooms of the property service' },
)

export const planning = {
  renovation_catalogue: {
    zh: '改造内容清单（13 项基础类、11 项完善类、12 项提升类）',
    en: 'Renovation catalogue: 13 basic, 11 improvement, 12 upgrade items',
    unit: 'table',
    values: undated(
      [...basic, ...improvement, ...upgrade] as readonly CatalogueItem[],
      'beijing-2022-28',
      '第（五）条（项数与优先内容见条文；代码为示例参数，正式清单公布后替换）',
    ),
  },
  seismic_energy_share: {
    zh: '抗震、节能综合改造占基础类改造总量的比例下限',
    en: 'Least share of seismic and energy renovation in the volume of basic works',
    unit: 'ratio',
    values: undated('0.20', 'beijing-2022-28', '第（三）条'),
  },
} satisfies Record<string, Parameter>
