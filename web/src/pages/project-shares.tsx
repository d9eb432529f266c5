/** Whose the buildings are and through which channel each pays; what owners have paid in. */
import type { WholeProject } from '../api/operations.ts'
import { useRead } from '../api/read.ts'
import { problemOf } from '../api/problem.ts'
import { ProblemNote } from '../form/problem-note.tsx'
import { Money } from '../style/unit.tsx'
import { Table } from '../table/table.tsx'
import { useTerms } from '../terms.ts'

export function ProjectShares({ project }: { project: WholeProject }) {
  return (
    <>
      <Ownership project={project} />
      <Contributions project={project} />
    </>
  )
}

function Ownership({ project: { project } }: { project: WholeProject }) {
  const { name, both } = useTerms()
  const { data, error } = useRead('readOwnership', { path: { project } }, { staleTime: 0 })
  return (
    <section className="card" aria-label="产权与出资渠道">
      <h2>产权与出资渠道</h2>
      {error && problemOf(error).code === 'ownership_not_set' && <p className="empty">此项目尚未登记产权分摊。</p>}
      {error && problemOf(error).code !== 'ownership_not_set' && <ProblemNote error={error} />}
      {data && (
        <Table
          label="产权与出资渠道"
          columns={[
            { key: 'ownership', title: '产权', value: (row) => name('ownerships', row.ownership) },
            {
              key: 'area',
              title: '面积（㎡）',
              value: ({ areaDm2 }) => `${BigInt(areaDm2) / 100n}.${areaDm2.slice(-2).padStart(2, '0')}`,
            },
            { key: 'source', title: '来源', value: ({ source }) => both('sources', source) },
            { key: 'party', title: '单位', value: ({ party }) => party ?? '' },
          ]}
          rows={data.channels}
          rowKey={(row) => `${row.ownership} ${row.source} ${row.party}`}
          empty="没有出资渠道。"
          whole
        />
      )}
    </section>
  )
}

function Contributions({ project: { project } }: { project: WholeProject }) {
  const { data, error, refetch } = useRead('readContributions', { path: { project } })
  return (
    <section className="card" aria-label="居民出资">
      <h2>居民出资</h2>
      {data && (
        <p className="note">
          待查收款 <Money amount={data.suspense} />
        </p>
      )}
      <Table
        label="居民出资"
        columns={[
          {
            key: 'dwelling',
            title: '房屋',
            value: ({ dwelling }) => Object.values(dwelling).join(' '),
          },
          { key: 'due', title: '应缴', kind: 'amount', value: ({ due }) => due },
          { key: 'paid', title: '已缴', kind: 'amount', value: ({ paid }) => paid },
          { key: 'excess', title: '多缴', kind: 'amount', value: ({ excess }) => excess },
        ]}
        rows={data?.dwellings}
        rowKey={({ dwelling }) => Object.values(dwelling).join(' ')}
        error={error}
        retry={() => void refetch()}
        empty="没有应由居民缴纳的款项。"
        file={`居民出资-${project}`}
        totals
      />
    </section>
  )
}
