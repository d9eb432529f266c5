/** Reading how the common cost of a project is split among its owners, for whoever may see the project. */
import { type Actor, demand } from '../../access/actor.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { readProject } from '../../projects/project/store.ts'
import { refuse } from '../refusals.ts'
import {
  type CertificateRow,
  certificatesOf,
  channelStandings,
  type ChannelStanding,
  ownershipScheme,
  type OwnershipScheme,
} from './store.ts'

export type OwnershipRead = {
  readonly scheme: OwnershipScheme
  readonly standings: readonly ChannelStanding[]
  /** In the order they were split. */
  readonly certificates: readonly CertificateRow[]
}

/**
 * The split in force, where each class's part stands, and the certificates. Refuses `permission_denied`,
 * `project_not_found`, `ownership_not_set`.
 */
export async function showOwnership(
  { database: { sql } }: Ledger,
  actor: Actor,
  project: string,
): Promise<OwnershipRead> {
  demand(actor, 'project.read')
  await readProject(sql, actor, project)
  const scheme = await ownershipScheme(sql, project)
  if (!scheme) throw refuse('ownership_not_set', { project })
  const standings = await channelStandings(sql, project)
  return { scheme, standings, certificates: await certificatesOf(sql, project) }
}
