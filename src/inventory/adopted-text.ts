/** An inventory file for a cluster that is there already: text with comments, for a person to go on with. Pure. */
import {jsonText, printableLine} from '../printable.ts'

export type Adopted = {
  readonly cluster: string
  readonly ssh: {
    readonly user: string | undefined
    readonly port: number | undefined
    readonly identityFile: string | undefined
    readonly knownHostsFile: string | undefined
    readonly proxyJump: readonly string[]
  }
  readonly riak: {readonly command: string; readonly dataDir: string | undefined; readonly version: string}
  readonly hosts: readonly AdoptedHost[]
}

export type AdoptedHost = {
  readonly node: string
  readonly location: string | undefined
  /** how it is reached where that is not by the address in its name */
  readonly reached?: {readonly address: string; readonly port: number | undefined} | undefined
}

export function adoptedText({cluster, ssh, riak, hosts}: Adopted): string {
  const prefixes = [...new Set(hosts.map(({node}) => node.split('@')[0]!))]
  const [prefix] = prefixes
  const width = String(hosts.length).length
  const aside = hosts.find(({reached}) => reached)
  const lines = hosts.map(({node, location, reached}, at) => {
    const [own, address] = node.split('@') as [string, string]
    const nodeName = aside ? node : own === prefix ? undefined : `${own}@{address}`
    const name = shortName(address) ?? `r${String(at + 1).padStart(Math.max(2, width), '0')}`
    const fields = [
      `name: ${name}`,
      `address: ${reached?.address ?? address}`,
      ...(location === undefined ? [] : [`location: ${jsonText(location)}`]),
      ...(reached?.port === undefined ? [] : [`ssh: { port: ${reached.port} }`]),
      ...(nodeName === undefined ? [] : [`riak: { nodeName: ${jsonText(nodeName)} }`]),
    ]
    return `  - { ${fields.join(', ')} }\n`
  })
  const optional = (key: string, value: string | undefined): string =>
    value === undefined ? '' : `  ${key}: ${jsonText(value)}\n`
  const reach = [
    optional('user', ssh.user),
    ssh.port === undefined ? '' : `  port: ${ssh.port}\n`,
    optional('identityFile', ssh.identityFile),
    optional('knownHostsFile', ssh.knownHostsFile),
    ssh.proxyJump.length > 0 ? `  proxyJump: ${jsonText(ssh.proxyJump)}\n` : '',
  ].join('')
  return `# The ring you want. A host that is not a member is a candidate to join; a member that is not here is never removed.
# Check it with: ringup inventory check
# To have an editor check it: ringup inventory schema > inventory.schema.json, and a line here:
#   # yaml-language-server: $schema=inventory.schema.json
version: 1
cluster: ${plainOrQuoted(cluster)}

# how to reach the hosts; what is not said is as ~/.ssh/config says; a host may override it with its own \`ssh:\`
${reach === '' ? '# ssh: as ~/.ssh/config says; a user, port or jump host would be said here\n' : `ssh:\n${reach}`}
# how to talk to Riak (${printableLine(riak.version)} when this was written)
riak:
  command: ${jsonText(riak.command)}
  nodeName: ${jsonText(`${prefix}@{address}`)}
${optional('dataDir', riak.dataDir)}
limits:
  diskPeak: 80% # no disk may get fuller than this while data moves

hosts:
  # the members of the cluster
${aside ? asideNote(aside) : ''}${lines.join('')}  # hosts that are to join, as
  # - { name: r${String(hosts.length + 1).padStart(Math.max(2, width), '0')}, address: 10.20.0.22, state: spare }
`
}

const asideNote = ({node, reached}: AdoptedHost): string =>
  `  # ${reached?.address} leads to ${node} alone: give each of the others the address and ssh.port it is reached by from here
`

/** As people write it where YAML takes it for text. */
const plainOrQuoted = (text: string): string =>
  /^[A-Za-z][A-Za-z0-9_.-]*$/.test(text) && !/^(?:true|false|null)$/i.test(text) ? text : jsonText(text)

/** `r07` of `r07.example.net`; an address has none. */
const shortName = (address: string): string | undefined =>
  /^[A-Za-z][A-Za-z0-9_-]*(?=\.|$)/.exec(address)?.[0]
