/** What checks found: fails first, each with what was wanted and what mends it; passes are only counted. */
import type {Finding, Level} from '../../check/check.ts'
import {counted} from '../../units.ts'
import {type Look, type Tone, tinted, wrapped, wrappedList} from '../kit/look.ts'

type Found = {
  readonly cluster: string
  readonly hosts: readonly string[]
  readonly counts: Readonly<Record<Level, number>>
  readonly findings: readonly Finding[]
}

const tones: Readonly<Record<Level, Tone>> = {fail: 'red', warn: 'yellow', skip: 'dim', pass: 'green'}

export function checkText({cluster, hosts, counts, findings}: Found, look: Look): string {
  const columns = Math.min(look.columns, 100)
  const lines = [
    wrapped(
      `${tinted(look, 'bold', cluster)}: ${hosts.length === 0 ? 'no host that is not a member' : wrappedList(hosts, columns)} against the running cluster`,
      columns,
    ),
    `${(['fail', 'warn', 'skip', 'pass'] as const).map(level => (counts[level] === 0 ? `${counts[level]} ${level}` : tinted(look, tones[level], `${counts[level]} ${level}`))).join(', ')}`,
  ]
  for (const level of ['fail', 'warn', 'skip'] as const)
    for (const same of grouped(findings.filter(finding => finding.level === level)))
      lines.push('', ...findingLines(same, look, columns))
  const passes = findings.filter(({level}) => level === 'pass')
  if (passes.length > 0) {
    const open = new Set(findings.filter(({level}) => level !== 'pass').map(({id}) => id))
    const ids = [...new Set(passes.map(({id}) => id))].filter(id => !open.has(id))
    lines.push('', tinted(look, 'dim', wrapped(`passed: ${ids.join(', ')}`, columns, '        ')))
  }
  return `${lines.join('\n')}\n`
}

/** The same finding on several hosts is told once. */
function grouped(findings: readonly Finding[]): Finding[][] {
  const groups = new Map<string, Finding[]>()
  for (const finding of findings) {
    const key = JSON.stringify([finding.id, finding.found, finding.wanted])
    groups.set(key, [...(groups.get(key) ?? []), finding])
  }
  return [...groups.values()]
}

function findingLines(same: readonly Finding[], look: Look, columns: number): string[] {
  const [{id, level, found, wanted, fix, source}] = same as [Finding, ...Finding[]]
  const hosts = same.map(({host}) => host)
  const on = hosts.length > 4 ? `${counted(hosts.length, 'host')}: ${hosts.join(', ')}` : hosts.join(', ')
  const line = (title: string, text: string): string =>
    `      ${title.padEnd(8)}${wrapped(text, columns - 14, ' '.repeat(14))}`
  const lines = [
    `${tinted(look, tones[level], level.toUpperCase())}  ${wrapped(`${on}: ${id}`, columns - 6, '      ')}`,
    line('found', found),
  ]
  if (level === 'skip') return lines
  lines.push(line('wanted', wanted))
  if (level === 'fail') lines.push(tinted(look, 'dim', line('why', source)))
  if (fix !== undefined) lines.push(line('->', fix))
  return lines
}
