/** What the operator holds: ringup's inventory, known host keys, and a file for OpenSSH's own client. */
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {RealHost} from './host.ts'
import {login} from './host-files.ts'

/** Writes the files beside the operator's key, `id_ed25519`. */
export function writeOperatorFiles(
  folder: string,
  hosts: readonly RealHost[],
): {inventory: string; sshConfig: string} {
  const file = (name: string): string => join(folder, name)
  const [inventory, sshConfig, knownHosts] = [file('inventory.yaml'), file('ssh_config'), file('known_hosts')]
  writeFileSync(knownHosts, hosts.map(({address, hostKey}) => `${address} ${hostKey}\n`).join(''))
  writeFileSync(
    sshConfig,
    `${hosts.map(({name, address}) => `Host ${name}\n  HostName ${address}\n`).join('')}Host *
  User ${login}
  IdentityFile ${file('id_ed25519')}
  IdentitiesOnly yes
  UserKnownHostsFile ${knownHosts}
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
  ConnectTimeout 10
  LogLevel ERROR
`,
  )
  writeFileSync(
    inventory,
    `version: 1
cluster: real
ssh:
  user: ${login}
  identityFile: ${file('id_ed25519')}
  knownHostsFile: ${knownHosts}
  configFile: none
riak:
  command: sudo riak
hosts:
${hosts
  .map(
    ({name, address, spare}) => `  - {name: ${name}, address: ${address}${spare ? ', state: spare' : ''}}\n`,
  )
  .join('')}`,
  )
  return {inventory, sshConfig}
}
