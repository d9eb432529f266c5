/** What a copy of our schema consists of, asked of the catalogue: tables, columns, order, sequences, roles. */
import type { Tx } from '../../db.ts'
import type { End, Membership, Role, Start } from './file.ts'

export const ours = ['yiben_owner', 'yiben_migrator', 'yiben_app', 'yiben_auditor']

export type Shape = { readonly name: string; readonly columns: readonly string[]; readonly order: string }

/**
 * The tables with the columns that are kept and not computed, and the order that gives the same rows the same bytes on
 * any server: by their key, whatever the collation. A table stands behind those its rows refer to. What ran of the
 * migrations is not among them: a restore runs them.
 */
export async function shapesOf(sql: Tx): Promise<Shape[]> {
  const rows = await sql.query<{ name: string; columns: string[]; order: string }>(`
    select c.relname as name,
      (select array_agg(a.attname::text order by a.attnum) from pg_attribute a
       where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
      (select string_agg(quote_ident(a.attname) || case when a.attcollation <> 0 then ' collate "C"' else '' end, ', ' order by k.place)
       from pg_index i cross join unnest(i.indkey) with ordinality k (attnum, place)
       join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
       where i.indrelid = c.oid and i.indisprimary) as "order"
    from pg_class c where c.relnamespace = to_regnamespace('yiben') and c.relkind = 'r' and c.relname <> 'migration'
    order by c.relname collate "C"`)
  const order = await inOrderOfReference(
    sql,
    rows.map(({ name }) => name),
  )
  return rows.map((row) => ({ ...row })).toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
}

/** Names in the order in which the rows of one may refer to those of others. */
async function inOrderOfReference(sql: Tx, names: readonly string[]): Promise<string[]> {
  const rows = await sql.query<{ of: string; to: string }>(`
    select o.relname as of, t.relname as to from pg_constraint c join pg_class o on o.oid = c.conrelid join pg_class t on t.oid = c.confrelid
    where c.contype = 'f' and c.connamespace = to_regnamespace('yiben') and c.conrelid <> c.confrelid
    order by o.relname, t.relname`)
  const placed = new Set<string>()
  const place = (name: string): void => {
    if (placed.has(name)) return
    for (const { of, to } of rows) if (of === name) place(to)
    placed.add(name)
  }
  for (const name of names) place(name)
  return [...placed]
}

export async function migrationsOf(sql: Tx): Promise<Start['migrations']> {
  const rows = await sql.query<{ hash: string; when: string }>(`
    select hash, created_at::text as when from yiben.migration order by created_at`)
  return rows.map((row) => ({ ...row }))
}

export async function sequencesOf(sql: Tx): Promise<End['sequences']> {
  const names = await sql.query<{ name: string }>(`
    select relname as name from pg_class where relnamespace = to_regnamespace('yiben') and relkind = 'S' and relname <> 'migration_id_seq'
    order by relname`)
  const found: End['sequences'] = []
  for (const { name } of names) {
    const [row] = await sql.query<{ last: string; called: boolean }>(`
      select last_value::text as last, is_called as called from yiben."${name}"`)
    if (row) found.push({ name, ...row })
  }
  return found
}

/** Logins and groups that reach our roles, without passwords and never a superuser. */
export async function rolesOf(sql: Tx): Promise<{ roles: Role[]; memberships: Membership[] }> {
  const memberships = await sql.query<Membership>(
    `
    with recursive reached as (
      select m.roleid, m.member from pg_auth_members m join pg_roles r on r.oid = m.roleid where r.rolname = any($1)
      union select m.roleid, m.member from pg_auth_members m join reached on m.roleid = reached.member)
    select r.rolname as role, p.rolname as member, bool_or(m.admin_option) as admin, bool_or(m.inherit_option) as inherit,
      bool_or(m.set_option) as set
    from reached join pg_auth_members m using (roleid, member) join pg_roles r on r.oid = m.roleid join pg_roles p on p.oid = m.member
    where not p.rolsuper and p.rolname <> all($1) group by 1, 2 order by 1, 2`,
    [ours],
  )
  const names = [...new Set(memberships.map(({ member }) => member))]
  const roles = await sql.query<Role>(
    `
    select rolname as name, rolcanlogin as login, rolinherit as inherit, rolconnlimit as connections,
      rolvaliduntil::text as until, coalesce(rolconfig, '{}')::text[] as settings
    from pg_roles where rolname = any($1) order by rolname`,
    [names],
  )
  return { roles: roles.map((row) => ({ ...row })), memberships: memberships.map((row) => ({ ...row })) }
}
