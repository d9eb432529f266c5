/** Examples of what is asked of scores, releases, approvals, persons and jobs. */
import { type Example, ofAllocation, sha256 } from './parts.ts'

export const releaseExamples = {
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
    { params: { id: 'A-1' }, body: { verdict: 'approve', hash: sha256 } },
    { params: { id: 'A-1' }, body: { verdict: 'withdraw', hash: sha256 } },
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
    {
      body: { delegate: 'sun', permission: 'approval.approve', from: '2026-03-01', to: '2026-03-31', reason: '出差' },
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
} satisfies Readonly<Record<string, readonly Example[]>>
