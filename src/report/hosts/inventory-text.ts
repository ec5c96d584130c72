/** An inventory as a table. */
import {table} from '../kit/table.ts'

/** The part of an inventory that is shown. */
export type ShownInventory = {
  readonly cluster: string
  readonly hosts: readonly {
    readonly name: string
    readonly address: string
    readonly node: string
    readonly location?: string
    readonly spare: boolean
    readonly reach: {
      readonly user: string
      readonly address: string
      readonly port: number
      readonly through: readonly string[]
    }
  }[]
}

export function inventoryText({cluster, hosts}: ShownInventory): string {
  const lines = table<ShownInventory['hosts'][number]>(
    [
      {title: 'host', cell: ({name}) => name},
      {title: 'node', cell: ({node}) => node},
      {
        title: 'ssh',
        cell: ({reach: {user, address, port}}) => `${user}@${address}${port === 22 ? '' : `:${port}`}`,
      },
      {title: 'location', cell: ({location}) => location ?? '-'},
      {title: 'state', cell: ({spare}) => (spare ? 'spare' : '')},
      ...(hosts.some(({reach}) => reach.through.length > 0)
        ? [
            {
              title: 'through',
              cell: ({reach}: ShownInventory['hosts'][number]) => reach.through.join(','),
            },
          ]
        : []),
    ],
    hosts,
    '',
  )
  return `${cluster}\n\n${lines.join('\n')}\n`
}
