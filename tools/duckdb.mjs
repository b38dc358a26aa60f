// Scores the customers of an order export by recency, frequency and monetary
// value in DuckDB, to measure holdfast against:
//
//   node duckdb.mjs customers|groups ORDERS.csv OUT.csv
//
// Scores are exact ranks that do not split ties, min(5, 1 + ⌊5·s/n⌋) with s
// customers strictly worse of n, and the ten groups are those of holdfast rfm.
// The columns and their types are given, so that no time goes into finding them
// out. Prints DuckDB's version.
import { createRequire } from 'node:module'

const { DuckDBInstance } = createRequire(import.meta.url)('@duckdb/node-api')

const [what, file, out] = process.argv.slice(2)
const quoted = s => `'${s.replaceAll("'", "''")}'`

const scored = `
  with totals as (
    select customer, max(date) as last, count(*) as frequency, sum(amount) as monetary
    from read_csv(${quoted(file)}, auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', comment = '',
      columns = {order_id: 'VARCHAR', customer: 'VARCHAR', date: 'DATE', amount: 'DECIMAL(18, 2)'})
    group by customer
  ), everybody as (
    select count(*) as n, max(last) as today from totals
  ), scored as (
    select customer, today - last as recency_days, frequency, monetary,
      least(5, 1 + 5 * (rank() over (order by last) - 1) // n) as r,
      least(5, 1 + 5 * (rank() over (order by frequency) - 1) // n) as f,
      least(5, 1 + 5 * (rank() over (order by monetary) - 1) // n) as m
    from totals, everybody
  ), customers as (
    select *, case
      when frequency = 1 and r = 5 then 'new'
      when frequency = 1 and r = 4 then 'promising'
      else [
        ['lost', 'lost', 'at_risk', 'cannot_lose', 'cannot_lose'],
        ['lost', 'lost', 'at_risk', 'at_risk', 'at_risk'],
        ['about_to_sleep', 'about_to_sleep', 'needs_attention', 'loyal', 'loyal'],
        ['promising', 'potential_loyalists', 'potential_loyalists', 'loyal', 'champions'],
        ['new', 'potential_loyalists', 'potential_loyalists', 'champions', 'champions']
      ][r][(f + m + 1) // 2] end as "group"
    from scored
  )`

const selected = {
  customers: 'select * from customers',
  groups: 'select "group", count(*) as customers, sum(frequency) as orders, sum(monetary) as revenue from customers group by 1'
}[what]

const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
const connection = await instance.connect()
await connection.run(`copy (${scored} ${selected}) to ${quoted(out)} (header, delimiter ',')`)
console.log((await connection.runAndReadAll('select version()')).getRows()[0][0])
