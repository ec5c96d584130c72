/** What the proof has found, kept in `docs/evidence.json`, and the table of `docs/evidence.md` that is made of it. */

export type Finding = {
  readonly id: string
  readonly shows: string
  /** what a person would type */
  readonly command: string
  /** `missed`: it ran whole, and a figure was not what was to be reached */
  readonly outcome: 'passed' | 'missed' | 'failed' | 'skipped'
  readonly figure: string
  readonly seconds: number
  /** the commit that was checked out */
  readonly commit: string
  /** YYYY-MM-DD */
  readonly date: string
}

export type Evidence = {readonly machine: string; readonly findings: readonly Finding[]}

const begin = '<!-- evidence: written by npm run proof -->'
const end = '<!-- end of evidence -->'

/** The page with its evidence in place of the old. @throws when it has no place for it */
export function withEvidence(page: string, evidence: Evidence): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`the page has no ${begin} ... ${end}`)
  return `${page.slice(0, from + begin.length)}\n\n${evidenceTable(evidence)}\n${page.slice(to)}`
}

function evidenceTable({machine, findings}: Evidence): string {
  const rows = findings.map(({shows, figure, command, outcome, seconds, date, commit}) => [
    shows,
    outcome === 'passed' ? figure : `**${outcome}**: ${figure}`,
    `\`${command}\``,
    `${took(seconds)}, ${date}, ${commit}`,
  ])
  const table = [['what', 'seen', 'command', 'took, when, commit'], ['', '', '', ''], ...rows]
  const widths = table[0]!.map((_, at) => Math.max(...table.map(row => row[at]!.length)))
  const lines = table.map((row, line) =>
    row.map((cell, at) => (line === 1 ? '-'.repeat(widths[at]!) : cell.padEnd(widths[at]!))).join(' | '),
  )
  return [`On ${machine}.`, '', ...lines.map(line => `| ${line} |`), ''].join('\n')
}

/** The same for a terminal, a line or two a part. */
export function evidenceText({machine, findings}: Evidence): string {
  const wide = Math.max(...findings.map(({id}) => id.length))
  return [
    machine,
    ...findings.map(
      ({id, outcome, seconds, figure}) =>
        `${outcome.padEnd(7)}  ${id.padEnd(wide)}  ${took(seconds).padStart(8)}  ${figure}`,
    ),
    '',
  ].join('\n')
}

const took = (seconds: number): string => {
  const whole = Math.round(seconds)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}
