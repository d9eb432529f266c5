/** Who changed what of a project, when. */
import type { Change, WholeProject } from '../api/operations.ts'
import { Moment } from '../style/time.tsx'
import { type Column, Table } from '../table/table.tsx'

const columns: readonly Column<Change>[] = [
  { key: 'version', title: '版本', kind: 'count', total: false, value: ({ version }) => version },
  { key: 'at', title: '时刻', value: ({ at }) => at, show: ({ at }) => <Moment at={at} /> },
  { key: 'person', title: '办理', value: ({ person }) => person },
  { key: 'verb', title: '事项', value: ({ verb }) => verb },
  { key: 'body', title: '内容', value: ({ body }) => textOf(body) },
]

/** Content as people read it: fields and values, without brackets. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.length > 3 ? `${value.length} 项` : value.map(textOf).join('、')
  if (value !== null && typeof value === 'object')
    return Object.entries(value)
      .filter(([, part]) => part !== null)
      .map(([name, part]) => `${name} ${textOf(part)}`)
      .join('；')
  return String(value)
}

export const ProjectHistory = ({ project }: { project: WholeProject }) => (
  <div className="card">
    <Table
      label="变更记录"
      columns={columns}
      rows={project.history.toReversed()}
      rowKey={({ version, verb, at }) => `${version} ${verb} ${at}`}
      empty="没有变更。"
      file={`变更-${project.project}`}
    />
  </div>
)
