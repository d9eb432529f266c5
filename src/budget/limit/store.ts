/** The SQL behind what projects may be given: costs of the register, money assigned in the books, the plan in force. */
import type { Tx } from '../../base/db.ts'
import type { Fen } from '../../base/money.ts'
import { controlAccounts as control } from '../../ledger/charts/control-accounts.ts'
import { heldOfProject } from '../../ledger/balance.ts'
import type { ProjectMoney } from './limit.ts'
import { groupBy } from '../../base/arrays.ts'

const costText = `
  select i.project, i.item, i.cost_fen as "costFen" from project_item i where i.project = any($1::text[])
  union all
  select l.project, null, l.amount_fen from funding_plan f
  join funding_plan_line l on l.project = f.project and l.version = f.approved
  where f.project = any($1::text[]) and l.item is null`

/** A plan of nothing has a row too, without a source: that it is in force is what counts. */
const plannedText = `
  select f.project, s.source, coalesce(sum(s.amount_fen), 0) as "amountFen" from funding_plan f
  left join funding_plan_share s on s.project = f.project and s.version = f.approved
  where f.project = any($1::text[]) and f.approved is not null group by f.project, s.source`

/** Money of an indicator stands under a project as free, committed or paid; where it came from stands with it. */
const assignedText = `
  select p.project, a.source, sum(a.debit_fen - a.credit_fen) as "amountFen"
  from project p
  join (select distinct district, book from indicator) own on own.district in (p.district, $3)
  join book b on b.code = own.book
  cross join unnest($2::text[]) s(subject)
  cross join ${heldOfProject('b.book_id', 's.subject', 'p.project', `'infinity'::date`)} a
  where p.project = any($1::text[]) and a.indicator is not null
  group by p.project, a.source`

const assignedAccounts = [control.committable, control.committed, control.committedPaid]

type CostRow = { project: string; item: string | null; costFen: Fen }
type MoneyRow = { project: string; source: string | null; amountFen: Fen }

/**
 * What is known of projects, by code; `city` is the district code of the city, whose books hold money for all
 * districts. Who decides by it holds the projects: nothing is assigned to them meanwhile.
 */
export async function readProjectMoney(
  tx: Tx,
  projects: readonly string[],
  city: string,
): Promise<Map<string, ProjectMoney>> {
  const codes = [...new Set(projects)]
  const costs = groupBy(await tx.query<CostRow>(costText, [codes]), ofProject)
  const planned = groupBy(await tx.query<MoneyRow>(plannedText, [codes]), ofProject)
  const assigned = groupBy(await tx.query<MoneyRow>(assignedText, [codes, assignedAccounts, city]), ofProject)
  return new Map(
    codes.map((project) => [
      project,
      {
        project,
        costs: costs.get(project) ?? [],
        assigned: named(assigned.get(project) ?? []),
        planned: planned.has(project) ? named(planned.get(project) ?? []) : undefined,
      },
    ]),
  )
}

const named = (rows: readonly MoneyRow[]) =>
  rows.flatMap(({ source, amountFen }) => (source === null ? [] : [{ source, amountFen }]))

const ofProject = ({ project }: { readonly project: string }): string => project
