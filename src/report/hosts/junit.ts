/** Findings as JUnit's XML, as CI systems read it: a suite for each host, a case for each check. */
import type {Finding} from '../../check/check.ts'
import {printable} from '../../printable.ts'

export function junitText(cluster: string, findings: readonly Finding[], ms: number): string {
  const hosts = [...new Set(findings.map(({host}) => host))].sort()
  const count = (of: readonly Finding[], level: Finding['level']): number =>
    of.filter(finding => finding.level === level).length
  const numbers = (of: readonly Finding[]): string =>
    `tests="${of.length}" failures="${count(of, 'fail')}" errors="0" skipped="${count(of, 'skip')}"`
  const suites = hosts.map(host => {
    const own = findings.filter(finding => finding.host === host)
    return [
      `  <testsuite name="${escaped(host)}" ${numbers(own)}>`,
      ...own.map(caseText),
      '  </testsuite>',
    ].join('\n')
  })
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escaped(`ringup check ${cluster}`)}" ${numbers(findings)} time="${(ms / 1000).toFixed(3)}">`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n')
}

function caseText({id, host, level, found, wanted, fix, source}: Finding): string {
  const name = `    <testcase classname="${escaped(`ringup.check.${host}`)}" name="${escaped(id)}"`
  const told = escaped(
    `found: ${found}\nwanted: ${wanted}\nwhy: ${source}${fix === undefined ? '' : `\nfix: ${fix}`}`,
  )
  switch (level) {
    case 'pass':
      return `${name}/>`
    case 'fail':
      return `${name}>\n      <failure message="${escaped(found)}">${told}</failure>\n    </testcase>`
    case 'skip':
      return `${name}>\n      <skipped message="${escaped(found)}"/>\n    </testcase>`
    case 'warn':
      return `${name}>\n      <system-out>warning\n${told}</system-out>\n    </testcase>`
  }
}

const marks: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
}

/** XML 1.0 cannot hold control characters at all. */
const escaped = (text: string): string => printable(text).replace(/[&<>"\n]/g, found => marks[found]!)
