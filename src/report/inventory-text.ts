/** An inventory as a table. */
import {table} from './table.ts'

/** The part of an inventory that is shown. */
export type ShownInventory = {
  readonly cluster: string
  readonly hosts: readonly {
    readonly name: string
    readonly address: string
    readonly node: string
    readonly location?: string
    readonly spare: boolean
    readonly ssh: {readonly user?: string; readonly port: number; readonly proxyJump: readonly string[]}
  }[]
}

export function inventoryText({cluster, hosts}: ShownInventory): string {
  const lines = table<ShownInventory['hosts'][number]>(
    [
      {title: 'host', cell: ({name}) => name},
      {title: 'node', cell: ({node}) => node},
      {
        title: 'ssh',
        cell: ({address, ssh}) =>
          `${ssh.user === undefined ? '' : `${ssh.user}@`}${address}${ssh.port === 22 ? '' : `:${ssh.port}`}`,
      },
      {title: 'location', cell: ({location}) => location ?? '-'},
      {title: 'state', cell: ({spare}) => (spare ? 'spare' : '')},
      ...(hosts.some(({ssh}) => ssh.proxyJump.length > 0)
        ? [{title: 'through', cell: ({ssh}: ShownInventory['hosts'][number]) => ssh.proxyJump.join(',')}]
        : []),
    ],
    hosts,
    '',
  )
  return `${cluster}\n\n${lines.join('\n')}\n`
}
