/** What the proof consists of: what is run, and how what it printed is told in one line. */
import {existsSync} from 'node:fs'
import {whatIsLacking} from '../riak/lacking.ts'
import {oracleMissing} from '../support/claim-oracle.ts'

export type Judged = {
  /** one line, of numbers that the part printed */
  readonly figure: string
  /** all that was to be reached was; a part that failed is told by its exit status beside this */
  readonly met: boolean
}

export type Part = {
  readonly id: string
  readonly shows: string
  /** behind `npm run --silent` */
  readonly words: readonly string[]
  readonly judge: (output: string) => Judged
  /** why it cannot run here, or undefined */
  readonly lacking?: () => string | undefined
}

const recorded = '../shared/claim-vectors'

const real = (suite: string, shows: string): Part => ({
  id: `riak-${suite}`,
  shows,
  words: ['test:riak', '--', `--${suite}`],
  judge: counted,
  lacking: noRiak,
})

export const parts: readonly Part[] = [
  {
    id: 'tests',
    shows: 'Tests: planner, parsers, invariants, SSH faults, hostile strings, the CLI on a practice ring',
    words: ['test'],
    judge: counted,
  },
  {
    id: 'system',
    shows:
      'Tests of the whole: real sshd, two clusters, laptops without a passwd entry, every release, the documents',
    words: ['test:system'],
    judge: counted,
  },
  {
    id: 'nodes',
    shows: 'The built program on Node 22 and 24: every command is loaded, a plan, a growth',
    words: ['test:nodes', '--', '22', '24'],
    judge: output => {
      const told = [...output.matchAll(/^Node (\S+)\s+(\d+) of (\d+) as expected/gm)]
      return {
        figure: told.map(([, version, passed, of]) => `${version}: ${passed} of ${of}`).join(', '),
        met: told.length === 2 && told.every(([, , passed, of]) => passed === of),
      }
    },
  },
  {
    id: 'vectors',
    shows: "Plans equal to riak_core's recorded ones",
    words: ['vectors', '--', existsSync(recorded) ? recorded : 'test/fixtures/claim-vectors'],
    judge: counted,
  },
  {
    id: 'fuzz-claim',
    shows: 'Random plans, asked of riak_core too',
    words: ['fuzz', '--', 'claim', '--count', '20000', '--seed', '2026'],
    judge: output =>
      found(output, /(\d+) questions, (\d+) differences/, ([, differences]) => differences === 0),
    lacking: oracleMissing,
  },
  {
    id: 'fuzz-riak',
    shows: 'Damaged answers of Riak, given to every reader',
    words: ['fuzz', '--', 'riak', '--count', '100000'],
    judge: output =>
      found(
        output,
        /(\d+) damaged answers, \d+ still gave a value, (\d+) wrong readings/,
        ([, wrong]) => wrong === 0,
      ),
  },
  {
    id: 'fuzz-locks',
    shows: 'Random bytes as lock files, in every script that looks at one',
    words: ['fuzz', '--', 'locks'],
    judge: output => found(output, /(\d+) lock files .*?, (\d+) wrong/, ([, wrong]) => wrong === 0),
  },
  {
    id: 'torture',
    shows: 'Killed at every line of the journal, two operators at once, crash loops',
    words: ['torture'],
    judge: counted,
  },
  {
    id: 'campaign',
    shows: '11 to 80 nodes on a practice ring of 1024, three a day, by `grow next` alone',
    words: ['campaign'],
    judge: output =>
      found(output, /the fullest that any disk was: ([\d.]+) %/, ([percent]) => percent! <= 80),
  },
  {
    id: 'torture-elsewhere',
    shows: 'The same kills, each resume on another machine: another login, an empty disk',
    words: ['torture', '--', '--elsewhere', '--only', 'matrix'],
    judge: counted,
  },
  {
    id: 'loops-elsewhere',
    shows: 'Crash loops, each round on another machine with an empty disk',
    words: ['torture', '--', '--elsewhere', '--only', 'loops'],
    judge: counted,
  },
  {
    id: 'runners',
    shows: 'Two runners with empty disks at once, three nodes a day over five days',
    words: ['fuzz', '--', 'runners'],
    judge: counted,
  },
  {
    id: 'campaign-empty-runners',
    shows: '11 to 80 nodes by runners whose disk is empty, two logins in turn',
    words: ['campaign', '--', '--empty-runners'],
    judge: output =>
      found(output, /(\d+) days, (\d+) of (\d+) further calls had nothing due/, ([, due, of]) => due === of),
  },
  real('grow', 'Real Riak: grown, killed, resumed, refused'),
  real('check', 'Real Riak: preflight'),
  real('claim', 'Real Riak: its printed plans and its owners in the end, against ours'),
  real('campaign', 'Real Riak: 3 to 6 nodes under load, bytes and hours against the forecast'),
  real('watch', 'Real Riak: causes named, limits set and restored'),
  real('eta', 'Real Riak: times told against times taken'),
  real(
    'team',
    'Real Riak: two logins in turn, one killed at each step, the other goes on from an empty disk',
  ),
  real('packages', 'Real Riak as a package, by systemd on Debian machines, one of which loses its power'),
  real('torture', 'Real Riak: the nastiest kills while data is written'),
  real('differential', 'Real Riak: the practice ring answers as it does'),
  real('harness', 'Real Riak: every state that the harness can make, read'),
  real('cleanup', 'Real Riak: nothing is left behind, however it ends'),
  bench('startup', 'Start-up, CPU against a bare node', rows =>
    rows.map(({asked, ratio, most}) => ({name: `${asked}`, value: Number(ratio), most: Number(most)})),
  ),
  {
    ...bench(
      'claim',
      "Planner, times faster than riak_core's own",
      rows =>
        rows
          .filter(({ratio}) => ratio !== undefined)
          .map(({case: name, ratio, target}) => ({
            name: `${name}`,
            value: Number(ratio),
            least: Number(target),
          })),
      'least',
    ),
    lacking: oracleMissing,
  },
  bench('record', 'A record of a run at ring 1024 x 80 nodes, as hosts keep it: bytes', rows =>
    rows
      .filter(({gzipBytes}) => gzipBytes !== undefined)
      .flatMap(({textBytes, mostTextBytes, gzipBytes, mostGzipBytes}) => [
        {name: 'plain', value: Number(textBytes), most: Number(mostTextBytes)},
        {name: 'gzip', value: Number(gzipBytes), most: Number(mostGzipBytes)},
      ]),
  ),
  bench('campaign', '11 to 80 planned and simulated whole, seconds of CPU', rows =>
    rows.map(({claim, cpuS}) => ({name: `${claim}`, value: Number(cpuS), most: 5})),
  ),
  bench('terms', "A megabyte of Erlang terms, times the time of JSON.parse's same facts", rows =>
    rows.map(({style, ratio}) => ({name: `${style}`, value: Number(ratio)})),
  ),
  bench(
    'watch',
    'The screen, 1024 partitions x 80 nodes, four frames a second: share of a core',
    rows =>
      rows.map(({panel, columns, shareOfCore}) => ({
        name: `${panel} ${columns}`,
        value: Number(shareOfCore),
        most: 0.1,
      })),
    'most',
  ),
  {
    ...bench('ssh', '80 sshd hosts, ratio to other tools in the same run', sshRows),
    lacking: () =>
      process.getuid?.() === 0 && existsSync('/usr/sbin/sshd') ? undefined : 'no root or no sshd',
  },
]

function noRiak(): string | undefined {
  const lacking = whatIsLacking()
  return lacking === undefined ? undefined : `real-Riak suites skipped: ${lacking}`
}

/** By the closing line of a run of tests. */
function counted(output: string): Judged {
  const line = [...output.matchAll(/^.*?(\d+) passed, (\d+) failed(?:, (\d+) skipped)?/gm)].at(-1)
  if (line === undefined) return {figure: 'printed no count', met: false}
  const [, passed, failed, skipped] = line.map(Number)
  return {
    figure: `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`,
    met: failed === 0 && passed! > 0,
  }
}

function found(output: string, pattern: RegExp, met: (numbers: readonly number[]) => boolean): Judged {
  const line = pattern.exec(output)
  return line === null
    ? {figure: 'printed no figure', met: false}
    : {figure: line[0], met: met(line.slice(1).map(Number))}
}

/** One figure of a benchmark; `most` and `least` are what was to be reached. */
type Measured = {
  readonly name: string
  readonly value: number
  readonly most?: number
  readonly least?: number
}

type Row = Readonly<Record<string, unknown>>

/** @param only of many like figures, the worst alone: the least or the most */
function bench(
  name: string,
  shows: string,
  read: (rows: readonly Row[]) => readonly Measured[],
  only?: 'least' | 'most',
): Part {
  return {
    id: `bench-${name}`,
    shows,
    words: ['bench', '--', name],
    judge: output => {
      const rows = output
        .split('\n')
        .filter(line => line.startsWith('{'))
        .map(line => JSON.parse(line) as Row)
      const measured = read(rows)
      if (measured.length === 0) return {figure: 'printed no figure', met: false}
      const missed = measured.filter(
        ({value, most = Number.POSITIVE_INFINITY, least = 0}) => value > most || value < least,
      )
      const ranked = measured.toSorted((a, b) => a.value - b.value)
      const told = only === undefined ? measured : [ranked.at(only === 'least' ? 0 : -1)!]
      const prefix = only === undefined ? '' : `${only === 'least' ? 'at least' : 'at most'} `
      return {
        figure: `${told.map(one => `${prefix}${one.value} (${one.name}${bound(one)})`).join(', ')}${missed.length > 0 ? `; ${missed.length} of ${measured.length} missed` : ''}`,
        met: missed.length === 0,
      }
    },
  }
}

const bound = ({most, least}: Measured): string =>
  most !== undefined ? `, most ${most}` : least !== undefined ? `, least ${least}` : ''

/** Targets of the measurements that came before the code. */
function sshRows(rows: readonly Row[]): readonly Measured[] {
  const mostCpu: Readonly<Record<string, number>> = {pdsh: 0.6, clush: 0.5, ansible: 0.15}
  const cold = rows
    .filter(({measure, cpuRatio}) => measure === 'cold' && cpuRatio !== undefined)
    .map(({tool, cpuRatio}) => ({
      name: `CPU ${tool}`,
      value: Number(cpuRatio),
      most: mostCpu[String(tool)] ?? Number.POSITIVE_INFINITY,
    }))
  const warm = rows
    .filter(({measure}) => measure === 'warm')
    .map(({cpuRatio}) => ({name: 'CPU of control sockets', value: Number(cpuRatio), most: 0.2}))
  return [...cold, ...warm]
}
