/** What `lab up` and `lab status` print: where the practice ring is, how it does, and what to type next. */
import {join} from 'node:path'
import {counted, formatDuration} from '../../units.ts'
import type {LabStatus} from './control.ts'
import {downWords} from './lab-folder.ts'

export function startedText(status: LabStatus): string {
  const spares = status.hosts.filter(({isSpare}) => isSpare).map(({name}) => name)
  const members = status.hosts.length - spares.length
  return `A practice ring of ${counted(members, 'node')} and ${counted(spares.length, 'spare host')}, over SSH on this machine.

  inventory  ${status.inventoryFile}
  hosts      ${whereHosts(status.hosts)}
  process    ${status.pid}, its log is ${join(status.dir, 'lab.log')}
  time       ${status.speed} times as fast as here

Next:

  export RINGUP_INVENTORY=${status.inventoryFile}
  ringup status
${spares.length > 0 ? `  ringup plan --add ${spares.join(',')} --out grow.json\n  ringup apply grow.json\n` : ''}  ${downWords(status.dir)}
`
}

/** `127.77.1.10 to 127.77.1.17, port 2222`, or `127.0.0.1, ports 20001 to 20008` */
function whereHosts(hosts: LabStatus['hosts']): string {
  const fromTo = (values: readonly (string | number)[]): string =>
    [...new Set([values[0], values.at(-1)])].join(' to ')
  const ports = fromTo(hosts.map(({port}) => port))
  return `${fromTo(hosts.map(({address}) => address))}, port${ports.includes(' ') ? 's' : ''} ${ports}`
}

export function labStatusText(status: LabStatus, now: number): string {
  const width = Math.max(...status.hosts.map(({name}) => name.length))
  const hosts = status.hosts.map(({name, node, state, partitions}) => {
    const owned = state === 'stopped' ? '' : `, ${counted(partitions, 'partition')}`
    return `  ${name.padEnd(width)}  ${node}  ${state}${owned}\n`
  })
  const {counters} = status
  const moving =
    status.pending === 0
      ? 'no ownership changes pending'
      : `${counted(status.pending, 'ownership change')} pending, ${counted(status.transfers, 'transfer')} under way`
  return `Practice ring in ${status.dir}, process ${status.pid}, for ${formatDuration(now - status.startedAt)} (${status.speed} times as fast in it)

${hosts.join('')}
  ${whereHosts(status.hosts)}
  ${moving}
  ${counted(counters.joins, 'join')} and ${counted(counters.stagings, 'other change')} staged, ${counted(counters.commits, 'commit')}, ${counted(counters.transfersDone, 'transfer')} done
`
}
