/** Examples of what is asked of communities, projects and their plans of a year. */
import {
  type Example,
  buildings,
  community,
  dated,
  details,
  items,
  ofPlan,
  plainDetails,
  project,
  queue,
  sha256,
  since,
  works,
} from './parts.ts'

export const projectExamples = {
  registerCommunity: [
    { body: { community: 'XQ-1', district: '110102', ...community } },
    { body: { community: 'XQ-1', district: '110102', name: '一小区' } },
    { body: { community: 'XQ-1', district: '110102', ...community, ...since } },
    { body: { community: 'XQ-1', district: '110102', ...community, ...since, sha256 } },
  ],
  changeCommunity: [
    { params: { community: 'XQ-1' }, version: 1, body: community },
    { params: { community: 'XQ-1' }, version: 12, body: { name: '一小区' } },
    { params: { community: 'XQ-1' }, version: 1, body: { ...community, ...since } },
    { params: { community: 'XQ-1' }, version: 1, body: { ...community, ...since, sha256 } },
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
    { params: project, body: { on: '2026-03-01', ratio: '1.0', evidence: '监理月报', sha256 } },
  ],
  moveProject: [
    { params: project, version: 2, body: { to: 'withdrawn', reason: '规划调整' } },
    { params: project, version: 2, body: { to: 'under_way' } },
    { params: project, version: 2, body: { to: 'withdrawn', reason: '规划调整', ...dated } },
    { params: project, version: 2, body: { to: 'withdrawn', reason: '规划调整', ...dated, sha256 } },
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
} satisfies Readonly<Record<string, readonly Example[]>>
