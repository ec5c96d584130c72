/** Certificates that are damaged, and agents that lie: named or passed over, and another key still opens the door. */
import {execFileSync} from 'node:child_process'
import {copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {createServer, type Server, type Socket} from 'node:net'
import {join} from 'node:path'
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
import {isOpsError} from '../../src/errors.ts'
import {openPool} from '../../src/ssh/pool.ts'
import type {Target} from '../../src/ssh/target.ts'
import {wireString} from '../../src/ssh/wire.ts'
import {keygen, type Sshd, type SshdFolder, sshdFolder, sshdMissing, sshdTarget} from '../support/sshd.ts'

describe.skipIf(sshdMissing)('keys that are not as they should be', () => {
  let folder: SshdFolder
  let server: Sshd
  const file = (name: string): string => join(folder.path, name)
  beforeAll(async () => {
    folder = sshdFolder()
    server = await folder.start()
    writeFileSync(file('known_hosts'), `${server.knownHost}\n`)
  })
  afterAll(() => folder.remove())

  const tried = async (change: Partial<Target>) => {
    const pool = openPool()
    const begun = performance.now()
    try {
      const {stdout} = await pool.exec(sshdTarget(folder, server, change), ['echo', 'in'])
      return {stdout, ms: performance.now() - begun}
    } catch (error) {
      if (!isOpsError(error)) throw error
      const {exitCode, facts, message} = error
      return {exit: exitCode, class: facts?.class, message, ms: performance.now() - begun}
    } finally {
      pool.close()
    }
  }

  describe('a certificate beside the key, and one that is named', () => {
    let whole: Buffer
    const key = (): string => file('certified')
    const beside = (): string => `${key()}-cert.pub`
    beforeAll(() => {
      copyFileSync(folder.identityFile, key())
      copyFileSync(`${folder.identityFile}.pub`, `${key()}.pub`)
      keygen(file('authority'))
      execFileSync('ssh-keygen', ['-q', '-s', file('authority'), '-I', 'x', '-n', 'root', `${key()}.pub`])
      whole = Buffer.from(readFileSync(beside(), 'utf8').split(' ')[1]!, 'base64')
    })
    afterEach(() => rmSync(beside(), {recursive: true, force: true}))

    const type = 'ssh-ed25519-cert-v01@openssh.com'
    it.each<[string, () => string | undefined]>([
      ['cut', () => `${type} ${whole.subarray(0, 40).toString('base64')}\n`],
      ['cut in its type', () => `${type} ${whole.subarray(0, 9).toString('base64')}\n`],
      ['random', () => `${type} ${Buffer.alloc(300, 0xa7).toString('base64')}\n`],
      ['empty', () => ''],
      [
        'of an unknown type',
        () => `${type} ${wireString('ssh-new-cert-v01@openssh.com').toString('base64')}\n`,
      ],
      ['a folder', () => undefined],
    ])('%s', async (_, text) => {
      const content = text()
      if (content === undefined) mkdirSync(beside())
      else writeFileSync(beside(), content)
      expect(await tried({identityFiles: [key()]})).toMatchObject({stdout: 'in\n'})
      expect(await tried({identityFiles: [key()], certificateFiles: [beside()]})).toMatchObject({
        stdout: 'in\n',
      })

      // said where it may be why
      keygen(file('other'))
      if (content !== undefined) writeFileSync(`${file('other')}-cert.pub`, content)
      const refused = await tried({identityFiles: [file('other')], certificateFiles: [beside()]})
      for (const end of ['', '.pub', '-cert.pub']) rmSync(`${file('other')}${end}`, {force: true})
      expect(refused).toMatchObject({exit: 6, class: 'authentication'})
      expect(refused.message).toMatch(/the certificate \S+ (is damaged|cannot be read: EISDIR)/)
    })
  })

  describe('an agent', () => {
    let agent: Server | undefined
    const sockets = new Set<Socket>()
    afterEach(() => {
      for (const socket of sockets) socket.destroy()
      agent?.close()
    })
    let number = 0
    /** @param answers what it sends for a request, whole; undefined: nothing */
    const lying = async (
      answers: (request: number, socket: Socket) => Buffer | undefined,
    ): Promise<string> => {
      number += 1
      const path = file(`agent-${number}`)
      agent = createServer(socket => {
        sockets.add(socket)
        socket.on('error', () => {})
        socket.on('data', data => {
          const answer = answers(data[4]!, socket)
          if (answer) socket.write(answer)
        })
      })
      await new Promise<void>(resolve => agent!.listen(path, resolve))
      return path
    }
    const uint32 = (value: number): Buffer => {
      const bytes = Buffer.alloc(4)
      bytes.writeUInt32BE(value)
      return bytes
    }
    const identities = (...blobs: Buffer[]): Buffer =>
      wireString(
        Buffer.concat([
          Buffer.from([12]),
          uint32(blobs.length),
          ...blobs.flatMap(blob => [wireString(blob), wireString('of the agent')]),
        ]),
      )
    const own = (): Buffer =>
      Buffer.from(readFileSync(`${folder.identityFile}.pub`, 'utf8').split(' ')[1]!, 'base64')
    const other = (): Buffer => {
      const blob = Buffer.from(own())
      blob[blob.length - 1]! ^= 1
      return blob
    }
    const listed = 11

    it.each<[string, (request: number, socket: Socket) => Buffer | undefined]>([
      ['with an empty key', () => identities(Buffer.alloc(0))],
      ['with a key that is cut', () => identities(own().subarray(0, 17))],
      ['with a key whose type is longer than it', () => identities(uint32(2 ** 31))],
      ['with a certificate that is cut', () => identities(wireString('ssh-rsa-cert-v01@openssh.com'))],
      ['with a FIDO key that is cut', () => identities(wireString('sk-ssh-ed25519@openssh.com'))],
      ['that counts more keys than it has', () => wireString(Buffer.from([12, 255, 255, 255, 255]))],
      ['that answers with nothing', () => uint32(0)],
      ['that announces 4 GiB', () => uint32(2 ** 32 - 1)],
      ['that says nothing', () => undefined],
      [
        'that trickles',
        (_, socket) => {
          const timer = setInterval(() => socket.write('\0'), 50)
          socket.once('close', () => clearInterval(timer))
          return uint32(60_000)
        },
      ],
      [
        'that lists a key and refuses to sign',
        request => (request === listed ? identities(other()) : wireString(Buffer.from([5]))),
      ],
      [
        'that signs with nothing',
        request =>
          request === listed
            ? identities(own())
            : wireString(Buffer.concat([Buffer.from([14]), wireString('')])),
      ],
      [
        'that signs with rubbish',
        request =>
          request === listed
            ? identities(own())
            : wireString(
                Buffer.concat([
                  Buffer.from([14]),
                  wireString(Buffer.concat([wireString('ssh-ed25519'), wireString('x')])),
                ]),
              ),
      ],
    ])('%s', async (_, answers) => {
      const path = await lying(answers)
      // a key of a file that the agent does not have
      keygen(file(`key-${number}`))
      const plain = await tried({agent: path, identityFiles: [], connectTimeout: 1500})
      expect(plain).toMatchObject({
        exit: 6,
        class: expect.stringMatching(/^(authentication|protocol|connect-timeout)$/),
      })
      expect(plain.message).not.toMatch(/RangeError|undefined|is not a function/)
      expect(plain.ms).toBeLessThan(2600)
    })

    it.each<[string, (request: number, socket: Socket) => Buffer | undefined]>([
      ['has an empty key', () => identities(Buffer.alloc(0))],
      ['says nothing', () => undefined],
      [
        'lists a key and refuses to sign with it',
        request => (request === listed ? identities(other()) : wireString(Buffer.from([5]))),
      ],
    ])('that %s keeps no key of a file from being tried', async (_, answers) => {
      const path = await lying(answers)
      expect(await tried({agent: path, connectTimeout: 30_000})).toMatchObject({stdout: 'in\n'})
    })
  })
})
