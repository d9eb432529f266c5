-- Whose a government book is (财政部门, 行政单位, 事业单位): where its spending is booked, and whether its year-end books income.
-- Books of before say nothing and are an institution's, as they were kept.
alter table yiben.book add column entity text
  check (entity is null or (standard = 'government' and entity in ('finance', 'administrative', 'institution')));
