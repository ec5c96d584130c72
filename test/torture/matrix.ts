/** The kill matrix: which points of a run, and which faults at each. */
import {type FaultName, faults, type Outcome, type Point, pointName, runCell, type Setting} from './cell.ts'

export type Cell = {readonly point: Point; readonly fault: FaultName}

/** Lines of a journal when two nodes are added, and commands that change something in it. */
const runLength = {lines: 51, writes: 6}

const upTo = (count: number): number[] => Array.from({length: count}, (_, at) => at + 1)

/**
 * Killed before and after each line of the journal, in the middle of some, as each write has taken effect, and in the
 * middle of the watch; every other fault after each line, as each write has taken effect, and in the watch.
 */
export function matrix(): Cell[] {
  const {lines, writes} = runLength
  const during: Point[] = [...upTo(writes).map(write => ({write})), ...[1, 3, 5].map(reading => ({reading}))]
  const after: Point[] = upTo(lines).map(line => ({line, when: 'after'}))
  const killing: Point[] = [
    ...upTo(lines).map((line): Point => ({line, when: 'before'})),
    ...[1, 2, 8, 17, 30, 37, 39].map((line): Point => ({line, when: 'torn'})),
  ]
  const afterOf = (fault: FaultName): Point[] =>
    // once the lock is returned nothing is asked any more
    fault === 'answer lost' ? after.slice(0, lines - 2) : after
  return faults.flatMap(fault =>
    [...during, ...afterOf(fault), ...(fault === 'kill' ? killing : [])].map(point => ({point, fault})),
  )
}

export type Result = Cell & Outcome

/** How many lines tell of progress depends on the machine: a point that was not met is tried again, twice. */
export async function runMatrixCell({point, fault}: Cell, setting: Setting): Promise<Result> {
  let outcome = await runCell(point, fault, setting)
  for (let tries = 1; tries < 3 && !outcome.reached; tries += 1)
    outcome = await runCell(point, fault, setting)
  return {point, fault, ...outcome}
}

/** Runs many, some at a time; tells of each as it ends. */
export async function runAll<Item, Out>(
  items: readonly Item[],
  atOnce: number,
  run: (item: Item) => Promise<Out>,
  told: (result: Out) => void,
): Promise<Out[]> {
  const left = [...items]
  const results: Out[] = []
  const worker = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) {
      const result = await run(item)
      results.push(result)
      told(result)
    }
  }
  await Promise.all(Array.from({length: atOnce}, worker))
  return results
}

export const resultLine = ({point, fault, codes, reached, wrong}: Result): string =>
  `${wrong.length === 0 ? 'ok  ' : 'FAIL'} ${fault.padEnd(14)} ${pointName(point).padEnd(30)} exit ${codes.join(', then ')}${reached ? '' : ' (not reached)'}${wrong.length === 0 ? '' : `: ${wrong.join('; ')}`}`

/** A row for each fault: cells, those that met their point, passed. */
export function table(results: readonly Result[]): string {
  const rows = faults.map(fault => {
    const own = results.filter(result => result.fault === fault)
    const points = new Set(own.filter(({reached}) => reached).map(({point}) => pointName(point)))
    const passed = own.filter(({wrong}) => wrong.length === 0).length
    const most = Math.max(0, ...own.map(({codes}) => codes.length - 1))
    return `${fault.padEnd(16)}${String(own.length).padStart(6)}${String(points.size).padStart(8)}${String(passed).padStart(8)}${String(own.length - passed).padStart(8)}${String(most).padStart(14)}`
  })
  return ['fault            cells  points  passed  failed  most resumes', ...rows].join('\n')
}
