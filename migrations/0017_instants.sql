-- Every sixty-fourth entry by its instant: so many landmarks cost a posting nothing, and tell within 64 entries which was the last recorded by
-- an instant, in a book of any size.
create index entry_landmark on yiben.entry (book_id, recorded_at) where sequence % 64 = 0;
--> statement-breakpoint
-- The last sequence recorded by an instant, 0 where there was none. Instants rise with the sequence, so past the last landmark halving finds it.
create function yiben.sequence_at(of_book integer, at_instant timestamptz) returns bigint language plpgsql stable as $$
declare
  low bigint := coalesce((select e.sequence from yiben.entry e where e.book_id = of_book and e.recorded_at <= at_instant and e.sequence % 64 = 0
    order by e.recorded_at desc limit 1), 0);
  high bigint := least(low + 63, (select h.sequence from yiben.book_head h where h.book_id = of_book));
  middle bigint;
begin
  while low < high loop
    middle := (low + high + 1) / 2;
    if (select e.recorded_at <= at_instant from yiben.entry e where e.book_id = of_book and e.sequence = middle) then
      low := middle;
    else
      high := middle - 1;
    end if;
  end loop;
  return low;
end $$;
--> statement-breakpoint
revoke execute on function yiben.sequence_at from public;
--> statement-breakpoint
grant execute on function yiben.sequence_at to yiben_app, yiben_auditor;
