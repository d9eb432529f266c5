/** Examples of what is asked of books. */
import { type Example, attachmentHash, dimensions, plainEntry, sha256, wholeEntry } from './parts.ts'

export const bookExamples = {
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
} satisfies Readonly<Record<string, readonly Example[]>>
