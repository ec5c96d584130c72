/**
 * OpenSSH's known_hosts: plain and hashed names, `[host]:port`, wildcards, negation, `@revoked` and
 * `@cert-authority`. ssh2 checks no host key by itself, so this decides alone whom we talk to.
 */
import {createHash, createHmac, timingSafeEqual} from 'node:crypto'
import {patternList} from './pattern.ts'
import {wireReader} from './wire.ts'

export type HostKeyVerdict =
  | {readonly verdict: 'known'}
  /** no entry for this host */
  | {readonly verdict: 'unknown'}
  /** other keys are known for this host, this one is not */
  | {readonly verdict: 'changed'; readonly entry: string}
  | {readonly verdict: 'revoked'; readonly entry: string}
  /** only an authority is known for this host, and its certificates cannot be checked here */
  | {readonly verdict: 'authority'; readonly entry: string}

export type KnownHost = {
  /** the names, where they are plain: no wildcard, no negation, no hash */
  readonly plain: readonly string[] | undefined
  /** `file:line` */
  readonly where: string
  readonly marker: '@revoked' | '@cert-authority' | undefined
  readonly matches: (name: string) => boolean
  readonly keyType: string
  /** base64 as in the file */
  readonly key: string
}

/** Entries of a known_hosts file; lines that are not entries (comments, damage) are passed over, as OpenSSH does. */
export function parseKnownHosts(text: string, file: string): KnownHost[] {
  const entries: KnownHost[] = []
  for (const [at, line] of text.split('\n').entries()) {
    const words = line.trim().split(/\s+/)
    const marker = words[0]?.startsWith('@') ? words.shift() : undefined
    const [names, keyType, key] = words
    if (!names || names.startsWith('#') || !keyType || !key) continue
    if (marker !== undefined && marker !== '@revoked' && marker !== '@cert-authority') continue
    const plain = /[*?!|]/.test(names) ? undefined : names.toLowerCase().split(',')
    entries.push({where: `${file}:${at + 1}`, marker, plain, matches: hostMatcher(names), keyType, key})
  }
  return entries
}

/** Lines `TYPE KEY`, as `.pub` files have them: no host may have such a key. */
export function parseRevoked(text: string, file: string): KnownHost[] {
  return text.split('\n').flatMap((line, at): KnownHost[] => {
    const [keyType = '', key] = line.trim().split(/\s+/)
    if (keyType.startsWith('#') || !key) return []
    return [
      {where: `${file}:${at + 1}`, marker: '@revoked', plain: undefined, matches: () => true, keyType, key},
    ]
  })
}

/** The entries about a host, found by its name: a file of many hosts is not gone through for each of them. */
export function byName(entries: readonly KnownHost[]): (name: string) => KnownHost[] {
  const named = new Map<string, KnownHost[]>()
  for (const entry of entries)
    for (const name of new Set(entry.plain)) {
      const others = named.get(name)
      if (others) others.push(entry)
      else named.set(name, [entry])
    }
  const patterns = entries.filter(({plain}) => plain === undefined)
  return name => [...(named.get(name.toLowerCase()) ?? []), ...patterns.filter(({matches}) => matches(name))]
}

/** What the entries say of a key (the wire format's bytes) that a host has shown. `name`: see `knownHostsName`. */
export function judgeHostKey(entries: readonly KnownHost[], name: string, key: Buffer): HostKeyVerdict {
  const encoded = key.toString('base64')
  const about = entries.filter(entry => entry.matches(name))
  const revoked = about.find(entry => entry.marker === '@revoked' && entry.key === encoded)
  if (revoked) return {verdict: 'revoked', entry: revoked.where}
  // an authority signs certificates, which ssh2 cannot check: it vouches for no plain key
  const plain = about.filter(entry => entry.marker === undefined)
  if (plain.some(entry => entry.key === encoded)) return {verdict: 'known'}
  if (plain[0]) return {verdict: 'changed', entry: plain[0].where}
  const authority = about.find(entry => entry.marker === '@cert-authority')
  return authority ? {verdict: 'authority', entry: authority.where} : {verdict: 'unknown'}
}

/** A line for a known_hosts file. */
export const knownHostLine = (name: string, key: Buffer): string =>
  `${name} ${keyTypeOf(key)} ${key.toString('base64')}\n`

/**
 * Key types known for a host, to be asked for first: else a host with several keys may show one we do not have,
 * which looks like a changed key.
 */
export const knownKeyTypes = (entries: readonly KnownHost[], name: string): string[] => [
  ...new Set(
    entries.filter(entry => entry.marker === undefined && entry.matches(name)).map(entry => entry.keyType),
  ),
]

/** `SHA256:...`, as `ssh-keygen -l` prints it. */
export const fingerprint = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`

/** `ssh-ed25519`, from the wire format. */
export function keyTypeOf(key: Buffer): string {
  const length = key.length >= 4 ? key.readUInt32BE(0) : 0
  return length > 0 && length <= 64 && key.length >= 4 + length
    ? key.toString('latin1', 4, 4 + length)
    : 'unknown'
}

/** Bits of an RSA key's modulus; undefined for a key of another type. */
export function rsaBits(key: Buffer): number | undefined {
  if (keyTypeOf(key) !== 'ssh-rsa') return undefined
  const reader = wireReader(key)
  reader.string()
  reader.string()
  return BigInt(`0x${reader.string().toString('hex') || '0'}`).toString(2).length
}

const hostMatcher = (names: string): ((name: string) => boolean) =>
  names.startsWith('|1|') ? hashedMatcher(names) : patternList(names.split(','))

function hashedMatcher(names: string): (name: string) => boolean {
  const [, , salt, hash] = names.split('|')
  if (!salt || !hash) return () => false
  const [saltBytes, expected] = [Buffer.from(salt, 'base64'), Buffer.from(hash, 'base64')]
  return name => {
    const actual = createHmac('sha1', saltBytes).update(name).digest()
    return actual.length === expected.length && timingSafeEqual(actual, expected)
  }
}
