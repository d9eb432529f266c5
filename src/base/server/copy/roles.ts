/** The logins and groups that read and work in our database, made again where they are not there. */
import { sqlState, type Tx } from '../../db.ts'
import { BackupFault, type Membership, type Role, type Start } from './file.ts'

/**
 * Inside the transaction of a restore, as the login itself. A role that is there keeps what it has; passwords are in
 * no back-up, so whoever is made here logs in once he was given one. Answers the names of those that were made.
 */
export async function addRoles(own: Tx, { roles, memberships }: Pick<Start, 'roles' | 'memberships'>) {
  const there = await own.query<{ name: string }>('select rolname as name from pg_roles where rolname = any($1)', [
    roles.map(({ name }) => name),
  ])
  const missing = roles.filter(({ name }) => there.every((role) => role.name !== name))
  const added = new Set(missing.map(({ name }) => name))
  const grants = memberships.filter(({ member }) => added.has(member))
  try {
    for (const role of missing) await makeRole(own, role)
    for (const grant of grants)
      await own.query(grantText(await quoted(own, grant.role), await quoted(own, grant.member), grant))
  } catch (error) {
    if (sqlState(error) !== '42501') throw error
    const names = [...added].join(', ')
    throw new BackupFault(
      `登录名无权建立备份中的角色 ${names}，未恢复任何内容。请由管理员先建立它们（create role …），或给登录名 createrole`,
      `the login may not make the roles of the back-up (${names}), nothing was restored: let an administrator make them first, or give the login CREATEROLE`,
    )
  }
  return [...added]
}

async function makeRole(own: Tx, { name, login, inherit, connections, until, settings }: Role): Promise<void> {
  const role = await quoted(own, name)
  const valid = until === null ? '' : ` valid until ${await literal(own, until)}`
  await own.query(
    `create role ${role} ${login ? 'login' : 'nologin'} ${inherit ? 'inherit' : 'noinherit'} connection limit ${connections}${valid}`,
  )
  for (const setting of settings) {
    const [parameter = '', ...rest] = setting.split('=')
    // Set here for this transaction and taken from it: so a value that is a list is read as the server writes it.
    const [before] = await own.query<{ value: string | null }>('select current_setting($1, true) as value', [parameter])
    await own.query('select set_config($1, $2, true)', [parameter, rest.join('=')])
    await own.query(`alter role ${role} set ${await quoted(own, parameter)} from current`)
    await own.query('select set_config($1, $2, true)', [parameter, before?.value ?? ''])
  }
}

const grantText = (role: string, member: string, { admin, inherit, set }: Membership): string =>
  `grant ${role} to ${member} with admin ${admin}, inherit ${inherit}, set ${set}`

async function quoted(own: Tx, name: string): Promise<string> {
  const [row] = await own.query<{ word: string }>('select quote_ident($1) as word', [name])
  return row?.word ?? ''
}

async function literal(own: Tx, value: string): Promise<string> {
  const [row] = await own.query<{ word: string }>('select quote_literal($1) as word', [value])
  return row?.word ?? ''
}
