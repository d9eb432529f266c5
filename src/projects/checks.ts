/**
 * The register checked again, by plain SQL over its rows and nothing of the code that writes them: totals of buildings,
 * who stands in which batch, what the batches need, and that every change left its record. Each query gives the faults
 * in words.
 */
import { byQuery, type Check } from '../base/check.ts'

export const projectChecks: readonly Check[] = [
  {
    check: 'standings_recorded',
    zh: '项目状态、所在批次和小区长效机制的现状与逐日记录的最后一条一致',
    en: 'where projects and communities stand is the last of what was recorded of them, day by day',
    run: byQuery(
      'project_standing',
      `select 'project ' || p.project || ' is ' || p.state || ' since ' || p.state_on || ', recorded ' || coalesce(s.state || ' since ' || s.on_day, 'nothing') as fault
       from project p left join lateral (
         select * from project_standing s where s.project = p.project order by s.sequence desc limit 1) s on true
       where (s.state, s.on_day, s.year, s.batch) is distinct from (p.state, p.state_on, p.year, p.batch)
       union all
       select 'community ' || c.community || ' stands otherwise than was recorded last' from community c left join lateral (
         select * from community_standing s where s.community = c.community order by s.sequence desc limit 1) s on true
       where (s.owners_body, s.owners_body_on, s.trust_service, s.trust_service_on)
         is distinct from (c.owners_body, c.owners_body_on, c.trust_service, c.trust_service_on)`,
    ),
  },
  {
    check: 'buildings_total_their_dwellings',
    zh: '各楼栋的户数和各类产权面积等于其房屋合计',
    en: 'households and areas of a building are those of its dwellings',
    run: byQuery(
      'building',
      `select 'building ' || b.community || ' ' || b.building || ' says ' || b.households || ' households and ' || b.area_dm2
         || ' dm², its dwellings ' || coalesce(d.households, 0) || ' and ' || coalesce(d.area, 0) as fault
       from building b
       left join (
         select community, building, count(*) as households, sum(area_dm2) as area,
                sum(area_dm2) filter (where ownership = 'private') as private,
                sum(area_dm2) filter (where ownership = 'central') as central,
                sum(area_dm2) filter (where ownership = 'municipal_soe') as municipal_soe,
                sum(area_dm2) filter (where ownership = 'district_soe') as district_soe,
                sum(area_dm2) filter (where ownership = 'public_rental') as public_rental
         from dwelling group by community, building) d using (community, building)
       where (b.households, b.private_dm2, b.central_dm2, b.municipal_soe_dm2, b.district_soe_dm2, b.public_rental_dm2)
         is distinct from (coalesce(d.households, 0), coalesce(d.private, 0), coalesce(d.central, 0), coalesce(d.municipal_soe, 0),
                           coalesce(d.district_soe, 0), coalesce(d.public_rental, 0))`,
    ),
  },
  {
    check: 'buildings_of_projects',
    zh: '项目所列楼栋的类别和未完成标记与项目一致，且同区',
    en: 'what a project covers is of its kind and district, and held while it is not finished',
    run: byQuery(
      'project_building',
      `select p.project || ' covers ' || x.community || ' ' || x.building || ' as ' || x.kind || ', open ' || x.open as fault
       from project_building x join project p using (project) join community c using (community)
       where x.kind <> p.kind or x.open <> (p.state not in ('handed_over', 'withdrawn')) or c.district <> p.district`,
    ),
  },
  {
    check: 'projects_in_their_batch',
    zh: '列入计划的项目恰在一个批次中，批次与项目所记一致',
    en: 'a planned project stands in the batch it says, and in no other',
    run: byQuery(
      'plan_batch_project',
      `select coalesce(p.project, b.project) || ' says batch ' || coalesce(p.year || '/' || p.batch, 'none') || ', stands in '
         || coalesce(b.district || ' ' || b.year || '/' || b.batch, 'none') as fault
       from (select * from project where state <> 'withdrawn' and batch is not null) p
       full join (select b.* from plan_batch_project b join project o using (project) where o.state <> 'withdrawn') b
         using (project)
       where (p.district, p.year, p.batch) is distinct from (b.district, b.year, b.batch)`,
    ),
  },
  {
    check: 'batches_within_capacity',
    zh: '各区各年已确定批次的资金需求不超过年度财力',
    en: 'what the batches of a year need is within the capacity of their district',
    run: byQuery(
      'annual_plan',
      `select a.district || ' ' || a.year || ' has ' || a.capacity_fen || ' fen, its batches need ' || sum(b.need_fen) as fault
       from annual_plan a join plan_batch_project b using (district, year) join project p using (project)
       where p.state <> 'withdrawn'
       group by a.district, a.year having sum(b.need_fen) > a.capacity_fen`,
    ),
  },
  {
    check: 'register_changes_recorded',
    zh: '小区、项目、打捆和年度计划的每个版本都有变更记录',
    en: 'every version of a community, project, bundle or plan has its record',
    run: byQuery(
      'change',
      `select t.noun || ' ' || t.id || ' stands at version ' || t.version || ', recorded are ' || coalesce(c.records, 0) || ' up to '
         || coalesce(c.last, 0) as fault
       from (select 'community' as noun, community as id, version from community
             union all select 'project', project, version from project
             union all select 'bundle', bundle, version from bundle
             union all select 'plan', district || '-' || year, version from annual_plan) t
       left join (select noun, id, count(*) as records, max(version) as last from change group by noun, id) c using (noun, id)
       where c.records is distinct from t.version or c.last is distinct from t.version`,
    ),
  },
  {
    check: 'register_facts_checked',
    zh: '人工录入的项目进度、状态、续筹承诺和小区长效机制均有原件并经另一人复核，记录与所复核的一致',
    en: 'progress, steps, promises and who governs a community, as a person entered them, have their original and were checked by another, as they stand',
    run: byQuery(
      'change',
      `with machine as (select p.name from person p join duty d on d.person = p.id where d.role = 'integration'),
       said as (
         select c.noun, c.id, c.version, c.verb, c.person, c.at, c.body, 'project_fact' as kind from change c
         where c.noun = 'project' and (c.verb = 'progress_reported' or c.verb = 'moved' and not c.body ?| array['plan', 'takeOver']
           or c.verb = 'document_recorded' and c.body ->> 'kind' = 'fund_promise')
         union all
         select c.noun, c.id, c.version, c.verb, c.person, c.at, c.body, 'community_fact' from (
           select c.*, lag(c.facts, 1, array['false', 'false', null]) over (partition by c.id order by c.version) as before from (
             select c.*, array[c.body ->> 'ownersBody', c.body ->> 'trustService', c.body ->> 'fundPromisedOn'] as facts
             from change c where c.noun = 'community' and c.body ? 'ownersBody') c) c
         where c.facts is distinct from c.before or c.verb = 'standing_checked'),
       typed as (select s.* from said s where s.at >= coalesce((select since from facts_checked_since), '-infinity')),
       checked as (
         select 'A-' || a.approval_id as approval, a.kind, a.maker, a.content::json -> 'content' as of
         from approval a where a.kind in ('project_fact', 'community_fact') and a.state = 'approved')
       select t.noun || ' ' || t.id || ' version ' || t.version || ': ' || t.person || ', who is no machine client, typed it unchecked' as fault
       from typed t where not t.body ? 'approval' and t.person not in (select name from machine)
       union all
       select t.noun || ' ' || t.id || ' version ' || t.version || ': not what was checked under ' || (t.body ->> 'approval')
       from typed t where t.body ? 'approval' and not exists (
         select from checked a where a.approval = t.body ->> 'approval' and a.kind = t.kind and a.maker = t.person
           and t.id in (a.of ->> 'project', a.of ->> 'community')
           and (a.of ->> 'fact' <> 'progress' or exists (
             select from project_progress r where r.project = t.id and r.on_day::text = a.of ->> 'on' and r.ratio = (a.of ->> 'ratio')::numeric
               and r.evidence = a.of ->> 'evidence' and r.reported_by = t.person))
           and (a.of ->> 'fact' <> 'promise' or exists (
             select from project_document d where d.project = t.id and d.kind = 'fund_promise' and d.number = a.of ->> 'number'
               and d.on_day::text = a.of ->> 'on' and encode(d.sha256, 'hex') = a.of ->> 'sha256'))
           and (a.of ->> 'fact' <> 'state' or t.body ->> 'to' = a.of ->> 'to' and exists (
             select from project_standing s where s.project = t.id and s.state = a.of ->> 'to' and s.on_day::text = a.of ->> 'on'))
           and (a.of ->> 'fact' <> 'standing' or exists (
             select from community_standing s where s.community = t.id and s.owners_body::text = a.of ->> 'ownersBody'
               and s.trust_service::text = a.of ->> 'trustService'
               and s.owners_body_on::text is not distinct from a.of ->> 'ownersBodyOn'
               and s.trust_service_on::text is not distinct from a.of ->> 'trustServiceOn'))
           and (a.of ->> 'fact' <> 'standing' or t.body ->> 'fundPromisedOn' is not distinct from a.of ->> 'fundPromisedOn' and (
             exists (select from said l where l.noun = 'community' and l.id = t.id and l.version > t.version)
             or exists (select from community c where c.community = t.id
                        and c.fund_promised_on::text is not distinct from a.of ->> 'fundPromisedOn')))
           and exists (select from book b join attachment f using (book_id)
                       where b.code = a.of ->> 'keptIn' and encode(f.sha256, 'hex') = a.of ->> 'sha256'))
       union all
       select a.approval || ': checked, and counts nowhere' from checked a
       where not exists (select from said t where t.body ->> 'approval' = a.approval)`,
    ),
  },
]
