/** The one host of a cluster that is known before there is an inventory, as `--from [USER@]HOST[:PORT]` names it. */
import {OpsError} from '../errors.ts'
import {type Fleet, fleetOf, type Way} from '../fleet/fleet.ts'
import {type Adopted, adoptedText} from '../inventory/adopted-text.ts'
import type {Inventory} from '../inventory/inventory.ts'
import {loadInventory} from '../inventory/load.ts'
import {quoteArgv} from '../ssh/quote.ts'
import {sshHome} from '../who-is-here.ts'

export type FirstHost = {
  /** `[user@]host[:port]` */
  readonly from: string
  readonly identityFile?: string | undefined
  readonly knownHostsFile: string | undefined
  readonly proxyJump: readonly string[]
  readonly way: Way
}

/**
 * By the same text and with the same defaults as an inventory that is written of it. Throws an `OpsError`, exit 64, where
 * it is no host.
 */
export function firstHost({from, way, ...more}: FirstHost, command = 'sudo riak') {
  const match = /^(?:([^@\s]+)@)?([A-Za-z0-9.-]+)(?::(\d+))?$/.exec(from)
  if (!match)
    throw new OpsError('usage', `--from ${from} is not [user@]host[:port]`, {
      hint: 'name a host that is a member, as --from riakops@10.20.0.11',
    })
  const [, user, address, port] = match
  const ssh: Adopted['ssh'] = {
    user,
    port: port === undefined ? undefined : Number(port),
    identityFile: more.identityFile,
    knownHostsFile: more.knownHostsFile,
    proxyJump: more.proxyJump,
  }
  const text = adoptedText({
    cluster: 'riak',
    ssh,
    riak: {command, dataDir: undefined, version: ''},
    hosts: [{node: `riak@${address}`, location: undefined}],
  })
  const fleet: Fleet = fleetOf(adopted(text, from), way)
  return {fleet, ssh, address: address!}
}

/** What makes its key known. */
export const trustFirst = ({from, knownHostsFile, proxyJump}: FirstHost): string =>
  quoteArgv([
    ...['ringup', 'hosts', 'trust', '--from', from],
    ...(proxyJump.length > 0 ? ['--jump', proxyJump.join(',')] : []),
    ...(knownHostsFile === undefined ? [] : ['--known-hosts', knownHostsFile]),
  ])

/** Throws an `OpsError` where the text is no inventory. */
export function adopted(text: string, file: string): Inventory {
  const {inventory, problems} = loadInventory(text, file, sshHome())
  if (inventory) return inventory
  throw new OpsError(
    'usage',
    `no inventory can be made of it: ${problems.map(({message}) => message).join('; ')}`,
    {
      hint: 'write one by hand; inventory.example.yaml shows how',
    },
  )
}
