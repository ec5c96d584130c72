/**
 * What we show a server to be let in: keys of files, their certificates, keys of the agent, in the order that costs
 * least. Keys are read once for all hosts; an encrypted one is asked for once, and decrypted beside the thread that
 * draws, for that takes a second of computing.
 */
import {createPrivateKey, sign} from 'node:crypto'
import {readFileSync, statSync} from 'node:fs'
import {isMainThread, parentPort, Worker, workerData} from 'node:worker_threads'
import ssh2, {type AuthenticationType, type ParsedKey} from 'ssh2'
import {type AgentKey, agentKeys, agentSignature} from './agent.ts'
import {
  certificateFrom,
  certifiedKey,
  isCertificate,
  parsedKey,
  publicKey,
  withCertificate,
} from './certificate.ts'
import type {Patience} from './deadline.ts'
import {hostFailure} from './failure.ts'
import {keyTypeOf, rsaBits} from './known-hosts.ts'
import type {Target} from './target.ts'
import {wireReader} from './wire.ts'

const {BaseAgent} = ssh2

/** Asks a person for the passphrase of a key file; undefined: nobody is there, or will not say. */
export type AskPassphrase = (file: string, again: boolean) => Promise<string | undefined>

export type Identities = {
  /** for ssh2's authHandler, tried in order */
  readonly methods: readonly object[]
  /** keys that were left out, and why, and what an agent did not do: said when the others do not suffice */
  readonly leftOut: string[]
}

/** Servers end a connection after six refusals; one is kept for the server's own count of `none`. */
const most = 5

/** Throws a `HostFailure` of class `key-file` for a file that cannot be used and is the only way in. */
export async function identitiesOf(
  target: Target,
  ask: AskPassphrase | undefined,
  time: Patience,
): Promise<Identities> {
  const leftOut: string[] = []
  // keys of files are tried even when the agent is dead
  const inAgent = target.agent === undefined ? [] : await heldBy(target.agent, time.left() / 2, leftOut)
  const offered: object[] = []
  const used = new Set<AgentKey>()
  const offer = (key: ParsedKey, method: (key: ParsedKey) => object): void => {
    const why = forbidden(target, key)
    if (why === undefined) offered.push(method(key))
    else leftOut.push(why)
  }
  const offerAgent = (key: AgentKey): void => {
    const parsed = used.has(key) ? undefined : publicKeyOf(key)
    if (used.has(key)) return
    used.add(key)
    if (parsed) offer(parsed, shown => agentMethod(target, shown, key.blob, time))
    else if (!isHardware(key.blob)) leftOut.push(`the agent's key ${key.comment} cannot be read`)
  }
  const certificates = (target.certificateFiles ?? []).map(file => certificateFrom(file, leftOut))
  for (const file of target.identityFiles) {
    const header = readHeader(target, file)
    const certified = [certificateFrom(`${file}-cert.pub`, leftOut), ...certificates].filter(
      (blob): blob is Buffer => blob !== undefined && header.blob !== undefined && sameKey(blob, header.blob),
    )
    const held = inAgent.filter(({blob}) => header.blob !== undefined && sameKey(blob, header.blob))
    if (held.length > 0) {
      // the agent signs, and nobody is asked for a passphrase
      for (const blob of certified) {
        const parsed = publicKey(blob)
        if (parsed) offer(parsed, shown => agentMethod(target, shown, held[0]!.blob, time))
      }
      held.sort((a, b) => Number(isCertificate(b.blob)) - Number(isCertificate(a.blob))).forEach(offerAgent)
      continue
    }
    const key = await time.outside(() => privateKey(target, file, header, ask))
    if ('why' in key) leftOut.push(key.why)
    else
      for (const shown of [...certified.map(blob => withCertificate(key.key, blob)), key.key])
        offer(shown, key => ({type: 'publickey' satisfies AuthenticationType, username: target.user, key}))
  }
  if (!target.identitiesOnly) inAgent.forEach(offerAgent)
  for (const {blob, comment} of inAgent)
    if (isHardware(blob))
      leftOut.push(`the agent's key ${comment} is a FIDO key, which only ssh itself can use`)
  if (offered.length > most)
    leftOut.push(
      `${offered.length - most} keys more were not offered: a server ends after six (IdentitiesOnly)`,
    )
  return {methods: offered.slice(0, most), leftOut}
}

async function heldBy(socket: string, ms: number, leftOut: string[]): Promise<AgentKey[]> {
  try {
    return await agentKeys(socket, ms)
  } catch (error) {
    leftOut.push(`the agent ${socket} cannot be asked: ${(error as Error).message}`)
    return []
  }
}

const isHardware = (blob: Buffer): boolean => keyTypeOf(blob).startsWith('sk-')

function publicKeyOf({blob}: AgentKey): ParsedKey | undefined {
  return isHardware(blob) ? undefined : publicKey(blob)
}

/** Why ssh_config does not want this key or certificate to be shown. ssh2 takes whichever of RSA's hashes the server has. */
function forbidden({policy = {}}: Target, key: ParsedKey): string | undefined {
  const {accepted, rsaBits: least} = policy
  const blob = key.getPublicSSH()
  const bits = rsaBits(isCertificate(blob) ? (certifiedKey(blob) ?? blob) : blob)
  if (least !== undefined && bits !== undefined && bits < least)
    return `an RSA key of ${bits} bits is left out: its ssh_config wants ${least} (RequiredRSASize)`
  const algorithms = key.type === 'ssh-rsa' ? ['rsa-sha2-256', 'rsa-sha2-512'] : [key.type]
  return accepted === undefined || algorithms.every(name => accepted.includes(name))
    ? undefined
    : `a key of type ${key.type} is left out: PubkeyAcceptedAlgorithms of its ssh_config`
}

/** A key and a certificate for it, or two of either. */
function sameKey(one: Buffer, other: Buffer): boolean {
  const [a, b] = [one, other].map(blob =>
    isCertificate(blob) && !isHardware(blob) ? certifiedKey(blob) : blob,
  )
  return a !== undefined && b !== undefined && a.equals(b)
}

/** An agent of one key, as ssh2 knows agents. */
function agentMethod(target: Target, key: ParsedKey, signedWith: Buffer, time: Patience): object {
  const socket = target.agent!
  const agent = Object.assign(Object.create(BaseAgent.prototype) as object, {
    getIdentities: (done: (error: Error | undefined, keys?: ParsedKey[]) => void) => done(undefined, [key]),
    sign: (
      _: unknown,
      data: Buffer,
      {hash}: {hash?: 'sha256' | 'sha512'},
      done: (error: Error | undefined, signature?: Buffer) => void,
    ) => {
      const wanted = key.type.startsWith('rsa-sha2-512') ? 'sha512' : hash
      agentSignature(socket, signedWith, data, wanted, time.left())
        .then(signature => done(undefined, signature))
        .catch(error => done(error as Error))
    },
  })
  return {type: 'agent' satisfies AuthenticationType, username: target.user, agent}
}

type Header = {
  readonly bytes: Buffer
  /** the public half, where it can be known without the passphrase */
  readonly blob: Buffer | undefined
  readonly encrypted: boolean
}

const headers = new Map<string, {readonly stamp: string; readonly header: Header}>()

/** A file is read again only when it has changed. Throws a `HostFailure`. */
function readHeader(target: Target, file: string): Header {
  let bytes: Buffer
  let stamp: string
  try {
    const {mtimeMs, size, ino} = statSync(file)
    stamp = `${mtimeMs} ${size} ${ino}`
    const known = headers.get(file)
    if (known?.stamp === stamp) return known.header
    bytes = readFileSync(file)
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException
    throw hostFailure(target, 'key-file', `the key file ${file} cannot be read: ${code}`, error)
  }
  const header = {bytes, ...openSshHeader(bytes, file)}
  headers.set(file, {stamp, header})
  return header
}

/** The part of OpenSSH's private key format (PROTOCOL.key) that is not encrypted; for others the `.pub` beside it. */
function openSshHeader(bytes: Buffer, file: string): Omit<Header, 'bytes'> {
  const text = bytes.toString('latin1')
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]+?)-----END/.exec(text)?.[1]
  const magic = 'openssh-key-v1\0'
  try {
    if (body !== undefined) {
      const reader = wireReader(Buffer.from(body, 'base64'))
      reader.skip(magic.length)
      const cipher = reader.string().toString('latin1')
      reader.string()
      reader.string()
      reader.number()
      return {blob: reader.string(), encrypted: cipher !== 'none'}
    }
  } catch {
    // damaged: parsing it says so
  }
  const encrypted = /ENCRYPTED/.test(text)
  try {
    const data = readFileSync(`${file}.pub`, 'utf8').trim().split(/\s+/)[1]
    return {blob: data ? Buffer.from(data, 'base64') : undefined, encrypted}
  } catch {
    return {blob: undefined, encrypted}
  }
}

type Key = {readonly key: ParsedKey} | {readonly why: string}

const parsedKeys = new WeakMap<Header, Promise<Key>>()

function privateKey(
  target: Target,
  file: string,
  header: Header,
  ask: AskPassphrase | undefined,
): Promise<Key> {
  const known = parsedKeys.get(header)
  if (known) return known
  const parsing = parseKeyFile(target, file, header, ask)
  parsedKeys.set(header, parsing)
  // a failure names the host that met it first
  parsing.catch(() => parsedKeys.delete(header))
  return parsing
}

async function parseKeyFile(
  target: Target,
  file: string,
  {bytes, blob, encrypted}: Header,
  ask: AskPassphrase | undefined,
): Promise<Key> {
  if (blob !== undefined && isHardware(blob))
    return {
      why: `the key file ${file} is for a FIDO key, which only ssh itself can use (--transport openssh)`,
    }
  if (!encrypted) {
    const key = parsedKey(bytes)
    if (key instanceof Error || !key.isPrivateKey())
      throw hostFailure(target, 'key-file', `the key file ${file} holds no private key`, key)
    return {key: signing(key, key.getPrivatePEM())}
  }
  for (let tries = 0; tries < 3; tries += 1) {
    const passphrase = await ask?.(file, tries > 0)
    if (passphrase === undefined) break
    const key = await decrypted(bytes, passphrase)
    if (!(key instanceof Error)) return {key}
  }
  return {
    why: `the key file ${file} is encrypted${ask ? '' : ', and there is no terminal to ask on'}: ssh-add ${file}`,
  }
}

/** A key that signs with what was parsed once; ssh2's own parses its PEM for each signature. */
function signing(key: ParsedKey, pem: string): ParsedKey {
  const secret = createPrivateKey(pem)
  const byCurve = {
    'ecdsa-sha2-nistp256': 'sha256',
    'ecdsa-sha2-nistp384': 'sha384',
    'ecdsa-sha2-nistp521': 'sha512',
  }
  const own = byCurve[key.type as keyof typeof byCurve] as string | undefined
  return Object.create(key, {
    isPrivateKey: {value: () => true},
    sign: {
      value: (data: Buffer, hash?: string) =>
        sign(key.type === 'ssh-ed25519' ? null : (own ?? hash ?? 'sha1'), data, secret),
    },
  }) as ParsedKey
}

type Task = {readonly ringupKey: Uint8Array; readonly passphrase: string}
type Opened = {readonly blob: Uint8Array; readonly pem: string}

/** In a thread of its own; where that cannot be (a bundle of one file), here. */
function decrypted(bytes: Buffer, passphrase: string): Promise<ParsedKey | Error> {
  return new Promise(resolve => {
    const here = (): void => {
      const key = parsedKey(bytes, passphrase)
      resolve(key instanceof Error ? key : signing(key, key.getPrivatePEM()))
    }
    try {
      const task: Task = {ringupKey: bytes, passphrase}
      const worker = new Worker(new URL(import.meta.url), {workerData: task})
      worker.once('message', (opened: Opened | undefined) => {
        const key = opened && publicKey(Buffer.from(opened.blob))
        resolve(opened && key ? signing(key, opened.pem) : new Error('wrong passphrase'))
      })
      worker.once('error', here)
    } catch {
      here()
    }
  })
}

// the thread that `decrypted` starts: this same file
if (!isMainThread && workerData && 'ringupKey' in workerData) {
  const {ringupKey, passphrase} = workerData as Task
  const key = parsedKey(Buffer.from(ringupKey), passphrase)
  const opened = key instanceof Error ? undefined : {blob: key.getPublicSSH(), pem: key.getPrivatePEM()}
  parentPort?.postMessage(opened satisfies Opened | undefined)
}
