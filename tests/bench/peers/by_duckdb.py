"""Written by hand in SQL for DuckDB: window counts find the persons who may exceed a limit, a recursive query goes
through their records in order."""

from __future__ import annotations

import os
import sys
import tempfile

import duckdb
from work import IN_CATALOGUE, Clock, catalogue_yuan, report

RULES = """
create temp table due as
with r as (
  select person_id, record_id, cert_date, county, kind, days, year(cert_date)::smallint as y,
    (t.occupation * 8 + t.level)::int as job, kind in (0, 3) as free, t.occupation < {catalogue} as listed,
    cert_type = 4 and cert_coded as coded,
    poor_child or poor_labor or two_after or rural_transfer or urban_unemployed or veteran or disabled as grp,
    poor_labor or hard_to_employ or disabled or zero_employed_household
      or (two_after and (rural_household or urban_dibao)) as living,
    kind = 1 and employed and contract_months >= 12 and not ui_subsidy and t.level in (5, 4, 3) as trained,
    cert_type, t.level, difficult, poor_county_park, poor_labor, industry_transfer, high_risk, hours, c.fen as standard
  from read_parquet(?) t left join catalogue c on t.occupation = c.occupation and t.level = c.level
  where class_registered and start_date between date '2019-08-30' and date '2021-12-31')
select person_id, record_id, cert_date, y, county, job,
  case when kind = 1 then 'B' when kind = 2 then 'C' else 'A' end as item,
  (case when free and grp and (cert_type between 1 and 3 or coded) and listed then standard
        when trained and listed and cert_type between 1 and 4 then
          standard * case when poor_county_park and poor_labor then 170 when industry_transfer then 150 else 100 end
            // 100
        when trained and not listed and difficult and coded
          then case level when 5 then 55000 when 4 then 99000 else 132000 end
        when kind = 2 and high_risk and cert_type = 5 then least(5 * hours::bigint, 300) * 100
        else 0 end)::bigint as fen,
  case when free and living then days::bigint * 2000 else 0 end as d
from r where fen > 0 or d > 0
"""
SUSPECTS = """
create temp table suspect as
with several as (
  select person_id, record_id, cert_date, job, y from due where fen > 0
  qualify count(*) over (partition by person_id) > 1),
marked as (
  select *, count(*) over (partition by person_id, y) > 3 or count(*) over (partition by person_id, job) > 1 as m
  from several)
select person_id, record_id, cert_date, job, y from marked qualify bool_or(m) over (partition by person_id)
"""
LEDGER = """
create temp table denied as
with recursive o as (
  select *, row_number() over (partition by person_id order by cert_date, record_id) as r from suspect),
step as (
  select person_id, r, record_id, false as no, [job] as jobs, [y] as years from o where r = 1
  union all
  select o.person_id, o.r, o.record_id,
    list_contains(step.jobs, o.job) or len(list_filter(step.years, lambda t: t = o.y)) >= 3 as dn,
    case when dn then step.jobs else list_append(step.jobs, o.job) end,
    case when dn then step.years else list_append(step.years, o.y) end
  from step join o on o.person_id = step.person_id and o.r = step.r + 1)
select record_id from step where no
"""
SUMS = """
select y, county, item, count(*), sum(fen)::bigint from due
  where fen > 0 and record_id not in (select record_id from denied) group by all
union all
select y, county, 'D', count(*), sum(d)::bigint from due where d > 0 group by all
"""

if __name__ == "__main__":
    clock = Clock()
    connection = duckdb.connect()
    connection.execute(f"set threads={os.cpu_count()}; set preserve_insertion_order=false")
    connection.execute("set temp_directory=?", [tempfile.gettempdir()])
    cells = ((job, level) for job in range(IN_CATALOGUE) for level in range(1, 6))
    values = ",".join(f"({job},{level},{catalogue_yuan(job, level) * 100})" for job, level in cells)
    connection.execute(f"create temp table catalogue as from (values {values}) t(occupation, level, fen)")
    clock.lap("catalogue")
    connection.execute(RULES.format(catalogue=IN_CATALOGUE), [sys.argv[1]])
    clock.lap("read and rules")
    connection.execute(SUSPECTS)
    connection.execute(LEDGER)
    clock.lap("ledger")
    answer = connection.execute(SUMS).fetchall()
    clock.lap("sums")
    report(clock, answer)
