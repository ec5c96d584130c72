/** Whom we talk to: the key that a host has shown against the known_hosts files of its target. */
import {appendFileSync, mkdirSync, readFileSync, statSync} from 'node:fs'
import {dirname} from 'node:path'
import {type FailureClass, type HostFailure, hostFailure} from './failure.ts'
import {
  byName,
  fingerprint,
  type HostKeyVerdict,
  judgeHostKey,
  type KnownHost,
  keyTypeOf,
  knownHostLine,
  parseKnownHosts,
  parseRevoked,
  rsaBits,
} from './known-hosts.ts'
import {knownHostsName, type Target} from './target.ts'

const read = new Map<string, {readonly stamp: string; readonly about: (name: string) => KnownHost[]}>()

/** The entries about a target in its files. A file is parsed again only when it has changed. Throws a `HostFailure`. */
export function knownFor(target: Target): KnownHost[] {
  const name = knownHostsName(target)
  const revoked = (target.policy?.revoked ?? []).flatMap(file => revokedBy(target, file))
  const entries = target.knownHostsFiles.flatMap(file => {
    try {
      const {mtimeMs, size, ino} = statSync(file)
      const stamp = `${mtimeMs} ${size} ${ino}`
      const known = read.get(file)
      if (known?.stamp === stamp) return known.about(name)
      const about = byName(parseKnownHosts(readFileSync(file, 'utf8'), file))
      read.set(file, {stamp, about})
      return about(name)
    } catch (error) {
      // no file is an empty one: every host is unknown then
      const {code} = error as NodeJS.ErrnoException
      if (code === 'ENOENT') return []
      const message = `${file} cannot be read (${code}), so no host key is known`
      throw hostFailure(target, 'host-key-unknown', message, error)
    }
  })
  return [...revoked, ...entries]
}

/** As ssh does: where the file cannot be read, every key is revoked. */
function revokedBy(target: Target, file: string): KnownHost[] {
  const said = `its ssh_config has RevokedHostKeys ${file}, `
  let text: string
  try {
    text = readFileSync(file, 'latin1')
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException
    throw hostFailure(target, 'configuration', `${said}which cannot be read (${code})`, error)
  }
  if (text.startsWith('SSHKRL')) throw hostFailure(target, 'unsupported', `${said}which is a KRL`)
  return parseRevoked(text, file)
}

const refusals: Readonly<
  Record<
    Exclude<HostKeyVerdict['verdict'], 'known'>,
    (shown: string, entry: string) => [FailureClass, string]
  >
> = {
  unknown: shown => ['host-key-unknown', `its host key is not known: ${shown}`],
  changed: (shown, entry) => [
    'host-key-changed',
    `its host key has CHANGED: ${shown}, but ${entry} has another`,
  ],
  revoked: (shown, entry) => ['host-key-revoked', `its host key is revoked by ${entry}: ${shown}`],
  authority: (_, entry) => [
    'host-key-authority',
    `it is known only by the certificate authority of ${entry}, and host certificates cannot be checked here`,
  ],
}

/** Why the key is refused; undefined: it is known, or has just been made known (`acceptNew`). */
export function judgeShownKey(
  target: Target,
  entries: readonly KnownHost[],
  key: Buffer,
): HostFailure | undefined {
  const least = target.policy?.rsaBits
  if (least !== undefined && (rsaBits(key) ?? least) < least) {
    const message = `its host key has ${rsaBits(key)} bits, and its ssh_config wants ${least} (RequiredRSASize)`
    return hostFailure(target, 'configuration', message)
  }
  const judged = judgeHostKey(entries, knownHostsName(target), key)
  if (judged.verdict === 'known') return undefined
  const [file] = target.knownHostsFiles
  if (judged.verdict === 'unknown' && target.acceptNew && file !== undefined) {
    try {
      addKnownHosts(file, [{name: knownHostsName(target), key}])
      return undefined
    } catch (error) {
      const message = `its host key is new, and ${file} cannot be written: ${(error as Error).message}`
      return hostFailure(target, 'host-key-unknown', message, error)
    }
  }
  const shown = `${keyTypeOf(key)} ${fingerprint(key)}`
  const [failure, message] = refusals[judged.verdict](shown, 'entry' in judged ? judged.entry : '')
  return hostFailure(target, failure, message)
}

/** Appends in one write, after what may be a last line without an end. */
export function addKnownHosts(
  file: string,
  hosts: readonly {readonly name: string; readonly key: Buffer}[],
): void {
  mkdirSync(dirname(file), {recursive: true, mode: 0o700})
  const lines = hosts.map(({name, key}) => knownHostLine(name, key)).join('')
  appendFileSync(file, `${endsOpen(file) ? '\n' : ''}${lines}`, {mode: 0o600})
}

function endsOpen(file: string): boolean {
  try {
    const text = readFileSync(file, 'utf8')
    return text !== '' && !text.endsWith('\n')
  } catch {
    return false
  }
}
