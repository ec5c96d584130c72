/** What many hosts answered: equal outputs once, with the hosts that gave them. */

import {hostList} from '../../inventory/host-list.ts'
import {counted} from '../../units.ts'

type Answer = {
  readonly host: string
  readonly code: number | null
  readonly signal: string | null
  readonly timedOut: boolean
  readonly stdout: string
  readonly stderr: string
  readonly files?: {readonly stdout?: string; readonly stderr?: string}
}

export function execText(groups: readonly (readonly Answer[])[]): string {
  return groups
    .map(group => {
      const [{code, signal, timedOut, stdout, stderr, files}] = group as [Answer]
      const ended = timedOut
        ? 'its time was up, it was ended'
        : signal !== null
          ? `ended by signal ${signal}`
          : code === 0
            ? ''
            : `exit ${code}`
      const head = `[${hostList(group.map(({host}) => host))}] ${counted(group.length, 'host')}${ended === '' ? '' : `, ${ended}`}\n`
      const more = Object.values(files ?? {}).map(file => `... all of it: ${file}\n`)
      return `${head}${[stdout, stderr].map(withNewline).join('')}${more.join('')}`
    })
    .join('\n')
}

const withNewline = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`)

type Failed = {
  readonly host: string
  readonly failure: {readonly class: string; readonly message: string; readonly hint?: string | undefined}
}

/** Hosts that could not be asked to the end, by class. */
export function failedText(failed: readonly Failed[]): string {
  const classes = new Map<string, Failed[]>()
  for (const one of failed) classes.set(one.failure.class, [...(classes.get(one.failure.class) ?? []), one])
  return [...classes]
    .map(([name, hosts]) => {
      const [{host, failure}] = hosts as [Failed]
      const message = failure.message.replace(`${host}: `, '')
      const hint = failure.hint === undefined ? '' : `\n  next: ${failure.hint}`
      return `[${hostList(hosts.map(one => one.host))}] ${counted(hosts.length, 'host')}, ${name}: ${message}${hint}`
    })
    .join('\n')
}
