/** What a plan needs that asks nobody: an inventory and a snapshot, as files in a folder. */
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {ringOf, snapshotOf} from './snapshots.ts'

/** Arguments of a plan that adds one host to a cluster of four with 16 partitions. */
export function offlinePlan(folder: string): string[] {
  const inventory = join(folder, 'letters.yaml')
  const snapshot = join(folder, 'letters.json')
  const hosts = [...'abcde'].map((name, at) => `  - {name: ${name}, address: 127.0.0.${at + 1}}\n`)
  writeFileSync(
    inventory,
    `version: 1\ncluster: letters\nssh: {user: nobody, port: 1}\nriak: {nodeName: "riak@{name}"}\nhosts:\n${hosts.join('')}`,
  )
  writeFileSync(snapshot, JSON.stringify(snapshotOf(ringOf('abcd'.repeat(4)))))
  return ['plan', '-i', inventory, '--from-snapshot', snapshot, '--add', 'e']
}
