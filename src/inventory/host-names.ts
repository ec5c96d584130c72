/** Names out of an inventory file for completion: quick, and silent about whatever is wrong with the file. */
import {parseYaml} from './parse.ts'
import {expandRange, mostHosts} from './ranges.ts'

export type HostNames = {readonly names: readonly string[]; readonly locations: readonly string[]}

/** What an inventory may be asked for without its schema. Nothing of a file that cannot be read. */
export function hostNames(text: string): HostNames {
  const hosts = entries(text)
  return {
    names: [...namesOf(hosts)],
    locations: [...new Set(hosts.flatMap(({location}) => (typeof location === 'string' ? [location] : [])))],
  }
}

function namesOf(hosts: readonly {readonly name?: unknown}[]): Set<string> {
  const names = new Set<string>()
  for (const {name} of hosts)
    if (typeof name === 'string' && names.size < mostHosts) for (const one of expanded(name)) names.add(one)
  return names
}

function entries(text: string): {readonly name?: unknown; readonly location?: unknown}[] {
  const hosts = (parseYaml(text).value as {hosts?: unknown} | null | undefined)?.hosts
  return Array.isArray(hosts) ? hosts.filter(entry => typeof entry === 'object' && entry !== null) : []
}

const expanded = (pattern: string): readonly string[] => {
  const names = expandRange(pattern)
  return 'problem' in names ? [] : names
}
