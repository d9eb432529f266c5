/** Examples of what is asked of appropriation lines, allocations, funding plans and payments. */
import {
  type Example,
  allContents,
  amountAlone,
  amountOfProject,
  commitment,
  document,
  dwelling,
  indicator,
  move,
  ofAllocation,
  ofIndicator,
  onlyNumber,
  payment,
  plainMove,
  project,
  wholePlan,
} from './parts.ts'

export const moneyExamples = {
  takeWithdrawal: [
    {
      body: {
        project: 'P1',
        dwelling,
        purpose: 'elevator',
        way: 'payer',
        on: '2026-03-05',
        book: 'BG-1',
        applicants: [
          { relation: 'self', balance: '25000.35', requested: '25000.35' },
          { relation: 'spouse', balance: '40000', requested: '13499.65' },
        ],
        documents: [document],
      },
    },
    {
      body: {
        project: 'P1',
        dwelling,
        purpose: 'rebuild',
        way: 'supervised',
        on: '2026-03-05',
        book: 'BG-1',
        applicants: [{ relation: 'self', balance: '1', requested: '1' }],
        documents: [onlyNumber],
      },
    },
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
} satisfies Readonly<Record<string, readonly Example[]>>
