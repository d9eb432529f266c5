/** What several examples say: the documents, things and contents they name. */
import type { Json } from '../../base/json.ts'

export type Example = {
  /** By their names in the path. */
  readonly params?: Readonly<Record<string, string>>
  /** The version named in If-Match, of routes that take one. */
  readonly version?: number
  /** Absent where the form lets the body be absent. */
  readonly body?: Json
}

/** The original that two entries refer to, and its hash. */
export const attachment = '京财建〔2026〕1号'
export const attachmentHash = '420b1778b4c6c8487a4a25575d7295813f1b90e369d56790016ae13449b5e4bf'

export const sha256 = 'ab'.repeat(32)
export const document = { number: '监理〔2026〕1号', title: '第一期进度款', sha256 }
export const onlyNumber = { number: '监理〔2026〕2号' }
export const dwelling = { community: 'XQ-1', building: '1', dwelling: '101' }
export const project = { project: 'P1' }

export const dimensions = {
  project: 'P1',
  source: 'F21',
  counterparty: '北京某某建设（集团）有限公司',
  item: 'B03',
  contract: 'HT-1',
  dwelling: 'XQ-1/1/101',
  indicator: 'SZ-2026',
  segment: '一标段',
  debt: 'ZQ-2023-1',
}
export const wholeEntry = {
  on: '2026-03-05',
  type: '转账',
  summary: '下达授权支付额度',
  documents: [
    '京财建〔2026〕2号',
    attachmentHash,
    { number: 'N-1', title: '通知', sha256: attachmentHash },
    { number: 'N-2' },
    { title: '通知' },
  ],
  lines: [
    { account: '1011', debit: '1000.5', memo: '额度', ...dimensions },
    { account: '4001', credit: '1000.50', memo: '收入', ...dimensions },
  ],
}
export const plainEntry = (amount: string) => ({
  on: '2026-03-06',
  summary: '下达授权支付额度',
  lines: [
    { account: '1011', debit: amount, project: 'P1', source: 'F21' },
    { account: '4001', credit: amount, project: 'P1', source: 'F21' },
  ],
})

export const details = {
  name: '一小区综合整治',
  implementer: '某街道办事处',
  book: 'A',
  planBook: 'B',
  bundle: 'DK-1',
  householdsBefore: 20,
  householdsAfter: 19,
  addedArea: '120.5',
}
export const plainDetails = { name: '一小区综合整治', implementer: '某街道办事处' }
export const buildings = [
  { community: 'XQ-1', building: '1' },
  { community: 'XQ-1', building: '2' },
]
export const items = [
  { item: 'B03', quantity: '2部', cost: '1200000.00' },
  { item: 'B02', cost: '42000' },
]
export const works = { item: 'B03', ...dwelling }

export const dated = { on: '2026-03-01', document: '会议纪要〔2026〕3号' }
export const since = { ownersBodyOn: '2026-03-01', trustServiceOn: '2026-03-02', document: dated.document }
export const community = {
  name: '一小区',
  builtYear: 1985,
  ownersBody: true,
  trustService: true,
  fundPromisedOn: '2025-12-01',
}

export const indicator = {
  indicator: 'SZ-2026',
  book: 'A',
  documentNumber: '京财建指〔2026〕1号',
  level: 'municipal',
  source: 'F21',
  year: 2026,
  programme: 'LJ2026',
  purpose: '老旧小区综合整治补助',
  payment: 'authorised',
  amount: '1000000.00',
  on: '2026-01-15',
}
export const ofIndicator = { indicator: 'SZ-2026' }
export const amountOfProject = { on: '2026-02-01', amount: '50000.5', project: 'P1' }
export const amountAlone = { on: '2026-02-01', amount: '50000.50' }
export const commitment = { project: 'P1', item: 'B03', amount: '300000.00', on: '2026-02-01' }

export const queue = [
  { project: 'P1', priority: 2, need: '1000000.5' },
  { project: 'P2', priority: 1, need: '20' },
]
export const ofPlan = { district: '110102', year: '2026' }

export const wholePlan = {
  lines: [
    {
      line: 'CH',
      item: 'B02',
      contract: 'HT-1/1',
      ownership: 'private',
      quantity: 50,
      unitPrice: '840',
      amount: '42000.00',
      purpose: 'recurrent',
    },
    { line: 'DT', amount: '1200000.5' },
  ],
  shares: [
    {
      line: 'CH',
      source: 'F51',
      party: '某产权单位',
      dwelling,
      quantity: 1,
      indicator: 'SZ-2026',
      amount: '840',
    },
    { line: 'CH', source: 'F21', amount: '33600.00' },
  ],
  rebuild: {
    line: 'DT',
    source: 'F51',
    prices: { area: '5786', added: '12000.50' },
    dwellings: [{ dwelling, area: '60', added: '5.5' }],
  },
  fundBook: 'B',
  note: '第一稿',
}

export const row = {
  recipient: '110102',
  item: 'B03',
  part: '1号梯',
  area: '800000.50',
  households: 11_000,
  buildings: 220,
  communities: 35,
  coefficient: '1.20',
  performance: '0.95',
  reward: '1.1',
  cost: '1000000.00',
  pipelineCost: '50000',
  certificate: true,
  investment: '5000.00',
  ownersShare: '0.1',
  class: 'basic',
  amount: '640000.00',
}
export const weights = { area: '0.40', households: '0.2', buildings: '0.2', communities: '0.1', performance: '0.1' }
export const registry = {
  year: 2026,
  batch: 1,
  projects: ['P1', 'P2'],
  districts: [{ district: '110102', coefficient: '1.20', performance: '0.95', reward: '1.1' }, { district: '110105' }],
}
/** An allocation's content by rows, the registry, a standard, single weights, and with nothing that may be left out. */
export const contents = {
  byRows: {
    on: '2026-01-20',
    total: '1000000.00',
    formula: { weights, taskShare: '0.8', unit: '100.00', document: '分配办法' },
    rows: [row, { recipient: '110105', amount: '-5.5' }],
    document: '改造任务统计表',
    books: [{ district: '110102', book: 'A' }],
    note: '第一稿',
  },
  byRegistry: {
    on: '2026-01-20',
    formula: { variant: 'factor-2019', unit: '0.01' },
    registry,
    document: '改造任务统计表',
  },
  byStandard: {
    on: '2026-01-20',
    formula: { standard: '300', unit: '0.01', document: '补助标准' },
    registry: { districts: [{ district: '110102' }] },
    document: '改造任务统计表',
  },
  byOneWeight: {
    on: '2026-01-20',
    formula: { weights: { area: '1' }, document: '分配办法' },
    rows: [row],
    document: '改造任务统计表',
  },
  byAnother: {
    on: '2026-01-20',
    formula: { weights: { households: '1' }, document: '分配办法' },
    rows: [row],
    document: '改造任务统计表',
  },
  plain: {
    on: '2026-01-20',
    formula: { variant: 'factor-2019' },
    rows: [{ recipient: '110102' }],
    document: '改造任务统计表',
  },
}
export const ofAllocation = { allocation: 'FP-2026' }
export const allContents = Object.values(contents)

export const move = { ownership: 'central', on: '2026-03-06', document }
export const plainMove = { ownership: 'private', on: '2026-03-06', document: onlyNumber }
export const payment = { source: 'F51', dwelling, amount: '840.5', reference: '回单 1', on: '2026-03-06' }
