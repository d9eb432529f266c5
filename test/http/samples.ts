/**
 * A request of every verb that takes an idempotency key, by the id of its route: first with everything its form
 * knows, then with nothing that may be left out, and one for every variant that excludes another. They are well
 * formed; whether the books would take them depends on the books, except for the entries, which are posted in this
 * order into books A and B, with an attachment in A.
 */
import type { Json } from '../../src/base/json.ts'

export type Sample = {
  /** By their names in the path. */
  readonly params?: Readonly<Record<string, string>>
  /** The version named in If-Match, of routes that take one. */
  readonly version?: number
  /** Absent where the form lets the body be absent. */
  readonly body?: Readonly<Record<string, Json>>
}

/** The original that two entries refer to, and its hash. */
export const attachment = '京财建〔2026〕1号'
export const attachmentHash = '420b1778b4c6c8487a4a25575d7295813f1b90e369d56790016ae13449b5e4bf'

const sha256 = 'ab'.repeat(32)
const document = { number: '监理〔2026〕1号', title: '第一期进度款', sha256 }
const onlyNumber = { number: '监理〔2026〕2号' }
const dwelling = { community: 'XQ-1', building: '1', dwelling: '101' }
const project = { project: 'P1' }

const dimensions = {
  project: 'P1',
  source: 'F21',
  counterparty: '北京某某建设（集团）有限公司',
  item: 'B03',
  contract: 'HT-1',
  dwelling: 'XQ-1/1/101',
  indicator: 'SZ-2026',
  segment: '一标段',
}
const wholeEntry = {
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
const plainEntry = (amount: string) => ({
  on: '2026-03-06',
  summary: '下达授权支付额度',
  lines: [
    { account: '1011', debit: amount, project: 'P1', source: 'F21' },
    { account: '4001', credit: amount, project: 'P1', source: 'F21' },
  ],
})

const details = {
  name: '一小区综合整治',
  implementer: '某街道办事处',
  book: 'A',
  planBook: 'B',
  bundle: 'DK-1',
  householdsBefore: 20,
  householdsAfter: 19,
  addedArea: '120.5',
}
const plainDetails = { name: '一小区综合整治', implementer: '某街道办事处' }
const buildings = [
  { community: 'XQ-1', building: '1' },
  { community: 'XQ-1', building: '2' },
]
const items = [
  { item: 'B03', quantity: '2部', cost: '1200000.00' },
  { item: 'B02', cost: '42000' },
]
const works = { item: 'B03', ...dwelling }

const dated = { on: '2026-03-01', document: '会议纪要〔2026〕3号' }
const since = { ownersBodyOn: '2026-03-01', trustServiceOn: '2026-03-02', document: dated.document }
const community = {
  name: '一小区',
  builtYear: 1985,
  ownersBody: true,
  trustService: true,
  fundPromisedOn: '2025-12-01',
}

const indicator = {
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
const ofIndicator = { indicator: 'SZ-2026' }
const amountOfProject = { on: '2026-02-01', amount: '50000.5', project: 'P1' }
const amountAlone = { on: '2026-02-01', amount: '50000.50' }
const commitment = { project: 'P1', item: 'B03', amount: '300000.00', on: '2026-02-01' }

const queue = [
  { project: 'P1', priority: 2, need: '1000000.5' },
  { project: 'P2', priority: 1, need: '20' },
]
const ofPlan = { district: '110102', year: '2026' }

const wholePlan = {
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

const row = {
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
const weights = { area: '0.40', households: '0.2', buildings: '0.2', communities: '0.1', performance: '0.1' }
const registry = {
  year: 2026,
  batch: 1,
  projects: ['P1', 'P2'],
  districts: [{ district: '110102', coefficient: '1.20', performance: '0.95', reward: '1.1' }, { district: '110105' }],
}
/** An allocation's content by rows, the registry, a standard, single weights, and with nothing that may be left out. */
const contents = {
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
const ofAllocation = { allocation: 'FP-2026' }
const allContents = Object.values(contents)

const move = { ownership: 'central', on: '2026-03-06', document }
const plainMove = { ownership: 'private', on: '2026-03-06', document: onlyNumber }
const payment = { source: 'F51', dwelling, amount: '840.5', reference: '回单 1', on: '2026-03-06' }

export const samples = {
  postEntry: [
    { params: { book: 'A' }, body: wholeEntry },
    { params: { book: 'A' }, body: plainEntry('12.5') },
  ],
  postBatch: [
    {
      params: { book: 'A' },
      body: {
        entries: [
          { key: 'batch-1', ...wholeEntry },
          { key: 'batch-2', ...plainEntry('7.00') },
        ],
        atomic: true,
      },
    },
    { params: { book: 'A' }, body: { entries: [{ key: 'batch-3', ...plainEntry('8.00') }] } },
  ],
  postTransaction: [
    {
      body: {
        entries: [
          { book: 'A', ...wholeEntry },
          { book: 'B', ...plainEntry('9') },
        ],
      },
    },
  ],
  proposeTakeOver: [
    {
      body: {
        book: 'A',
        on: '2026-03-01',
        summary: '从原软件接转',
        documents: [{ number: '京财建〔2026〕88号', title: '原账套余额表', sha256: attachmentHash }],
        indicators: [
          {
            indicator: 'QX-2026',
            documentNumber: '京财建指〔2026〕18号',
            level: 'municipal',
            source: 'F21',
            year: 2026,
            programme: 'LJ2026',
            purpose: '老旧小区改造补助',
            payment: 'authorised',
          },
        ],
        balances: [
          { account: '1011', debit: '1000.5', memo: '额度', ...dimensions },
          { account: '4001', credit: '1000.50', project: 'P1', source: 'F21' },
        ],
        batches: [{ project: 'P1', year: 2026, batch: 1, on: '2026-02-10', document: '京财建〔2026〕88号' }],
        plans: [{ project: 'P1', version: 1, on: '2026-02-20', document: '京财建〔2026〕88号' }],
        states: [{ project: 'P1', to: 'under_way', on: '2026-02-28', document: '京财建〔2026〕88号' }],
      },
    },
    {
      body: {
        book: 'B',
        on: '2026-03-01',
        summary: '只接转余额',
        documents: [{ number: 'N-1', sha256 }],
        balances: [
          { account: '101', debit: '1.00', project: 'P1', source: 'F40' },
          { account: '201', credit: '1.00' },
        ],
      },
    },
    {
      body: {
        book: 'B',
        on: '2026-03-01',
        summary: '只接转方案',
        documents: [{ number: 'N-1', sha256 }],
        plans: [{ project: 'P1', version: 1, on: '2026-02-20', document: 'N-1' }],
      },
    },
  ],
  makeVoucher: [
    {
      body: {
        book: 'A',
        on: '2026-03-05',
        type: '转账',
        summary: '下达授权支付额度',
        documents: [{ number: 'N-1', title: '通知', sha256: attachmentHash }, { number: 'N-2' }, { title: '通知' }],
        lines: [
          { account: '1011', debit: '1000.5', memo: '额度', ...dimensions },
          { account: '4001', credit: '1000.50', project: 'P1', source: 'F21' },
        ],
      },
    },
    {
      body: {
        book: 'A',
        on: '2026-03-05',
        summary: '收到额度',
        forms: [
          { template: 'J02', amount: '12.5', memo: '额度', ...dimensions },
          { template: 'J02', amount: '1.00', project: 'P1', source: 'F21' },
          { template: 'J09', amount: '1.00' },
        ],
      },
    },
    {
      body: {
        book: 'B',
        on: '2026-03-05',
        summary: '没有项目的一行',
        lines: [
          { account: '1011', debit: '1.00' },
          { account: '4001', credit: '1.00' },
        ],
      },
    },
    { body: { on: '2026-03-07', reverses: 'E1-1', reason: '重复记账' } },
  ],
  // The transaction is one that was posted: its number is put in its place.
  reverseTransaction: [{ params: { id: 'posted' }, body: { on: '2026-03-07', reason: '重复记账' } }],
  correctEntry: [
    { params: { id: 'E1-2' }, body: { on: '2026-03-07', reason: '金额有误', entry: wholeEntry } },
    { params: { id: 'E1-3' }, body: { on: '2026-03-07', reason: '金额有误', entry: plainEntry('8.00') } },
  ],
  reverseEntry: [{ params: { id: 'E1-1' }, body: { on: '2026-03-07', reason: '重复记账' } }],

  registerCommunity: [
    { body: { community: 'XQ-1', district: '110102', ...community } },
    { body: { community: 'XQ-1', district: '110102', name: '一小区' } },
    { body: { community: 'XQ-1', district: '110102', ...community, ...since } },
  ],
  changeCommunity: [
    { params: { community: 'XQ-1' }, version: 1, body: community },
    { params: { community: 'XQ-1' }, version: 12, body: { name: '一小区' } },
    { params: { community: 'XQ-1' }, version: 1, body: { ...community, ...since } },
  ],
  changeBuildings: [
    {
      params: { community: 'XQ-1' },
      version: 1,
      body: {
        buildings: [
          { building: '1', name: '1号楼', floors: 6 },
          { building: '2', name: '2号楼' },
        ],
        dwellings: [
          { building: '1', dwelling: '101', area: '60', ownership: 'private' },
          { building: '1', dwelling: '102', area: '60.5', ownership: 'central' },
        ],
        remove: [{ building: '3', dwelling: '101' }, { building: '4' }],
      },
    },
    { params: { community: 'XQ-1' }, version: 1, body: {} },
  ],

  registerBundle: [{ body: { bundle: 'DK-1', district: '110102', name: '一期打捆' } }],
  registerProject: [
    { body: { ...project, district: '110102', kind: 'rebuild', ...details, buildings, items } },
    { body: { ...project, district: '110102', kind: 'single', ...plainDetails } },
  ],
  changeProject: [
    { params: project, version: 1, body: details },
    { params: project, version: 1, body: plainDetails },
  ],
  changeCoverage: [
    { params: project, version: 1, body: { buildings } },
    { params: project, version: 1, body: { buildings: [] } },
  ],
  changeItems: [
    { params: project, version: 1, body: { items } },
    { params: project, version: 1, body: { items: [] } },
  ],
  recordDocument: [
    {
      params: project,
      body: {
        kind: 'waiver',
        number: '签〔2026〕1号',
        on: '2026-03-01',
        sha256,
        communities: ['XQ-1'],
        items: [works, { item: 'B02' }],
      },
    },
    { params: project, body: { kind: 'handover', number: '移〔2026〕1号', on: '2026-03-01' } },
  ],
  recordUnfinished: [
    { params: project, body: { ...works, cause: 'household_refused', reason: '住户不同意', cost: '840.5' } },
    { params: project, body: { item: 'B03', cause: 'objective', reason: '管线冲突', cost: '1000' } },
  ],
  reportProgress: [
    { params: project, body: { on: '2026-03-01', ratio: '0.45', value: '540000.5', evidence: '监理月报' } },
    { params: project, body: { on: '2026-03-01', ratio: '1.0', evidence: '监理月报' } },
  ],
  moveProject: [
    { params: project, version: 2, body: { to: 'withdrawn', reason: '规划调整' } },
    { params: project, version: 2, body: { to: 'under_way' } },
    { params: project, version: 2, body: { to: 'withdrawn', reason: '规划调整', ...dated } },
  ],

  makePlan: [
    { body: { district: '110102', year: 2026, capacity: '180000000', queue } },
    { body: { district: '110102', year: 2026, capacity: '0' } },
  ],
  changePlan: [
    { params: ofPlan, version: 1, body: { capacity: '180000000.00', queue } },
    { params: ofPlan, version: 1, body: { capacity: '0.5' } },
  ],
  fixBatch: [
    { params: { ...ofPlan, batch: '1' }, version: 1, body: { mode: 'fill' } },
    { params: { ...ofPlan, batch: '1' }, version: 1, body: { mode: 'fill', ...dated } },
  ],

  registerIndicator: [
    { body: { ...indicator, expected: '1200000', parent: 'ZY-2026' } },
    { body: { ...indicator, payment: 'direct' } },
    { body: { ...indicator, confirmed: ['looks_repeated'] } },
  ],
  settleEarlyNotice: [
    { params: ofIndicator, body: { final: '1100000', documentNumber: '京财建指〔2026〕9号', on: '2026-03-01' } },
  ],
  assignIndicator: [
    {
      params: ofIndicator,
      body: {
        on: '2026-02-01',
        shares: [
          { project: 'P2', amount: '20000.5' },
          { project: 'P1', amount: '10000' },
        ],
      },
    },
  ],
  issueQuota: [
    { params: ofIndicator, body: amountOfProject },
    { params: ofIndicator, body: amountAlone },
  ],
  commitCarryOver: [{ params: { book: 'A', year: '2025' }, body: { hash: 'cd'.repeat(32) } }],
  renewIndicator: [{ params: ofIndicator, body: { on: '2027-01-05' } }],
  reinstateIndicator: [
    { params: ofIndicator, body: amountOfProject },
    { params: ofIndicator, body: amountAlone },
  ],
  planCash: [
    {
      params: { book: 'A' },
      body: {
        programme: 'LJ2026',
        source: 'F21',
        month: '2026-02',
        documentNumber: '用款〔2026〕2号',
        amount: '600000',
      },
    },
  ],
  makeCommitment: [
    { body: { ...commitment, contract: 'HT-1', indicator: 'SZ-2026' } },
    { body: { ...commitment, source: 'F51' } },
  ],
  releaseCommitment: [
    { params: { id: 'C-1' }, body: { amount: '100000.5', on: '2026-03-01', reason: '合同变更' } },
    { params: { id: 'C-1' }, body: { on: '2026-03-01', reason: '合同解除' } },
  ],

  draftAllocation: allContents.map((content, index) => ({
    body: {
      ...ofAllocation,
      ...ofIndicator,
      recipients: index % 2 === 0 ? 'districts' : 'projects',
      ...content,
    },
  })),
  redraftAllocation: allContents.map((body) => ({ params: ofAllocation, version: 3, body })),
  supplementAllocation: allContents.map((body) => ({
    params: ofAllocation,
    body: { allocation: 'FP-2026-补', ...body },
  })),
  submitAllocation: [
    { params: ofAllocation, version: 3, body: {} },
    { params: ofAllocation, version: 3 },
  ],

  draftFundingPlan: [
    { params: project, body: wholePlan },
    { params: project, body: { lines: [{ line: 'DT', amount: '1200000.50' }], shares: [] } },
  ],
  submitFundingPlan: [{ params: { ...project, version: '2' }, body: {} }, { params: { ...project, version: '2' } }],
  submitFundingPlans: [
    {
      body: {
        plans: [
          { project: 'P2', version: 1 },
          { project: 'P1', version: 2 },
        ],
      },
    },
  ],
  changeScope: [
    { params: project, body: { line: 'CH', waivers: [{ dwelling, quantity: 1 }], note: '住户不同意' } },
    { params: project, body: { line: 'CH', waivers: [{ dwelling, quantity: 1 }] } },
  ],

  setOwnership: [
    {
      params: project,
      body: {
        channels: [
          { ownership: 'central', source: 'F10', party: '某部机关服务局', area: '4128.36' },
          { ownership: 'private', source: 'F21', area: '3305.9' },
        ],
        document,
      },
    },
    { params: project, body: { channels: [{ ownership: 'private', source: 'F21' }], document: onlyNumber } },
    { params: project, body: { channels: [{ ownership: 'private', source: 'F21' }] } },
  ],
  shareCertificate: [
    {
      params: project,
      body: { certificate: 'JL-1', contract: 'HT-1', amount: '1000000', on: '2026-03-05', document },
    },
    { params: project, body: { certificate: 'JL-2', amount: '0.5', on: '2026-03-05', document: onlyNumber } },
    {
      params: project,
      body: { certificate: 'JL-3', amount: '1', on: '2026-03-05', document: onlyNumber, confirmed: ['looks_repeated'] },
    },
  ],
  payShare: [
    { params: project, body: { ...move, source: 'F10', amount: '400000' } },
    { params: project, body: { ...plainMove, source: 'F21' } },
  ],
  receiveFromUnit: [
    { params: project, body: { ...move, source: 'F10', amount: '12363.02' } },
    { params: project, body: { ...plainMove, source: 'F21', amount: '1' } },
  ],
  submitAdvance: [
    { params: project, body: { ...move, payer: 'F21', amount: '12363.02', reason: '中央资金未到位' } },
    { params: project, body: { ...plainMove, payer: 'F10', amount: '1', reason: '中央资金未到位' } },
  ],
  recoverAdvance: [
    { params: project, body: { ...move, payer: 'F21', amount: '12363.02' } },
    { params: project, body: { ...plainMove, payer: 'F10', amount: '1' } },
  ],
  receiveContribution: [
    { params: project, body: payment },
    { params: project, body: { source: 'F51', amount: '840.50', reference: '回单 2', on: '2026-03-06' } },
  ],
  matchContribution: [{ params: project, body: { receipt: 2, dwelling, reference: '认领 1', on: '2026-03-07' } }],
  refundContribution: [{ params: project, body: payment }],

  enterScore: [
    {
      params: { quarter: '2026Q1' },
      body: {
        district: '110102',
        indicator: 'satisfaction',
        value: '0.950',
        document: '调查报告〔2026〕1号',
        sha256,
        sampleSize: 500,
      },
    },
    {
      params: { quarter: '2026Q1' },
      body: {
        district: '110102',
        indicator: 'integrity',
        value: '1',
        document: '检查结论〔2026〕1号',
        sha256,
        sampleSize: 40,
        corrects: 2,
      },
    },
  ],
  computeScore: [
    { params: { quarter: '2026Q1', district: '110102' }, body: {} },
    { params: { quarter: '2026Q1', district: '110102' } },
  ],
  draftRelease: [
    { body: { ...ofAllocation, district: '110102', tranche: 1, amount: '500000.5', on: '2026-02-10' } },
    { body: { ...ofAllocation, district: '110102', tranche: 2, amount: '1' } },
  ],
  requestClawback: [
    {
      params: { id: 'R-1' },
      body: { cause: 'score_corrected', document: '更正通知〔2026〕1号', sha256, reason: '满意度复核' },
    },
    { params: { id: 'R-1' }, body: { cause: 'audit_finding', document: '审计意见〔2026〕1号', reason: '审计意见' } },
    {
      params: { id: 'R-1' },
      body: { ground: 'finding', cause: 'audit_finding', amount: '5', document: '审计决定〔2026〕1号', reason: '挪用' },
    },
    { params: { id: 'R-1' }, body: { ground: 'error', document: '更正通知〔2026〕1号', reason: '错拨' } },
  ],
  settleClaim: [{ params: { clawback: 'B-1' }, body: { way: 'money', amount: '5', document: '缴款书1号' } }],
  askEarlyDisbursement: [
    { params: { quarter: '2026Q1' }, body: { run: 2 } },
    { params: { quarter: '2026Q1' }, body: {} },
    { params: { quarter: '2026Q1' } },
  ],

  decideApproval: [
    { params: { id: 'A-1' }, body: { verdict: 'reject', hash: sha256, reason: '依据不足', actingFor: 'li' } },
    { params: { id: 'A-1' }, body: { verdict: 'check', hash: sha256 } },
  ],
  makeDelegation: [
    {
      body: {
        delegate: 'sun',
        permission: 'approval.check',
        from: '2026-03-01',
        to: '2026-03-31',
        reason: '出差',
      },
    },
  ],
  requestReopening: [{ params: { book: 'A', period: '2026-03' }, body: { reason: '漏记' } }],
  registerPerson: [{ body: { id: 'sun', name: '孙一' } }],
  giveDuty: [
    { params: { person: 'sun' }, body: { role: 'finance_maker', district: '110102' } },
    { params: { person: 'sun' }, body: { role: 'finance_maker' } },
  ],
  endDuty: [{ params: { person: 'sun', duty: '1' }, body: {} }, { params: { person: 'sun', duty: '1' } }],
  revokeToken: [{ params: { id: '1' }, body: {} }, { params: { id: '1' } }],
  disablePerson: [{ params: { person: 'sun' }, body: {} }, { params: { person: 'sun' } }],
  endDelegation: [{ params: { id: '1' }, body: {} }, { params: { id: '1' } }],

  askForJob: [{ body: { name: 'checks', key: '2026-03-01', payload: { on: '2026-03-01' } } }],
  retryJob: [{ params: { id: '1' }, body: {} }, { params: { id: '1' } }],

  cancelJob: [{ params: { id: '1' }, body: { reason: '不再需要' } }],
} satisfies Readonly<Record<string, readonly Sample[]>>
