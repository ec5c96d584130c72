/** What a practice ring leaves in its folder for those who use it: inventory, keys, known hosts. */
import {chmodSync, mkdirSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import type {KeyPair} from './keys.ts'
import {downWords, labMark} from './lab-folder.ts'
import type {Place} from './places.ts'

export type HostFile = Place & {
  readonly publicKey: string
  readonly location?: string | undefined
}

export type LabFiles = {
  readonly inventory: string
  readonly knownHosts: string
  readonly identity: string
}

/** @param whose a colleague's: with a key of its own */
const filesIn = (dir: string, whose = ''): LabFiles => ({
  inventory: join(dir, `inventory${whose}.yaml`),
  knownHosts: join(dir, 'known_hosts'),
  identity: join(dir, `id_ed25519${whose}`),
})

export type LabText = {
  readonly user: string
  readonly clientKey: KeyPair
  readonly hosts: readonly HostFile[]
}

export function writeLabFiles(dir: string, lab: LabText, whose?: string): LabFiles {
  mkdirSync(dir, {recursive: true, mode: 0o700})
  const files = filesIn(dir, whose)
  writeFileSync(files.identity, lab.clientKey.privateKey, {mode: 0o600})
  // an older file keeps its mode
  chmodSync(files.identity, 0o600)
  const known = lab.hosts.map(({address, port, publicKey}) => `[${address}]:${port} ${publicKey}\n`)
  writeFileSync(files.knownHosts, known.join(''))
  writeFileSync(files.inventory, inventoryText(files, lab))
  return files
}

function inventoryText(files: LabFiles, {user, hosts}: LabText): string {
  const ports = new Set(hosts.map(({port}) => port))
  const line = ({name, address, port, node, isSpare, location}: HostFile): string => {
    const fields = [
      `name: ${name}`,
      `address: ${address}`,
      ...(ports.size === 1 ? [] : [`ssh: { port: ${port} }`]),
      ...(node === `riak@${address}` ? [] : [`riak: { nodeName: ${node} }`]),
      ...(location === undefined ? [] : [`location: ${JSON.stringify(location)}`]),
      ...(isSpare ? ['state: spare'] : []),
    ]
    return `  - { ${fields.join(', ')} }\n`
  }
  const members = hosts.filter(({isSpare}) => !isSpare)
  const spares = hosts.filter(({isSpare}) => isSpare)
  return `${labMark}
# Its hosts answer over real SSH and hold no real data. End it with: ${downWords(dirname(files.inventory))}
version: 1
cluster: practice
ssh:
  user: ${user}
${ports.size === 1 ? `  port: ${[...ports].join()}\n` : ''}  # made for this practice ring alone
  identityFile: ${JSON.stringify(files.identity)}
  knownHostsFile: ${JSON.stringify(files.knownHosts)}
  # whatever your own ssh_config says
  configFile: none
riak:
  command: sudo riak
  dataDir: /var/lib/riak
hosts:
  # the members of the cluster
${members.map(line).join('')}${spares.length > 0 ? '  # Riak is installed here and stopped: they wait to join\n' : ''}${spares.map(line).join('')}`
}
