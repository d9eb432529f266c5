/** Examples of what is asked of special bonds. */
import type { Example } from './parts.ts'

const ofBond = { bond: 'ZQ-2023-1' }
const bond = {
  ...ofBond,
  book: 'B',
  programme: 'LJ2023',
  face: '54000000.00',
  rate: '0.0328',
  years: 20,
  purpose: '老旧小区改造配套设施',
  documentNumber: '京财债〔2023〕5号',
  on: '2023-03-20',
  coverage: {
    definition: '项目收入扣除运营成本后，对存续期内本息之比',
    horizon: 20,
    figures: [
      { year: 2024, revenue: '62465000.00', cost: '19270000' },
      { year: 2025, revenue: '62465000.5', cost: '19270000' },
    ],
  },
}

export const bondExamples = {
  planBond: [{ body: { ...bond, frequency: 2, feeRate: '0.000864' } }, { body: bond }],
  issueBond: [
    { params: ofBond, body: { start: '2023-03-27', rate: '0.0328', documentNumber: '京财债〔2023〕6号' } },
    { params: ofBond, body: { start: '2023-03-27', documentNumber: '京财债〔2023〕6号' } },
  ],
  allocateBond: [
    {
      params: ofBond,
      body: {
        from: '2023-03-27',
        documentNumber: '京财债〔2023〕7号',
        shares: [
          { project: 'P1', amount: '21500000.00' },
          { project: 'P2', amount: '32500000' },
        ],
      },
    },
  ],
  useBond: [
    {
      params: ofBond,
      body: {
        project: 'P1',
        item: 'B03',
        purpose: 'capital',
        amount: '1000000.5',
        on: '2023-06-01',
        documentNumber: '支付凭证 1',
      },
    },
    {
      params: ofBond,
      body: { project: 'P1', purpose: 'capital', amount: '20', on: '2023-06-01', documentNumber: '支付凭证 2' },
    },
  ],
  serviceBond: [
    { params: ofBond, body: { number: 1, step: 'set_aside', on: '2023-09-25', documentNumber: '还本付息通知 1' } },
  ],
} satisfies Readonly<Record<string, readonly Example[]>>
